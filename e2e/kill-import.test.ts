/** SIGKILL at any moment of an import: the next run completes it to the state of one that was never disturbed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus } from '../bench/corpus/generate.js';
import { differences, dumpOf } from './support/archive-dump.js';
import { programPath, taffrail } from './support/program.js';

const seed = Number(process.env['TAFFRAIL_SEED'] ?? Date.now() & 0x7fffffff);
const killsMin = 10;
const folder = mkdtempSync(join(tmpdir(), 'taffrail-kill-'));
const [undisturbed, killed] = [join(folder, 'undisturbed'), join(folder, 'killed')];
let home: string;
let startMs: number;
let wholeMs: number;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const importInto = (dataDir: string, from: string) =>
  taffrail(['import', '--json', '--data-dir', dataDir, '--home', from]);

/** Starts an import and kills it after so long. True when it was still at work. */
async function killAfter(ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [programPath, 'import', '--data-dir', killed, '--home', home], {
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  await once(child, 'exit');
  clearTimeout(timer);
  return child.signalCode === 'SIGKILL';
}

beforeAll(async () => {
  home = corpus(folder, { seed: 7, sizeMb: 16 }).home;
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  startMs = await timed(() => importInto(join(folder, 'nothing'), empty));
  wholeMs = await timed(async () => expect(await importInto(undisturbed, home)).toMatchObject({ code: 0 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an import that is killed', () => {
  it(`again and again, at random moments, ends as one that was not (seed ${seed})`, async () => {
    const share = (wholeMs - startMs) / killsMin;
    const moments = fc.sample(fc.double({ min: 0.05, max: 1, noNaN: true }), { seed, numRuns: 200 });
    let kills = 0;
    for (const moment of moments) {
      if (!(await killAfter(startMs * 0.6 + moment * share))) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(killsMin);
    expect(await importInto(killed, home)).toMatchObject({ code: 0 });
    expect(differences(await dumpOf(killed), await dumpOf(undisturbed))).toEqual([]);
  });

  it('and completed is imported again with no effect', async () => {
    const before = await dumpOf(killed);
    const outcome = await importInto(killed, home);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ files: 0, sessions: 0, requests: 0 });
    expect(differences(await dumpOf(killed), before)).toEqual([]);
  });
});
