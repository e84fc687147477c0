/** A turn in a repository says what the folder was before it, and what has changed after it. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, calls, says } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const git = (...args: string[]): string => execFileSync('git', args, { cwd: bench.project, encoding: 'utf8' });

it('C7: changes are told after a turn, and the state before it is kept for a way back', async () => {
  git('init', '-q', '-b', 'main');
  bench.file('begun.txt', 'before\n');
  const { sessionId, state } = await bench.done('anthropic', [
    calls('write', { path: 'new.txt', content: 'written by the turn\n' }),
    says('Done.'),
  ]);
  const rows = await bench.rows(sessionId);
  const kinds = rows.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'checkpoint.made' || kind === 'span.started')[0]).toBe('checkpoint.made');
  const [turn] = [...state.turns.values()];
  expect(git('ls-tree', '--name-only', String(turn?.checkpoint)).trim()).toBe('begun.txt');
  expect(state.changes?.branch).toBe('main');
  expect(state.changes?.files.map(({ path, status }) => [path, status])).toEqual([
    ['begun.txt', 'added'],
    ['new.txt', 'added'],
  ]);
});
