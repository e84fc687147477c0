/** The session list laid out: groups, sums, trees. */
import type { SessionSummary, Usage } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { type ListRow, rowsOf, sumOf } from './rows.js';
import { isFiltered, sessionsSearchOf, sortOf, toggled } from './url-state.js';

const tokens = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};
const noneReported = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
};

function usage(over: Partial<Usage>): Usage {
  return { ...tokens, requests: 1, pricedRequests: 1, costMicros: null, reported: noneReported, last: null, ...over };
}

function session(id: string, over: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id,
    agent: 'claude',
    origin: 'imported',
    title: id,
    project: '/src/quayside',
    cwd: null,
    branch: null,
    model: null,
    agentVersion: null,
    status: 'idle',
    open: false,
    position: null,
    parentId: null,
    forkedFrom: null,
    createdAt: '2026-11-20T10:00:00.000Z',
    updatedAt: '2026-11-20T12:00:00.000Z',
    head: 1,
    itemCount: 1,
    turnCount: 1,
    messageCount: 1,
    childCount: 0,
    sourceState: 'present',
    usage: null,
    usageWithSubAgents: null,
    ...over,
  };
}

const base = {
  childrenOf: new Map<string, SessionSummary[]>(),
  open: new Set<string>(),
  group: 'day' as const,
  complete: true,
  today: '2026-11-20',
};
const shape = (rows: ListRow[]) =>
  rows.map((row) =>
    row.kind === 'group' ? `# ${row.label}` : `${'  '.repeat(row.lines.length)}${row.link} ${row.key}`,
  );

describe('the rows of the session list', () => {
  it('group by day in the order they came', () => {
    const sessions = [session('a'), session('b', { updatedAt: '2026-11-19T12:00:00.000Z' })];
    expect(shape(rowsOf({ ...base, sessions }))).toEqual(['# Today', 'root a', '# Yesterday', 'root b']);
  });

  it('group by project, with a name for logs that name no folder', () => {
    const sessions = [session('a'), session('b', { project: null })];
    expect(shape(rowsOf({ ...base, sessions, group: 'project' }))).toEqual([
      '# quayside',
      'root a',
      '# No folder',
      'root b',
    ]);
  });

  it('put the newest first within a project', () => {
    const sessions = [session('old', { updatedAt: '2026-11-01T10:00:00.000Z' }), session('new')];
    expect(shape(rowsOf({ ...base, sessions, group: 'project' }))).toEqual(['# quayside', 'root new', 'root old']);
  });

  it('show sub-agents and their sub-agents where they are open, and forks under their origin always', () => {
    const sessions = [
      session('a', { childCount: 1 }),
      session('f', { forkedFrom: 'a' }),
      session('x', { forkedFrom: 'gone' }),
    ];
    const childrenOf = new Map([
      ['a', [session('a1', { parentId: 'a', childCount: 1 })]],
      ['a1', [session('a2', { parentId: 'a1' })]],
    ]);
    const open = new Set(['a', 'a1']);
    expect(shape(rowsOf({ ...base, sessions, childrenOf, open, group: 'flat' }))).toEqual([
      'root a',
      '  sub-agent a1',
      '    sub-agent a2',
      '  fork f',
      'root x',
    ]);
    expect(shape(rowsOf({ ...base, sessions, childrenOf, group: 'flat' }))).toEqual(['root a', '  fork f', 'root x']);
  });

  it('lose no session to logs that claim to be forked from each other', () => {
    const sessions = [
      session('a', { forkedFrom: 'b' }),
      session('b', { forkedFrom: 'a' }),
      session('c', { forkedFrom: 'c' }),
    ];
    expect(shape(rowsOf({ ...base, sessions, group: 'flat' }))).toEqual(['root a', 'root b', 'root c']);
  });

  it('F5: sum a group with its coverage, and only when the whole group is there', () => {
    const sessions = [
      session('a', { usageWithSubAgents: usage({ inputTokens: 10, outputTokens: 0, costMicros: 7 }) }),
      session('b', { usageWithSubAgents: usage({ inputTokens: 5, pricedRequests: 0 }), untoldRequests: 2 }),
      session('c'),
    ];
    expect(sumOf(sessions)).toEqual({
      sessions: 3,
      sessionsWithUsage: 2,
      inputTokens: 15,
      outputTokens: 0,
      costMicros: 7,
      unpricedRequests: 3,
    });
    expect(sumOf([session('c')])).toMatchObject({ inputTokens: null, sessionsWithUsage: 0 });
    expect(rowsOf({ ...base, sessions, complete: false })[0]).toMatchObject({ kind: 'group', sum: null });
  });
});

describe('the address of the session list', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(sessionsSearchOf({ agent: 'claude', group: 'weather', sort: 'cost', since: '2026-11-01', x: '1' })).toEqual({
      agent: ['claude'],
      sort: 'cost',
      since: '2026-11-01',
    });
  });

  it('sorts figures from the largest, words from A, and a grouping by its own order', () => {
    expect(sortOf({ sort: 'cost' })).toEqual({ sort: 'cost', order: 'desc' });
    expect(sortOf({ sort: 'title' })).toEqual({ sort: 'title', order: 'asc' });
    expect(sortOf({ group: 'project' })).toEqual({ sort: 'project', order: 'asc' });
    expect(sortOf({})).toEqual({ sort: 'updated', order: 'desc' });
  });

  it('toggles values and forgets a filter that is empty', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a'], 'a')).toBeUndefined();
    expect(isFiltered({ group: 'flat', range: 'all' })).toBe(false);
    expect(isFiltered({ model: [''] })).toBe(true);
  });
});
