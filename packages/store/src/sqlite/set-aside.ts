/** Items that a rewind has set aside: which mark stands in their place, and what they said in the end. */
import { emptySession, foldRows } from '@taffrail/session';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Database } from './database.js';
import { rowsOfKinds } from './log.js';
import { numOfRow, seqOfRow } from './text-index.js';

const rewindKinds = ['session.rewound', 'rewind.undone'];

/**
 * Answers with the row of the mark that stands where an item was set aside; `null` where none does. A mark may have been set
 * aside itself: then that of the later rewind stands. For several items, since it reads a session's rewinds once.
 */
export function marksOver(db: Database): (rowId: number) => number | null {
  const marks = new Map<number, readonly { seq: number; toSeq: number }[]>();
  return (id) => {
    const [num, seq] = [numOfRow(id), seqOfRow(id)];
    const known = marks.get(num) ?? foldRows(emptySession, rowsOfKinds(db, num, rewindKinds)).rewinds;
    marks.set(num, known);
    return known.find((mark) => mark.toSeq <= seq && seq < mark.seq)?.seq ?? null;
  };
}

/** What an item was before `rewoundSeq` took it out: the last form that it was given, where it was given another. */
export function lastForm(db: Database, id: number, rewoundSeq: number): { text: string; data: string } | undefined {
  return db.get<{ text: string; data: string }>(
    `SELECT text, data FROM rows WHERE id > ? AND id < ? AND revises = ? AND kind = 'item.recorded' ORDER BY id DESC LIMIT 1`,
    id,
    rowId(numOfRow(id), rewoundSeq),
    id % rowIdSpan,
  );
}
