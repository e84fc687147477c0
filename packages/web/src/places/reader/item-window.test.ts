/** The loaded stretch of a session: gapless, bounded, the same whatever way it was reached. */
import type { PlacedItem } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { covers, emptyWindow, itemsMax, windowAround, withAfter, withBefore } from './item-window.js';

const item = (seq: number, text = ''): PlacedItem => ({
  id: `i${seq}`,
  seq,
  at: '2026-11-20T10:00:00.000Z',
  turnId: null,
  step: null,
  item: { type: 'message', role: 'user', author: 'human', text },
});
const page = (...seqs: number[]) => ({ items: seqs.map((seq) => item(seq)), total: 9, oldestSeq: 1 });
const seqs = (window: { items: readonly PlacedItem[] }) => window.items.map((one) => one.seq);

describe('the window of items', () => {
  it('grows at its end until a page is not full', () => {
    const first = withAfter(emptyWindow, page(1, 2), 2);
    expect(first).toMatchObject({ hasBefore: false, hasAfter: true });
    const last = withAfter(first, page(3), 2);
    expect(seqs(last)).toEqual([1, 2, 3]);
    expect(last).toMatchObject({ hasBefore: false, hasAfter: false });
  });

  it('grows at its beginning until the oldest is there', () => {
    const middle = windowAround(page(4, 5), page(6, 7), 2);
    expect(middle).toMatchObject({ hasBefore: true, hasAfter: true });
    expect(withBefore(middle, page(2, 3))).toMatchObject({ hasBefore: true });
    const whole = withBefore(withBefore(middle, page(2, 3)), page(1));
    expect(seqs(whole)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(whole.hasBefore).toBe(false);
  });

  it('takes the newer copy of an item that came twice', () => {
    const window = withAfter(emptyWindow, page(1, 2), 9);
    const again = withAfter(window, { items: [item(2, 'revised'), item(3)], total: 3, oldestSeq: 1 }, 9);
    expect(seqs(again)).toEqual([1, 2, 3]);
    expect(again.items[1]?.item.text).toBe('revised');
  });

  it('lets the far end go when it holds too much, and knows that it did', () => {
    const many = Array.from({ length: itemsMax }, (_, index) => index + 1);
    const full = withAfter(emptyWindow, page(...many), itemsMax);
    const moved = withAfter(full, page(itemsMax + 1), itemsMax);
    expect(moved.items).toHaveLength(itemsMax);
    expect(moved.hasBefore).toBe(true);
  });

  it('knows whether a place is inside', () => {
    const middle = windowAround(page(4, 5), page(6, 7), 2);
    expect([3, 4, 7, 8].map((seq) => covers(middle, seq))).toEqual([false, true, true, false]);
    expect(covers(emptyWindow, 1)).toBe(false);
  });
});
