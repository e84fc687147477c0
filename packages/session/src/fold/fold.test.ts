/** Same log, same state: in any pieces, read twice, from the beginning or from a snapshot. */
import { arbitraryRecord, randomSeed } from '@taffrail/testing';
import type { Item, Row } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldRows } from './fold.js';
import { emptySession } from './state.js';
import { inheritedTotalsOf, totalsOf } from './usage.js';

const seed = randomSeed();
const settings = { seed, numRuns: 200 };
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const message = (text: string): Item => ({ type: 'message', role: 'assistant', author: 'model', text });
const itemRow = (seq: number, partId: string, text: string, turnId = 'turn-1'): Row => ({
  seq,
  at: at(seq),
  channel: 'text',
  kind: 'item.recorded',
  turnId,
  partId,
  data: message(text),
});
type UsageRow = Extract<Row, { kind: 'usage.recorded' }>;
const usageRow = (seq: number, some: Partial<UsageRow['data']>): UsageRow => ({
  seq,
  at: at(seq),
  channel: 'usage',
  kind: 'usage.recorded',
  turnId: 'turn-1',
  data: {
    attemptId: 'a',
    model: 'model-a',
    provider: null,
    final: true,
    inputTokens: 10,
    outputTokens: 1,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    ...some,
  },
});

type Unplaced = (seq: number, minute: number) => Row;
const names = fc.constantFrom('p1', 'p2', 'p3');
const turns = fc.constantFrom('turn-1', 'turn-2');
const arbitraryRow: fc.Arbitrary<Unplaced> = fc.oneof(
  fc.tuple(names, fc.string(), turns).map(
    ([partId, text, turnId]): Unplaced =>
      (seq, minute) => ({ ...itemRow(seq, partId, text, turnId), at: at(minute) }),
  ),
  fc.tuple(arbitraryRecord, fc.constantFrom(null, 'elsewhere')).map(
    ([data, inheritedFrom]): Unplaced =>
      (seq, minute) => ({
        seq,
        at: at(minute),
        channel: 'usage',
        kind: 'usage.recorded',
        data: { ...data, inheritedFrom },
      }),
  ),
  turns.map(
    (turnId): Unplaced =>
      (seq, minute) => ({ seq, at: at(minute), channel: 'status', kind: 'turn.started', turnId, data: {} }),
  ),
  turns.map(
    (turnId): Unplaced =>
      (seq, minute) => ({
        seq,
        at: at(minute),
        channel: 'status',
        kind: 'turn.completed',
        turnId,
        data: { outcome: 'complete' },
      }),
  ),
  fc.string().map(
    (title): Unplaced =>
      (seq, minute) => ({ seq, at: at(minute), channel: 'status', kind: 'session.described', data: { title } }),
  ),
);
/** A log with holes in its seqs and a clock that jumps. */
const arbitraryLog = fc
  .array(fc.tuple(arbitraryRow, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 90 })), { maxLength: 30 })
  .map((rows) => {
    let seq = 0;
    return rows.map(([row, gap, minute]) => {
      seq += gap;
      return row(seq, minute);
    });
  });

describe(`the fold (seed ${seed})`, () => {
  it('H2: makes the same state of a log in any pieces', () => {
    fc.assert(
      fc.property(arbitraryLog, fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), (log, cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), log.length];
        const pieces = places.slice(1).map((end, index) => log.slice(places[index], end));
        expect(pieces.reduce(foldRows, emptySession)).toEqual(foldRows(emptySession, log));
      }),
      settings,
    );
  });

  it('H2: row by row is the same as all at once', () => {
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        expect(log.reduce(fold, emptySession)).toEqual(foldRows(emptySession, log));
      }),
      settings,
    );
  });

  it('A6: rows that it already has change nothing, so that catching up and live may overlap', () => {
    fc.assert(
      fc.property(arbitraryLog, fc.nat({ max: 30 }), (log, from) => {
        const state = foldRows(emptySession, log);
        expect(foldRows(state, log.slice(from))).toEqual(state);
      }),
      settings,
    );
  });

  it('H2: leaves the state it was given as it was', () => {
    fc.assert(
      fc.property(arbitraryLog, arbitraryLog, (log, more) => {
        const state = foldRows(emptySession, log);
        const before = structuredClone(state);
        foldRows(
          state,
          more.map((row) => ({ ...row, seq: row.seq + state.head })),
        );
        expect(state).toEqual(before);
      }),
      settings,
    );
  });
});

describe('items in the fold', () => {
  it('A2: usage is never among them', () => {
    const state = foldRows(emptySession, [itemRow(1, 'p1', 'text'), usageRow(2, {})]);
    expect([...state.items.keys()]).toEqual(['p1']);
  });

  it('H2: a revised item keeps its place and its time, and shows its new words', () => {
    const state = foldRows(emptySession, [
      itemRow(1, 'p1', 'draft'),
      itemRow(2, 'p2', 'next'),
      itemRow(3, 'p1', 'final'),
    ]);
    expect([...state.items.values()].map(({ seq, at: time, item }) => [seq, time, item.text])).toEqual([
      [1, at(1), 'final'],
      [2, at(2), 'next'],
    ]);
  });
});

describe('turns in the fold', () => {
  const started = (seq: number): Row => ({
    seq,
    at: at(seq),
    channel: 'status',
    kind: 'turn.started',
    turnId: 't',
    data: {},
  });
  const completed = (seq: number, outcome: 'complete' | 'interrupted'): Row => ({
    seq,
    at: at(seq),
    channel: 'status',
    kind: 'turn.completed',
    turnId: 't',
    data: { outcome },
  });

  it('B3: run until they are completed', () => {
    const state = foldRows(emptySession, [started(1)]);
    expect(state.turns.get('t')).toMatchObject({ outcome: 'running', finishedAt: null });
    expect(fold(state, completed(2, 'complete')).turns.get('t')).toMatchObject({
      outcome: 'complete',
      finishedAt: at(2),
    });
  });

  it('end as was said last: an interrupted turn may turn out complete', () => {
    const state = foldRows(emptySession, [started(1), completed(2, 'interrupted'), completed(3, 'complete')]);
    expect(state.turns.get('t')).toMatchObject({ startedAt: at(1), outcome: 'complete', finishedAt: at(3) });
  });

  it('begin once, and the end of an unknown turn is left alone', () => {
    const state = foldRows(emptySession, [started(1), started(2)]);
    expect(state.turns.get('t')?.seq).toBe(1);
    expect(fold(emptySession, completed(1, 'complete')).turns.size).toBe(0);
  });
});

describe('usage in the fold', () => {
  it('A1: a record is one request, however many rows speak of it', () => {
    const state = foldRows(emptySession, [usageRow(1, { outputTokens: 1 }), usageRow(2, { outputTokens: 40 })]);
    expect(totalsOf(state)).toMatchObject({ requests: 1, inputTokens: 10, outputTokens: 40 });
  });

  it('A4: a session without usage has null totals', () => {
    expect(totalsOf(foldRows(emptySession, [itemRow(1, 'p1', 'text')]))).toBeNull();
    expect(inheritedTotalsOf(emptySession)).toBeNull();
  });

  it('F-beyond: a request that another session owns is shown apart and not counted', () => {
    const state = foldRows(emptySession, [usageRow(1, { inheritedFrom: 'parent' }), usageRow(2, { attemptId: 'b' })]);
    expect(totalsOf(state)).toMatchObject({ requests: 1 });
    expect(inheritedTotalsOf(state)).toMatchObject({ requests: 1 });
  });

  it('F-beyond: the latest row says who owns a request', () => {
    const state = foldRows(emptySession, [usageRow(1, {}), usageRow(2, { inheritedFrom: 'parent' })]);
    expect(totalsOf(state)).toBeNull();
    expect(totalsOf(fold(state, usageRow(3, {})))).toMatchObject({ requests: 1 });
  });

  it('F2: a request of which nothing was reported is known, and counted nowhere', () => {
    const state = foldRows(emptySession, [usageRow(1, { inputTokens: null, outputTokens: null })]);
    expect(state.requests.size).toBe(1);
    expect(totalsOf(state)).toBeNull();
  });

  it('A4: of requests at one time, the one that the log tells of later is the last', () => {
    const rows = [usageRow(1, { attemptId: 'a' }), { ...usageRow(2, { attemptId: 'b', model: 'model-b' }), at: at(1) }];
    expect(totalsOf(foldRows(emptySession, rows))?.last?.model).toBe('model-b');
  });
});

describe('claims in the fold', () => {
  const claimed = (seq: number, minute: number, inputTokens: number): Row => {
    const { attemptId: _a, model: _m, provider: _p, final: _f, ...tokens } = usageRow(seq, { inputTokens }).data;
    const data = { ...tokens, source: 'total', includesInherited: false, includesSubAgents: false };
    return { seq, at: at(minute), channel: 'usage', kind: 'usage.claimed', data };
  };

  it('are never summed', () => {
    const state = foldRows(emptySession, [claimed(1, 1, 100)]);
    expect(totalsOf(state)).toBeNull();
    expect(state.claims.get('total')?.inputTokens).toBe(100);
  });

  it('the latest by time stands, whichever was read first', () => {
    expect(foldRows(emptySession, [claimed(1, 5, 100), claimed(2, 3, 50)]).claims.get('total')?.inputTokens).toBe(100);
    expect(foldRows(emptySession, [claimed(1, 3, 50), claimed(2, 5, 100)]).claims.get('total')?.inputTokens).toBe(100);
  });
});

describe('what another agent showed of its tokens', () => {
  const none = { inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null };
  const figures = (totalTokens: number) => ({ ...none, cacheWrite1hTokens: null, reasoningTokens: null, totalTokens });
  const shown = (seq: number, minute: number, total: number, turnId: string): Row => ({
    seq,
    at: at(minute),
    channel: 'usage',
    kind: 'usage.shown',
    turnId,
    partId: 'shown',
    data: { total: figures(total), last: figures(total), contextWindow: null },
  });

  it('G3: the latest stands, with its turn and its place; it is never summed', () => {
    const state = foldRows(emptySession, [shown(1, 1, 100, 'a'), usageRow(2, {}), shown(3, 3, 200, 'b')]);
    expect(state.shown).toMatchObject({ seq: 3, turnId: 'b', total: { totalTokens: 200 } });
    expect(totalsOf(state)?.inputTokens).toBe(10);
  });

  it('G3: one that is told late does not undo a later one', () => {
    expect(foldRows(emptySession, [shown(1, 5, 200, 'b'), shown(2, 1, 100, 'a')]).shown?.turnId).toBe('b');
  });
});
