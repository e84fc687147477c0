/** Items: placed once, revised in place, written on piece by piece, taken out again. */
import type { Draft, RowOf } from './state.js';

/** A reader's text and the log's are not of one piece: it must fetch the session anew. */
export class DivergedError extends Error {
  constructor(partId: string, offset: number, length: number) {
    super(`text of ${partId} goes on at ${offset}, but only ${length} characters of it are here`);
    this.name = 'DivergedError';
  }
}

export function placeItem(draft: Draft, row: RowOf<'item.recorded'>): void {
  const id = row.partId ?? `seq-${row.seq}`;
  const placed = draft.items.get(id);
  // It stands before what this reader holds.
  if (!placed && row.revises !== undefined) return;
  draft.items.set(id, {
    id,
    seq: placed?.seq ?? row.seq,
    at: placed?.at ?? row.at,
    turnId: row.turnId ?? null,
    step: row.step ?? null,
    item: row.data,
  });
  if (id.startsWith(inputPrefix)) draft.queue.delete(id.slice(inputPrefix.length));
}

/** An input's item is named by it: once it stands in the transcript it waits no longer. */
export const inputPrefix = 'input:';

/** @throws DivergedError where text in between is missing. */
export function appendText(draft: Draft, row: RowOf<'text.appended'>): void {
  const placed = row.partId === undefined ? undefined : draft.items.get(row.partId);
  if (!placed) return;
  const { offset, text } = row.data;
  const known = placed.item.text;
  if (offset > known.length) throw new DivergedError(placed.id, offset, known.length);
  draft.items.set(placed.id, { ...placed, item: { ...placed.item, text: known.slice(0, offset) + text } });
}

export function deleteItem(draft: Draft, row: RowOf<'item.deleted'>): void {
  if (row.partId !== undefined) draft.items.delete(row.partId);
}
