/** Whose turn and which figures a replay tells, from rows alone. */
import { emptySession, foldRows } from '@taffrail/session';
import type { Row } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { usageReplay } from './usage-replay.js';

const window = () => 1000;
type Said = Pick<Row, 'kind' | 'data'> & { turnId?: string };

/** The rows as a log holds them, one a minute. */
function replayOf(...said: Said[]) {
  const rows = said.map(
    (row, at) =>
      ({ seq: at + 1, at: new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString(), channel: 'status', ...row }) as Row,
  );
  const replay = usageReplay(foldRows(emptySession, rows), window);
  return replay && [replay.turnId, replay.tokenUsage.total.totalTokens, replay.tokenUsage.last.totalTokens];
}

const begin = (turnId: string): Said => ({ kind: 'turn.started', turnId, data: { runGen: 1 } });
const end = (turnId: string, outcome: 'complete' | 'failed' = 'complete'): Said => ({
  kind: 'turn.completed',
  turnId,
  data: { outcome },
});
const used = (turnId: string | undefined, inputTokens: number | null, more: object = {}): Said => ({
  kind: 'usage.recorded',
  ...(turnId === undefined ? {} : { turnId }),
  data: {
    attemptId: `${turnId}-${inputTokens}`,
    model: 'm',
    provider: null,
    final: true,
    inputTokens,
    outputTokens: inputTokens === null ? null : 1,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    ...more,
  },
});

describe('the turn that a replay names', () => {
  it('G3: owns the last usage record, also where a later turn came to nothing', () => {
    expect(replayOf(begin('a'), used('a', 10), end('a'), begin('b'), end('b', 'failed'))).toEqual(['a', 11, 11]);
  });

  it('G3: is the latest that does not run, where the owner runs or is unknown', () => {
    const first = [begin('a'), used('a', 10), end('a')];
    expect(replayOf(...first, begin('b'), used('b', 20))).toEqual(['a', 32, 21]);
    expect(replayOf(...first, begin('b'), end('b'), used(undefined, 20))).toEqual(['b', 32, 21]);
  });

  it('G3: is the only one that there is, though it runs; and none where there is none', () => {
    expect(replayOf(begin('a'), used('a', 10))).toEqual(['a', 11, 11]);
    expect(replayOf(used(undefined, 10))).toEqual(['', 11, 11]);
  });

  it('G3: is never one that was rewound; what that one used stays used', () => {
    const rewound: Said = { kind: 'session.rewound', data: { toSeq: 4 } };
    expect(replayOf(begin('a'), used('a', 10), end('a'), begin('b'), used('b', 20), end('b'), rewound)).toEqual([
      'a',
      32,
      21,
    ]);
  });
});

describe('the figures that a replay tells', () => {
  it('G2: are none where nobody knows any', () => {
    expect(replayOf(begin('a'), end('a'))).toBeNull();
    expect(replayOf(begin('a'), used('a', null), end('a'))).toBeNull();
  });

  it('G4: are the last that are known, while a record without figures still names its turn', () => {
    expect(replayOf(begin('a'), used('a', 10), end('a'), begin('b'), used('b', null), end('b'))).toEqual(['b', 11, 11]);
  });

  it('G4: count every request of the log once, whoever owns it', () => {
    const copied = used('a', 10, { inheritedFrom: 'parent' });
    expect(replayOf(begin('a'), copied, copied, end('a'), begin('b'), used('b', 20), end('b'))).toEqual(['b', 32, 21]);
  });

  it('G4: leave cache writes out where nobody reported them, and tell the window', () => {
    const rows = [begin('a'), used('a', 10, { cacheWriteTokens: 4 }), end('a')];
    const of = (some: Said[]) =>
      usageReplay(
        foldRows(
          emptySession,
          some.map((row, at) => ({ seq: at + 1, at: '2026-01-01T00:00:00.000Z', channel: 'status', ...row }) as Row),
        ),
        window,
      )?.tokenUsage;
    expect(of(rows)).toMatchObject({ total: { cacheWriteInputTokens: 4 }, modelContextWindow: 1000 });
    expect(of([begin('a'), used('a', 10), end('a')])?.total).not.toHaveProperty('cacheWriteInputTokens');
  });
});
