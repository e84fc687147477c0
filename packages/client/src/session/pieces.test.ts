/** A snapshot that comes in pieces: what is here grows from its end backwards, and is never of two moments. */
import type { ItemsFrame, PlacedItem, Row, SnapshotRest, TextFrame } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { FollowState } from './follow-state.js';
import { frame, itemRow, placed, play, rowsFrame, snapshotFrame, subscribed, textsOf } from './sample-frames.js';
import { viewOf } from './view.js';

const whole: SnapshotRest = { more: false, cut: null };
const more: SnapshotRest = { more: true, cut: null };

const itemsFrame = (seq: number, before: number, items: PlacedItem[], rest = whole): ItemsFrame => ({
  type: 'items',
  sessionId: 's',
  epoch: 1,
  seq,
  before,
  items,
  rest,
});
const textFrame = (seq: number, itemId: string, offset: number, text: string): TextFrame => ({
  type: 'text',
  sessionId: 's',
  epoch: 1,
  seq,
  itemId,
  offset,
  text,
});

/** Of a session of six items the last two, and that the others are on their way. */
const begun = play([
  [0, { type: 'connected' }],
  [0, frame(subscribed(9, { mode: 'snapshot' }))],
  [0, frame(snapshotFrame(9, { items: [placed(8, 'e'), placed(9, 'f')], itemCount: 6, rest: more }))],
]).state;
/** Of one item's text the beginning. */
const cut = play([
  [0, { type: 'connected' }],
  [0, frame(subscribed(9, { mode: 'snapshot' }))],
  [
    0,
    frame(
      snapshotFrame(9, {
        items: [placed(9, 'f', 'abc')],
        itemCount: 2,
        rest: { more: true, cut: { id: 'f', length: 8 } },
      }),
    ),
  ],
]).state;

const asks = (state: FollowState, now: number, input: Parameters<typeof play>[0][number][1]) =>
  play([[now, input]], state).sent;

describe('items of a snapshot that come after its first frame', () => {
  it('B3, C3: are shown as they come, before those that are here', () => {
    const { state, sent } = play(
      [
        [1, frame(itemsFrame(9, 8, [placed(5, 'c'), placed(6, 'd')], more))],
        [2, frame(itemsFrame(9, 5, [placed(2, 'a'), placed(3, 'b')]))],
      ],
      begun,
    );
    expect(textsOf(begun)).toEqual(['e', 'f']);
    expect(viewOf(begun)).toMatchObject({ phase: 'live', itemCount: 6, older: { count: 4, isLoading: true } });
    expect(textsOf(state)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(viewOf(state)).toMatchObject({ phase: 'live', itemCount: 6, older: { count: 0, isLoading: false } });
    expect(sent).toEqual([]);
  });

  it.each([
    ['of another moment', itemsFrame(8, 8, [placed(6, 'd')])],
    ['with a gap after them', itemsFrame(9, 5, [placed(3, 'b')])],
    ['of another log', { ...itemsFrame(9, 8, [placed(6, 'd')]), epoch: 2 }],
  ])('C-beyond: are dropped where they are %s', (_, piece) => {
    expect(textsOf(play([[1, frame(piece)]], begun).state)).toEqual(['e', 'f']);
  });

  it('C-beyond: are taken after the rows that came before them', () => {
    const { state } = play(
      [
        [1, frame(rowsFrame(9, [itemRow(10, 'g')]))],
        [2, frame(itemsFrame(10, 8, [placed(6, 'd')]))],
      ],
      begun,
    );
    expect(textsOf(state)).toEqual(['d', 'e', 'f', 'g']);
  });

  it('B6: come by page where they were lost: all was sent, or nothing more came', () => {
    expect(play([[1, { type: 'older' }]], begun).effects).toEqual([]);
    const synced = play([[1, frame({ type: 'synced', sessionId: 's', seq: 9 })]], begun).state;
    const stalled = play([[6_000, { type: 'tick' }]], begun).state;
    for (const state of [synced, stalled])
      expect(play([[6_001, { type: 'older' }]], state).effects).toMatchObject([{ type: 'fetch_page', before: 8 }]);
  });

  it('B6: read again what was kept over the snapshot, and a page only what they do not reach', () => {
    const held = play([[1, frame(itemsFrame(9, 8, [placed(2, 'a'), placed(3, 'b'), placed(6, 'd')]))]], begun).state;
    const anew = snapshotFrame(12, { items: [placed(8, 'e'), placed(9, 'f')], itemCount: 5, rest: more });
    const kept = play([[2, frame(anew)]], held);
    expect([textsOf(kept.state), kept.effects]).toEqual([['a', 'b', 'd', 'e', 'f'], []]);
    const part = play([[3, frame(itemsFrame(12, 8, [placed(6, 'D')]))]], kept.state);
    expect([textsOf(part.state), part.effects]).toMatchObject([
      ['a', 'b', 'D', 'e', 'f'],
      [{ type: 'fetch_page', before: 6 }],
    ]);
    const gap = play([[3, frame(itemsFrame(12, 6, [placed(2, 'A'), placed(3, 'B')]))]], kept.state);
    expect(textsOf(gap.state)).toEqual(['a', 'b', 'd', 'e', 'f']);
    const lost = play([[3, frame({ type: 'synced', sessionId: 's', seq: 12 })]], kept.state);
    expect(lost.effects).toMatchObject([{ type: 'fetch_page', before: 8 }]);
    expect(play([[9_000, { type: 'tick' }]], kept.state).effects).toMatchObject([{ type: 'fetch_page', before: 8 }]);
    const all = play([[3, frame(itemsFrame(12, 8, [placed(2, 'A'), placed(3, 'B'), placed(6, 'D')]))]], kept.state);
    expect([textsOf(all.state), all.effects]).toEqual([['A', 'B', 'D', 'e', 'f'], []]);
  });

  it('D5: are not counted on where a rewind comes before what was kept was read again', () => {
    const held = play([[1, frame(itemsFrame(9, 8, [placed(2, 'a'), placed(3, 'b'), placed(6, 'd')]))]], begun).state;
    // Of the three that were kept one is no more.
    const anew = snapshotFrame(12, { items: [placed(8, 'e'), placed(9, 'f')], itemCount: 4, rest: more });
    const rewound: Row = {
      seq: 13,
      at: '2026-01-01T00:00:00.000Z',
      channel: 'status',
      kind: 'session.rewound',
      data: { toSeq: 9 },
    };
    const { sent } = play(
      [
        [2, frame(anew)],
        [3, frame(rowsFrame(12, [rewound]))],
      ],
      held,
    );
    expect(sent).toEqual([{ type: 'subscribe', sessionId: 's' }]);
  });

  it('C3: are given up with the line: it goes on from the cursor, and the rest comes by page', () => {
    const back = play(
      [
        [1, { type: 'lost' }],
        [2, { type: 'connected' }],
      ],
      begun,
    );
    expect(back.sent).toEqual([{ type: 'subscribe', sessionId: 's', epoch: 1, after: 9 }]);
    const { effects } = play(
      [
        [3, frame(subscribed(9))],
        [4, { type: 'older' }],
      ],
      back.state,
    );
    expect(effects).toMatchObject([{ type: 'fetch_page', before: 8 }]);
  });
});

describe('a text that is too long for one frame', () => {
  const rest = [
    [1, frame(textFrame(9, 'f', 3, 'de'))],
    [2, frame(textFrame(9, 'f', 5, 'fgh'))],
  ] as const;

  it('C-beyond: is whole when its last piece is here, and until then it is not all there is', () => {
    const { state } = play(rest, cut);
    const half = play([rest[0]], cut).state;
    expect([textsOf(half), viewOf(half).phase]).toEqual([['abc'], 'catching_up']);
    expect(textsOf(state)).toEqual(['abcdefgh']);
    expect(viewOf(state).phase).toBe('live');
  });

  it('C-beyond: shows a piece that comes twice once', () => {
    expect(textsOf(play([rest[0], rest[0], rest[1]], cut).state)).toEqual(['abcdefgh']);
  });

  it.each([
    ['a piece before is missing', frame(textFrame(9, 'f', 5, 'fgh'))],
    ['all else was sent', frame({ type: 'synced', sessionId: 's', seq: 9 })],
    ['rows follow on it', frame(rowsFrame(9, [itemRow(10, 'g')]))],
    ['the line was lost', { type: 'connected' } as const],
  ])('C-beyond: is asked for anew where %s', (_, input) => {
    expect(asks(cut, 1, input)).toEqual([{ type: 'subscribe', sessionId: 's' }]);
  });

  it('C-beyond: is asked for anew where nothing more comes', () => {
    expect(asks(cut, 1_000, { type: 'tick' })).toEqual([]);
    expect(asks(cut, 6_000, { type: 'tick' })).toEqual([{ type: 'subscribe', sessionId: 's' }]);
  });

  it('C-beyond: is whole where the log says what the item is now', () => {
    const { state, sent } = play([[1, frame(rowsFrame(9, [itemRow(10, 'f', { text: 'anew', revises: 9 })]))]], cut);
    expect(textsOf(state)).toEqual(['anew']);
    expect([viewOf(state).phase, sent]).toEqual(['live', []]);
  });
});
