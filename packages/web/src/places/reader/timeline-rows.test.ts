/** The rows of the timeline panel, from turns and forks. */
import type { TimelineFork } from '@taffrail/wire';
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
const keys = (turns: ShownTurn[], forks: TimelineFork[] = []) => timelineRows(turns, forks).map(({ key }) => key);

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
    const rows = timelineRows([turn('t1', 1, { compacts: true, compactions: [compacted(2)] })], []);
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
