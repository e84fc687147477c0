/** The rows of the timeline panel, from turns and forks. */
import type { TimelineAside, TimelineFork } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { compactionWords, type ShownTurn, timelineRows } from './timeline-rows.js';

const turn = (turnId: string, seq: number, some: Partial<ShownTurn> = {}): ShownTurn => ({
  turnId,
  seq,
  startedAt: '2026-01-01T09:00:00.000Z',
  finishedAt: null,
  prompt: turnId,
  toolCalls: 0,
  requests: 0,
  inputTokens: null,
  outputTokens: null,
  ...some,
});
const fork = (sessionId: string, turnId: string | null, day = 1): TimelineFork => ({
  sessionId,
  title: null,
  turnId,
  at: `2026-01-0${day}T09:00:00.000Z`,
});
const compacted = (seq: number) => ({ seq, trigger: 'auto' }) as const;
const nothing = { forks: [], aside: [], unfolded: new Set<number>() };
const keys = (turns: ShownTurn[], forks: TimelineFork[] = []) =>
  timelineRows(turns, { ...nothing, forks }).map(({ key }) => key);
const aside = (seq: number, toSeq: number, turns: ShownTurn[], within: number | null = null): TimelineAside => ({
  seq,
  toSeq,
  at: '2026-01-01T09:00:00.000Z',
  within,
  turns,
});

describe('the rows of a timeline', () => {
  it('D5: have a mark where the context was compacted: before the turn or after its question', () => {
    expect(keys([turn('t1', 5, { compactions: [compacted(2), compacted(8)] }), turn('t2', 9)])).toEqual([
      'compaction:2',
      't1',
      'compaction:8',
      't2',
    ]);
  });

  it('D5: show a turn that only compacted as its mark, which stands for it; one that failed to as a turn', () => {
    const rows = timelineRows([turn('t1', 1, { compacts: true, compactions: [compacted(2)] })], nothing);
    expect(rows).toMatchObject([{ kind: 'compaction', turnId: 't1', at: '2026-01-01T09:00:00.000Z' }]);
    expect(keys([turn('t1', 1, { compacts: true })])).toEqual(['t1']);
  });

  it('D5: have forks below the last turn they hold, and those of which it is not known at the end by date', () => {
    const forks = [fork('late', null, 3), fork('set-aside', 'gone', 2), fork('one', 't1'), fork('two', 't1', 4)];
    expect(keys([turn('t1', 1), turn('t2', 5)], forks)).toEqual([
      't1',
      'fork:one',
      'fork:two',
      't2',
      'fork:set-aside',
      'fork:late',
    ]);
  });

  it('D5: have what a restore set aside folded where the conversation went on, whichever it took', () => {
    const turns = [turn('t1', 1), turn('t4', 20)];
    const gone = [aside(10, 5, [turn('t2', 5), turn('t3', 7)]), aside(30, 25, [turn('t5', 25)])];
    const shown = (unfolded: number[]) =>
      timelineRows(turns, { forks: [fork('f', 't1')], aside: gone, unfolded: new Set(unfolded) });
    expect(shown([]).map(({ key }) => key)).toEqual(['t1', 'fork:f', 'aside:10', 't4', 'aside:30']);
    expect(shown([10])).toMatchObject([
      { key: 't1', asideBy: null },
      { key: 'fork:f' },
      { key: 'aside:10', turnsLeft: 1, isUnfolded: true },
      { key: 't2', asideBy: 10 },
      { key: 't3', asideBy: 10 },
      { key: 't4', asideBy: null },
      { key: 'aside:30', turnsLeft: 2, isUnfolded: false },
    ]);
  });

  it('D5: lead from a turn that was set aside twice to the mark that stands', () => {
    const gone = [aside(10, 5, [turn('t3', 5)], 30), aside(30, 3, [turn('t2', 3), turn('t4', 20)])];
    const rows = timelineRows([turn('t1', 1)], { forks: [], aside: gone, unfolded: new Set([10, 30]) });
    expect(rows.map((row) => [row.key, row.kind === 'turn' ? row.asideBy : null])).toEqual([
      ['t1', null],
      ['aside:30', null],
      ['t2', 30],
      ['aside:10', null],
      ['t3', 30],
      ['t4', 30],
    ]);
  });

  it('D5: say of a compaction what its log states', () => {
    expect(compactionWords({ seq: 1, trigger: 'auto', tokensBefore: 180_000, tokensAfter: 12_000 })).toBe(
      'Context compacted, by itself, 180k → 12.0k',
    );
    expect(compactionWords({ seq: 1, trigger: 'manual', tokensBefore: 910 })).toBe(
      'Context compacted, on request, from 910',
    );
    expect(compactionWords({ seq: 1, trigger: 'unknown', tokensAfter: 0 })).toBe('Context compacted, to 0');
    expect(compactionWords({ seq: 1, trigger: 'unknown' })).toBe('Context compacted');
  });
});
