/** What every command does first: one process at a time, builds put in place under a running program, tests counted truthfully. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countTests, type VitestReport } from './prepare/count-tests.mjs';
import { place } from './prepare/place.mjs';
import { oneAtATime } from './prepare/turnstile.mjs';

const run = promisify(execFile);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-prepare-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the turnstile', () => {
  const turnstile = new URL('./prepare/turnstile.mjs', import.meta.url).href;

  /** A process that, in its turn, reads a number, waits, and writes the number plus one. */
  const addOne = (lock: string, file: string) => `
    import { oneAtATime } from ${JSON.stringify(turnstile)};
    import { readFileSync, writeFileSync } from 'node:fs';
    await oneAtATime({ lock: ${JSON.stringify(lock)}, onWait: () => {}, work: async () => {
      const before = Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      writeFileSync(${JSON.stringify(file)}, String(before + 1));
    } });`;

  function leaveLock(pid: number): string {
    const lock = join(folder, 'lock');
    mkdirSync(lock);
    writeFileSync(join(lock, 'owner'), JSON.stringify({ pids: [pid], host: hostname() }));
    return lock;
  }

  test('lets four processes through one after the other, and leaves nothing behind', async () => {
    const file = join(folder, 'number');
    const lock = join(folder, 'locks', 'lock');
    writeFileSync(file, '0');
    const script = addOne(lock, file);
    await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, ['--input-type=module', '-e', script])));
    expect(readFileSync(file, 'utf8')).toBe('4');
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  }, 30_000);

  test('takes the lock of a process that was killed away, without a word of waiting', async () => {
    const dead = run(process.execPath, ['-e', '']);
    await dead;
    const lock = leaveLock(dead.child.pid ?? 0);
    let waited = false;
    const result = await oneAtATime({ lock, onWait: () => (waited = true), work: () => 'done' });
    expect([result, waited, existsSync(lock)]).toEqual(['done', false, false]);
  }, 30_000);

  test('waits for the child of a killed process, named in the lock', async () => {
    const child = run(process.execPath, ['-e', 'setTimeout(() => {}, 600)']);
    const lock = leaveLock(child.child.pid ?? 0);
    let waited = false;
    await oneAtATime({ lock, onWait: () => (waited = true), work: () => null });
    expect([waited, child.child.exitCode]).toEqual([true, 0]);
  }, 30_000);

  test('gives the lock back when the work fails', async () => {
    const lock = join(folder, 'lock');
    const failing = oneAtATime({ lock, onWait: () => {}, work: () => Promise.reject(new Error('no disk')) });
    await expect(failing).rejects.toThrow('no disk');
    expect(existsSync(lock)).toBe(false);
  });
});

describe('a finished build', () => {
  function build(...names: string[]): string {
    const from = join(folder, 'new');
    mkdirSync(join(from, 'assets'), { recursive: true });
    for (const name of names) writeFileSync(join(from, name), name);
    return from;
  }

  test('leaves the parts of the build before it for a program that still runs, and drops older ones', () => {
    const to = join(folder, 'dist');
    const last = ['main.mjs'];
    const first = place({ from: build('main.mjs', 'assets/a.mjs'), to, last, keep: [] });
    const second = place({ from: build('main.mjs', 'assets/b.mjs'), to, last, keep: first });
    expect(readdirSync(join(to, 'assets'))).toEqual(['a.mjs', 'b.mjs']);
    place({ from: build('main.mjs', 'assets/c.mjs'), to, last, keep: second });
    expect(readdirSync(join(to, 'assets'))).toEqual(['b.mjs', 'c.mjs']);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});

describe('the count of a test run', () => {
  const clean: VitestReport = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
  };

  test('is what passed and failed', () => {
    expect(countTests({ json: { ...clean, numFailedTests: 2 }, exitCode: 1 })).toEqual({
      passed: 3,
      failed: 2,
      notes: [],
    });
  });

  test('holds a file that did not load, or whose hooks failed, as one failure', () => {
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'skipped' }] }];
    expect(countTests({ json: { ...clean, testResults }, exitCode: 1 })).toMatchObject({ passed: 3, failed: 1 });
  });

  test('does not count a file twice whose tests failed', () => {
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }];
    expect(countTests({ json: { ...clean, numFailedTests: 1, testResults }, exitCode: 1 })).toMatchObject({
      failed: 1,
    });
  });

  test('is one failure when the run failed outside any test, or wrote no report', () => {
    expect(countTests({ json: clean, exitCode: 1 })).toMatchObject({ passed: 3, failed: 1 });
    expect(countTests({ json: null, exitCode: null })).toMatchObject({ passed: 0, failed: 1 });
  });

  test('names what was skipped', () => {
    expect(countTests({ json: { ...clean, numPendingTests: 2 }, exitCode: 0 }).notes).toEqual(['2 skipped']);
  });
});
