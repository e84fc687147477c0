/** Older items by page: before what is here, never out of date, read again where they were kept over a snapshot. */
import type { ItemPage } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { FollowInput } from './follow-state.js';
import {
  following,
  frame,
  itemRow,
  placed,
  play,
  rowsFrame,
  snapshotFrame,
  subscribed,
  textsOf,
} from './sample-frames.js';
import { viewOf } from './view.js';

const page = (items: ItemPage['items'], oldestSeq = 1): ItemPage => ({ items, total: 9, oldestSeq });
const older: FollowInput = { type: 'older' };
const answered = (number: number, items: ItemPage['items']): FollowInput => ({
  type: 'page',
  number,
  page: page(items),
});
const long = following(snapshotFrame(20, { items: [placed(8, 'e'), placed(9, 'f')], itemCount: 6 }));

describe('older items', () => {
  it('B2: are asked for one page at a time and put before what is here', () => {
    const asked = play([[1, older]], long);
    expect(asked.effects).toEqual([{ type: 'fetch_page', number: 1, before: 8 }]);
    expect(viewOf(asked.state).older).toEqual({ count: 4, isLoading: true, problem: null });
    expect(play([[2, older]], asked.state).effects).toEqual([]);
    const { state } = play([[3, answered(1, [placed(6, 'c'), placed(7, 'd')])]], asked.state);
    expect(textsOf(state)).toEqual(['c', 'd', 'e', 'f']);
    expect(viewOf(state)).toMatchObject({ itemCount: 6, older: { count: 2, isLoading: false } });
  });

  it('B2: are not asked for where the first one is here', () => {
    const { state, effects } = play(
      [
        [1, older],
        [2, answered(1, [placed(1, 'a')])],
        [3, older],
      ],
      long,
    );
    expect(viewOf(state).older.count).toBe(0);
    expect(effects).toEqual([]);
  });

  it('B6: that were read before one of them was revised are read again', () => {
    const revised = frame(rowsFrame(20, [itemRow(21, 'd', { text: 'D', revises: 7 })]));
    const overtaken = play(
      [
        [1, older],
        [2, revised],
        [3, answered(1, [placed(7, 'd')])],
      ],
      long,
    );
    expect(textsOf(overtaken.state)).toEqual(['e', 'f']);
    expect(overtaken.effects).toEqual([{ type: 'fetch_page', number: 2, before: 8 }]);
    expect(textsOf(play([[4, answered(2, [placed(7, 'd', 'D')])]], overtaken.state).state)).toEqual(['D', 'e', 'f']);
  });

  it('B6: that fail to load leave the rest as it is, and may be asked for again', () => {
    const failed = play(
      [
        [1, older],
        [2, { type: 'page_failed', number: 1, problem: 'no answer' }],
      ],
      long,
    );
    expect(viewOf(failed.state)).toMatchObject({
      problem: null,
      older: { count: 4, isLoading: false, problem: 'no answer' },
    });
    expect(play([[3, older]], failed.state).effects).toEqual([{ type: 'fetch_page', number: 2, before: 8 }]);
  });

  it('C7: that are deleted count no longer, each once', () => {
    const deleted = { ...itemRow(21, 'd'), kind: 'item.deleted', data: { reason: 'broken off' } } as const;
    const { state } = play(
      [
        [1, frame(rowsFrame(20, [deleted]))],
        [2, frame(rowsFrame(20, [deleted, itemRow(22, 'g')]))],
      ],
      long,
    );
    expect(viewOf(state)).toMatchObject({ itemCount: 6, older: { count: 3 } });
  });
});

describe('older items over a snapshot', () => {
  const loaded = play(
    [
      [1, older],
      [2, answered(1, [placed(6, 'c'), placed(7, 'd')])],
      [3, { type: 'lost' }],
      [4, { type: 'connected' }],
      [5, frame(subscribed(30, { mode: 'snapshot' }))],
    ],
    long,
  ).state;
  const within = snapshotFrame(30, { items: [placed(9, 'f'), placed(25, 'g')], itemCount: 7 });

  it('B2: stay where it reaches into what is here, and are read again', () => {
    const kept = play([[6, frame(within)]], loaded);
    expect(textsOf(kept.state)).toEqual(['c', 'd', 'e', 'f', 'g']);
    expect(kept.effects).toEqual([{ type: 'fetch_page', number: 2, before: 9 }]);
    const { state, effects } = play([[7, answered(2, [placed(7, 'd', 'D'), placed(8, 'e')])]], kept.state);
    expect(textsOf(state)).toEqual(['c', 'D', 'e', 'f', 'g']);
    expect(effects).toEqual([{ type: 'fetch_page', number: 3, before: 7 }]);
    const whole = play([[8, answered(3, [placed(5, 'b'), placed(6, 'c')])]], state);
    expect(textsOf(whole.state)).toEqual(['b', 'c', 'D', 'e', 'f', 'g']);
    expect(viewOf(whole.state)).toMatchObject({ itemCount: 7, older: { count: 1, isLoading: false } });
  });

  it('B6: go where they cannot be read again', () => {
    const { state } = play(
      [
        [6, frame(within)],
        [7, { type: 'page_failed', number: 2, problem: 'no answer' }],
      ],
      loaded,
    );
    expect(textsOf(state)).toEqual(['f', 'g']);
    expect(viewOf(state)).toMatchObject({ itemCount: 7, older: { count: 5, problem: 'no answer' } });
  });

  it('B6: go where nothing of what is here is in it', () => {
    const { state, effects } = play(
      [[6, frame(snapshotFrame(30, { items: [placed(25, 'g')], itemCount: 7 }))]],
      loaded,
    );
    expect(textsOf(state)).toEqual(['g']);
    expect(effects).toEqual([]);
  });

  it('B6: of a page that was asked for before it are not taken', () => {
    const { state, effects } = play(
      [
        [6, older],
        [7, frame(snapshotFrame(30, { items: [placed(25, 'g')], itemCount: 7 }))],
        [8, answered(2, [placed(5, 'b')])],
      ],
      loaded,
    );
    expect(textsOf(state)).toEqual(['g']);
    expect(effects).toEqual([]);
    expect(viewOf(state).older.isLoading).toBe(false);
  });
});
