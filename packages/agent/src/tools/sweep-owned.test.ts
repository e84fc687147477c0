/** Programs that were started and not yet written down are found by their environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ownerVariable, sweepOwned } from './processes.js';

it.runIf(existsSync('/proc/self/environ'))('E1: a program of a killed server is ended, and only its own', async () => {
  const start = (owner: string) => spawn('sleep', ['1000'], { env: { ...process.env, [ownerVariable]: owner } });
  const owner = `/data/of/${process.pid}`;
  const [ours, theirs] = [start(owner), start(`${owner}/other`)];
  await Promise.all([once(ours, 'spawn'), once(theirs, 'spawn')]);
  const ended = once(ours, 'exit');
  expect(sweepOwned(owner)).toBe(1);
  expect((await ended)[1]).toBe('SIGKILL');
  expect(theirs.exitCode).toBeNull();
  theirs.kill('SIGKILL');
});
