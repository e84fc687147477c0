/** Items in pieces that go into one frame each: from a place back, and a text that is too long for one piece by piece. */
import type { PlacedItem } from '@taffrail/wire';
import { placed, withPieces } from '../reading/rows.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { CutText, ItemPiece, ItemsPlace, PieceLimits } from '../store.js';
import type { Database } from './database.js';

interface ItemRow {
  id: number;
  at: number;
  key: string | null;
  turn_id: string | null;
  step: number | null;
  data: string;
  text: string | null;
  revised_by: number | null;
}

const itemRows = `SELECT place.id, place.at, place.key, coalesce(latest.turn_id, place.turn_id) AS turn_id, coalesce(latest.step, place.step) AS step,
    coalesce(latest.data, place.data) AS data, coalesce(latest.text, place.text) AS text, place.revised_by
  FROM rows place LEFT JOIN rows latest ON latest.id = place.id - place.id % ${rowIdSpan} + place.revised_by
  WHERE place.id >= ? AND place.id < ? AND place.kind = 'item.recorded' AND place.revises IS NULL
    AND coalesce(latest.kind, 'item.recorded') = 'item.recorded'
  ORDER BY place.id DESC`;

/** The items before a place and not before another, the nearest of them; one at least, unless none is wanted. */
export function itemsBefore(
  db: Database,
  num: number,
  { before, reachesTo }: ItemsPlace,
  limits: PieceLimits,
): ItemPiece {
  const items: PlacedItem[] = [];
  let bytesLeft = limits.bytes;
  for (const row of db.iterate<ItemRow>(itemRows, rowId(num, Math.max(reachesTo, 1)), rowId(num, before))) {
    const item = items.length < limits.items ? withTextSoFar(db, num, placed(row)) : null;
    const bytes = item && item.item.text.length <= bytesLeft ? bytesAsJson(item) : Number.POSITIVE_INFINITY;
    if (!item || (bytes > bytesLeft && items.length > 0)) return { items: items.reverse(), more: true, cut: null };
    if (bytes > bytesLeft) return withBeginning(db, num, item, row, { reachesTo, bytes: bytesLeft });
    items.push(item);
    bytesLeft -= bytes;
  }
  return { items: items.reverse(), more: false, cut: null };
}

/** One item that takes more than a piece: as much of its text as goes with it. */
function withBeginning(
  db: Database,
  num: number,
  item: PlacedItem,
  { revised_by: form }: ItemRow,
  { reachesTo, bytes }: { reachesTo: number; bytes: number },
): ItemPiece {
  const { id, seq } = item;
  const { text } = item.item;
  const bare = { ...item, item: { ...item.item, text: '' } };
  const begun = beginning(text, bytes - bytesAsJson(bare));
  const cut = begun.length < text.length ? { id, seq, form, length: text.length } : null;
  const before = db.get<ItemRow>(itemRows, rowId(num, Math.max(reachesTo, 1)), rowId(num, seq));
  return { items: [{ ...bare, item: { ...bare.item, text: begun } }], more: before !== undefined, cut };
}

/** More of a cut text from an offset on; `null` where the item is another one since, or none. */
export function textAfter(
  db: Database,
  num: number,
  { seq, form, length }: CutText,
  offset: number,
  bytesMax: number,
): string | null {
  const row = db.get<ItemRow>(itemRows, rowId(num, seq), rowId(num, seq + 1));
  if (!row || row.revised_by !== form) return null;
  const { text } = withTextSoFar(db, num, placed(row)).item;
  return beginning(text.slice(offset, length), bytesMax);
}

/** As much of a text's beginning as takes so many bytes in a frame, and something of it in any case. */
function beginning(text: string, bytesMax: number): string {
  let length = Math.min(text.length, bytesMax);
  for (;;) {
    const part = text.slice(0, Math.max(length, 1));
    const bytes = bytesAsJson(part);
    if (bytes <= bytesMax || part.length <= 1) return part;
    length = Math.floor((part.length * bytesMax) / bytes);
  }
}

export function bytesAsJson(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** An item that is still being written: its text stands in pieces. */
function withTextSoFar(db: Database, num: number, item: PlacedItem): PlacedItem {
  if (!('streaming' in item.item)) return item;
  const pieces = db.all<{ data: string }>(
    "SELECT data FROM rows WHERE id > ? AND id < ? AND kind = 'text.appended' AND key = ? ORDER BY id",
    rowId(num, item.seq),
    rowId(num + 1, 0),
    item.id,
  );
  return withPieces(item, pieces);
}
