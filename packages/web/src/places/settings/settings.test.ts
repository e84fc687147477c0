/** Import roots: whose problem a problem is, and what an agent never records. */
import type { ImporterCapabilities, ImportProblem } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { problemsOf, recordsWords } from './roots.js';

const problem = (path: string): ImportProblem => ({ path, line: 1, kind: 'not_json', message: 'x', count: 1 });
const all: ImporterCapabilities = {
  perRequestUsage: true,
  cacheRead: true,
  cacheWrite: true,
  cacheWrite1h: true,
  reasoning: true,
  subAgents: true,
  forks: true,
  compactions: true,
  toolTimings: true,
  errors: true,
};

describe('an import root', () => {
  it('owns the problems in its folder, and not those of a folder whose name begins alike', () => {
    const problems = [
      problem('/home/a/.claude/x.jsonl'),
      problem('/home/a/.claude-old/y.jsonl'),
      problem('/home/a/.claude'),
    ];
    expect(problemsOf({ path: '/home/a/.claude/' }, problems).map((one) => one.path)).toEqual([
      '/home/a/.claude/x.jsonl',
      '/home/a/.claude',
    ]);
  });

  it('F2: says what its agent never records, and nothing where it records all', () => {
    const words = (over: Partial<ImporterCapabilities>) =>
      recordsWords({ label: 'Codex', capabilities: { ...all, ...over } });
    expect(words({})).toBeNull();
    expect(words({ cacheWrite: false })).toBe('Codex does not record cache writes: they show as “—”.');
    expect(words({ cacheRead: false, cacheWrite: false, reasoning: false })).toBe(
      'Codex does not record cache reads, cache writes and reasoning tokens: they show as “—”.',
    );
    expect(words({ perRequestUsage: false })).toMatch(/no token figures/);
  });
});
