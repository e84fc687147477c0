/** The text index: everything said, thought, called and returned. Follows the rows, up to a mark kept per session. */

import { rowId, rowIdSpan } from '../row-id.js';
import { isCallText, searchableText } from '../search-text.js';
import type { Database } from './database.js';

interface IndexableRow {
  id: number;
  item_type: string;
  label: string | null;
  text: string;
  data: string;
  revises: number | null;
}

// One text longer than this is indexed up to here: a single row must not hold the write lock for seconds.
const textCharactersMax = 4 * 1024 * 1024;

/** Indexes what `num` has gained, at most `rowsMax` rows. Call it inside a transaction. Returns the rows passed. */
export function indexSession(db: Database, num: number, rowsMax: number): number {
  const session = db.get<{ head: number; indexed_seq: number }>(
    'SELECT head, indexed_seq FROM sessions WHERE num = ?',
    num,
  );
  if (!session || session.indexed_seq >= session.head) return 0;
  const until = Math.min(session.head, session.indexed_seq + rowsMax);
  const rows = db.all<IndexableRow>(
    "SELECT id, item_type, label, text, CASE WHEN item_type = 'tool_result' THEN data ELSE '' END AS data, revises FROM rows WHERE id > ? AND id <= ? AND text <> ''",
    rowId(num, session.indexed_seq),
    rowId(num, until),
  );
  for (const row of rows) indexRow(db, num, row);
  db.run('UPDATE sessions SET indexed_seq = ? WHERE num = ?', until, num);
  return until - session.indexed_seq;
}

/** A revised item is found by its new words at its old place. */
function indexRow(db: Database, num: number, row: IndexableRow): void {
  const place = row.revises === null ? row.id : rowId(num, row.revises);
  if (row.revises !== null) db.run('DELETE FROM search WHERE rowid = ?', place);
  const text = isCallText(row.item_type) ? searchableText(row.text, row.label) : wholeText(db, row);
  db.run('INSERT INTO search (rowid, text) VALUES (?, ?)', place, text.slice(0, textCharactersMax));
}

function wholeText(db: Database, row: IndexableRow): string {
  const hash = row.data.includes('"blob"')
    ? (JSON.parse(row.data) as { blob?: { hash: string } }).blob?.hash
    : undefined;
  const blob = hash ? db.get<{ bytes: Uint8Array }>('SELECT bytes FROM blobs WHERE hash = ?', hash) : undefined;
  return blob ? Buffer.from(blob.bytes).toString('utf8') : row.text;
}

/** Sessions whose text is not wholly indexed, and how many rows that is. */
export function pendingIndex(db: Database): { nums: number[]; rows: number } {
  const pending = db.all<{ num: number; rows: number }>(
    'SELECT num, head - indexed_seq AS rows FROM sessions WHERE indexed_seq < head',
  );
  return { nums: pending.map((session) => session.num), rows: pending.reduce((sum, session) => sum + session.rows, 0) };
}

export const numOfRow = (id: number): number => Math.floor(id / rowIdSpan);
export const seqOfRow = (id: number): number => id % rowIdSpan;
