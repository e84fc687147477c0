/**
 * The part of a session's items that is loaded: one gapless stretch that grows at both ends and is bounded.
 * Pure: pages in, window out.
 */
import type { ItemPage, PlacedItem } from '@taffrail/wire';

/** Beyond this many the far end is let go; scrolling back loads it again. */
export const itemsMax = 20_000;

export type ItemWindow = {
  items: readonly PlacedItem[];
  /** Items exist before the first or after the last one here. */
  hasBefore: boolean;
  hasAfter: boolean;
};

export const emptyWindow: ItemWindow = { items: [], hasBefore: false, hasAfter: true };

/** A fresh window from the page after a place (the place included) and the page before it. */
export function windowAround(before: ItemPage, after: ItemPage, limit: number): ItemWindow {
  const items = [...before.items, ...after.items];
  return { items, hasBefore: hasBefore(items, after.oldestSeq), hasAfter: after.items.length >= limit };
}

/** The window with the page after its last item. Items that were revised take their place. */
export function withAfter(window: ItemWindow, page: ItemPage, limit: number): ItemWindow {
  const grown = merged(window.items, page.items);
  const items = grown.slice(-itemsMax);
  return {
    items,
    hasBefore: window.hasBefore || items.length < grown.length || hasBefore(items, page.oldestSeq),
    hasAfter: page.items.length >= limit,
  };
}

/** The window with the page before its first item. */
export function withBefore(window: ItemWindow, page: ItemPage): ItemWindow {
  const grown = merged(page.items, window.items);
  const items = grown.slice(0, itemsMax);
  return {
    items,
    // A page that brings nothing proves the beginning, whatever `oldestSeq` says.
    hasBefore: page.items.length > 0 && hasBefore(items, page.oldestSeq),
    hasAfter: window.hasAfter || items.length < grown.length,
  };
}

/** Whether an item with this seq, or the stretch around it, is loaded. */
export function covers(window: ItemWindow, seq: number): boolean {
  const first = window.items[0];
  const last = window.items.at(-1);
  if (!first || !last) return false;
  return (seq >= first.seq || !window.hasBefore) && (seq <= last.seq || !window.hasAfter);
}

function hasBefore(items: readonly PlacedItem[], oldestSeq: number | null): boolean {
  const first = items[0];
  return first !== undefined && oldestSeq !== null && first.seq > oldestSeq;
}

/** Two stretches in order, each item once; the later copy of an item wins. */
function merged(left: readonly PlacedItem[], right: readonly PlacedItem[]): PlacedItem[] {
  const last = left.at(-1);
  const first = right[0];
  if (!last || !first || first.seq > last.seq) return [...left, ...right];
  const byId = new Map<string, PlacedItem>();
  for (const item of [...left, ...right]) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
