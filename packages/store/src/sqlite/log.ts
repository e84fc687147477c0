/** The log read from a place on, as followers do: many times a second, so with plain statements. */
import type { SessionStatus } from '@taffrail/wire';
import { rowFrom } from '../reading/rows.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { LogPlace, StoredRows } from '../store.js';
import type { RowsTable } from '../tables.js';
import type { Database } from './database.js';
import { seqOfRow } from './text-index.js';

export function placeOf(db: Database, sessionId: string): LogPlace | null {
  const row = db.get<{ num: number; epoch: number; head: number; status: string }>(
    'SELECT num, epoch, head, status FROM sessions WHERE id = ?',
    sessionId,
  );
  return row ? { ...row, status: row.status as SessionStatus } : null;
}

export function headOf(db: Database, num: number): number {
  return db.get<{ head: number }>('SELECT head FROM sessions WHERE num = ?', num)?.head ?? 0;
}

type LogRow = Omit<RowsTable, 'revised_by' | 'label'>;

const columns = 'id, at, kind, turn_id, step, key, item_type, data, text, revises';

/** Up to the head, unless a limit is reached before. Pieces of text that were joined since leave seqs without rows. */
export function rowsAfter(
  db: Database,
  num: number,
  after: number,
  limits: { rows: number; characters: number },
): StoredRows {
  const head = headOf(db, num);
  const found = db.iterate<LogRow>(
    `SELECT ${columns} FROM rows WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
    rowId(num, after),
    rowId(num, head),
    limits.rows + 1,
  );
  const rows: LogRow[] = [];
  let characters = 0;
  for (const row of found) {
    if (rows.length === limits.rows || (rows.length > 0 && characters >= limits.characters))
      return { rows: rows.map(rowFrom), to: seqOfRow(rows.at(-1)?.id ?? rowId(num, after)) };
    rows.push(row);
    characters += row.data.length + (row.text?.length ?? 0);
  }
  return { rows: rows.map(rowFrom), to: Math.max(head, after) };
}

/** All rows of these kinds in a stretch, in their order. */
export function rowsOfKinds(
  db: Database,
  num: number,
  kinds: readonly string[],
  { after = 0, before = rowIdSpan }: { after?: number; before?: number | undefined } = {},
): ReturnType<typeof rowFrom>[] {
  return db
    .all<LogRow>(
      `SELECT ${columns} FROM rows WHERE id > ? AND id < ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY id`,
      rowId(num, after),
      rowId(num, before),
      JSON.stringify(kinds),
    )
    .map(rowFrom);
}

// Its seq, time, kind and names, with their words round them, and what its stored form leaves out.
const bytesRoundRow = 300;

/** About how many bytes the rows after `after` take in frames; more than `bytesMax` are not counted on. */
export function bytesAfter(db: Database, num: number, after: number, bytesMax: number): number {
  const found = db.iterate<{ bytes: number }>(
    'SELECT octet_length(data) + coalesce(octet_length(text), 0) AS bytes FROM rows WHERE id > ? AND id < ? ORDER BY id',
    rowId(num, after),
    rowId(num + 1, 0),
  );
  let sum = 0;
  for (const { bytes } of found) {
    sum += bytes + bytesRoundRow;
    if (sum > bytesMax) break;
  }
  return sum;
}
