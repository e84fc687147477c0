/** What the built program prints arrives whole, and nobody need read all of it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeClaudeLog } from '@taffrail/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programPath, taffrail } from './support/program.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'taffrail-output-'));
const dataDir = join(folder, 'data');
// More than a pipe holds, so that the program must wait for its reader or meet the end of it.
const sessions = 300;

beforeAll(async () => {
  for (let index = 0; index < sessions; index += 1) {
    const line = {
      type: 'user',
      uuid: `u${index}`,
      sessionId: `s${index}`,
      timestamp: '2026-11-20T10:00:00.000Z',
      message: { role: 'user', content: `go ${index}` },
    };
    writeClaudeLog(join(folder, 'home'), `s${index}`, [JSON.stringify(line)]);
  }
  const imported = await taffrail(['import', '--data-dir', dataDir, '--home', join(folder, 'home')]);
  expect(imported.code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The list of all sessions, with this done to it in a shell; what that prints, and the program's exit code. */
function piped(into: string) {
  const list = `"${process.execPath}" "${programPath}" --data-dir "${dataDir}" sessions --limit 1000 --json`;
  return run('sh', ['-c', `{ ${list}; echo "ended with $?" >&2; } | ${into}`]);
}

test('F1: a slow reader gets all of the list', async () => {
  const { stdout, stderr } = await piped('(sleep 1; cat)');
  expect(stdout.length).toBeGreaterThan(100_000);
  expect((JSON.parse(stdout) as { sessions: unknown[] }).sessions).toHaveLength(sessions);
  expect(stderr).toBe('ended with 0\n');
});

test('F1: a reader that stops early ends the program, and it is no failure', async () => {
  const { stdout, stderr } = await piped('head -n 1');
  expect(stdout).toBe('{\n');
  expect(stderr).toBe('ended with 0\n');
});
