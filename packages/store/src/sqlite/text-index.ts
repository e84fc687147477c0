/**
 * The text index: everything said, thought, called and returned. Follows the rows, up to a mark kept per session.
 * Text goes from table to index inside SQLite, and in the order of its places: FTS5 gathers words in memory, and writes
 * out what it has whenever it is given an earlier place than the last.
 */
import type { StoredRow } from '../plan/records.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Database } from './database.js';

// One text longer than this is indexed up to here: a single row must not hold the write lock for seconds.
const textBytesMax = 4 * 1024 * 1024;

/** The whole text of row `r`: of a long tool output the row itself holds only head and tail. */
const wholeText = `CASE WHEN r.item_type = 'tool_result' AND instr(r.data, '"blob"') > 0
  THEN coalesce((SELECT CAST(bytes AS TEXT) FROM blobs WHERE hash = r.data ->> '$.blob.hash'), r.text) ELSE r.text END`;

/** What of row `r` is searched: of a tool call its name and the values of its arguments, not their JSON. */
const searchedText = `CASE WHEN r.item_type <> 'tool_call' THEN ${wholeText}
  ELSE coalesce(r.label, '') || char(10) || coalesce(CASE WHEN json_valid(r.text)
    THEN (SELECT group_concat(atom, char(10)) FROM json_tree(r.text) WHERE type IN ('text', 'integer', 'real'))
    ELSE r.text END, '') END`;

/** The same, cut to what is indexed. */
const indexedText = `(SELECT CASE WHEN octet_length(searched) > ${textBytesMax} THEN substr(searched, 1, ${textBytesMax}) ELSE searched END
  FROM (SELECT ${searchedText} AS searched))`;

// All spans in one statement: FTS5 writes out what it has gathered before each one that may add many rows. Rows that were
// revised are passed over: their latest form follows, and is indexed at their place.
const indexRows = `INSERT INTO search (rowid, text) SELECT r.id, ${indexedText}
  FROM json_each(?) AS span CROSS JOIN rows r ON r.id > span.value ->> 0 AND r.id <= span.value ->> 1
  WHERE r.text <> '' AND r.revises IS NULL AND r.revised_by IS NULL`;
const revisions = `SELECT DISTINCT r.id - (r.id % ${rowIdSpan}) + r.revises AS place
  FROM json_each(?) AS span CROSS JOIN rows r ON r.id > span.value ->> 0 AND r.id <= span.value ->> 1
  WHERE r.revises IS NOT NULL AND (r.text IS NOT NULL OR r.kind = 'item.deleted') ORDER BY place`;
const forget = 'DELETE FROM search WHERE rowid = ?';
const indexRevision = `INSERT INTO search (rowid, text) SELECT p.id, ${indexedText}
  FROM rows p JOIN rows r ON r.id = p.id - (p.id % ${rowIdSpan}) + p.revised_by WHERE p.id = ? AND r.text <> ''`;

/** Where a span that begins after the first place ends: at the row with which it has enough. */
const spanEnd = `SELECT max(id) AS id, count(*) AS rows, sum(bytes) AS bytes FROM (
  SELECT id, bytes, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
    SELECT r.id AS id, coalesce(CASE WHEN r.item_type = 'tool_result' AND instr(r.data, '"blob"') > 0 THEN r.data ->> '$.blob.sizeBytes' END,
      octet_length(r.text), 0) AS bytes FROM rows r WHERE r.id > ? AND r.id <= ? ORDER BY r.id LIMIT ?))
  WHERE before < ?`;

export interface IndexBudget {
  rows: number;
  bytes: number;
}

interface Pending {
  num: number;
  head: number;
  indexed_seq: number;
}

/** Rows with ids above `from`, up to `until`. */
interface Span {
  num: number;
  from: number;
  until: number;
  rows: number;
  bytes: number;
}

const pending = 'SELECT num, head, indexed_seq FROM sessions WHERE indexed_seq < head';

/** Indexes what sessions have gained, the earliest first, within `budget`. Call it inside a transaction. Returns the rows passed. */
export function indexPending(db: Database, budget: IndexBudget): number {
  return indexSpans(db, spansOf(db, db.iterate<Pending>(`${pending} ORDER BY num`), budget));
}

/** Indexes what the sessions `nums` have gained, within `budget`. Call it inside a transaction. */
export function indexSessions(db: Database, nums: readonly number[], budget: IndexBudget): void {
  const gained = db.all<Pending>(
    `${pending} AND num IN (SELECT value FROM json_each(?)) ORDER BY num`,
    JSON.stringify(nums),
  );
  indexSpans(db, spansOf(db, gained, budget));
}

/** Moves the mark over what sessions have just gained where that is pieces of text alone: their whole will be indexed. */
export function passPieces(db: Database, rows: readonly StoredRow[]): void {
  const gained = new Map<number, { rows: number; pieces: number }>();
  for (const { num, kind } of rows) {
    const sum = gained.get(num) ?? { rows: 0, pieces: 0 };
    gained.set(num, { rows: sum.rows + 1, pieces: sum.pieces + (kind === 'text.appended' ? 1 : 0) });
  }
  for (const [num, { rows: count, pieces }] of gained)
    if (count === pieces)
      db.run('UPDATE sessions SET indexed_seq = head WHERE num = ? AND indexed_seq = head - ?', num, count);
}

function spansOf(db: Database, sessions: Iterable<Pending>, budget: IndexBudget): Span[] {
  const spans: Span[] = [];
  const left = { ...budget };
  for (const session of sessions) {
    const span = spanOf(db, session, left);
    spans.push(span);
    left.rows -= span.rows;
    left.bytes -= span.bytes;
    if (left.rows <= 0 || left.bytes <= 0) break;
  }
  return spans;
}

function spanOf(db: Database, { num, head, indexed_seq }: Pending, left: IndexBudget): Span {
  const from = rowId(num, indexed_seq);
  const end = db.get<{ id: number | null; rows: number; bytes: number | null }>(
    spanEnd,
    from,
    rowId(num, head),
    left.rows,
    left.bytes,
  );
  return { num, from, until: end?.id ?? rowId(num, head), rows: end?.rows ?? 0, bytes: end?.bytes ?? 0 };
}

function indexSpans(db: Database, spans: readonly Span[]): number {
  if (spans.length === 0) return 0;
  const places = JSON.stringify(spans.map(({ from, until }) => [from, until]));
  db.run(indexRows, places);
  for (const { place } of db.all<{ place: number }>(revisions, places)) {
    db.run(forget, place);
    db.run(indexRevision, place);
  }
  for (const { num, until } of spans) db.run('UPDATE sessions SET indexed_seq = ? WHERE num = ?', seqOfRow(until), num);
  return spans.reduce((sum, { from, until }) => sum + until - from, 0);
}

/** How many rows are not indexed yet. */
export function pendingRows(db: Database): number {
  const sum = 'SELECT coalesce(sum(head - indexed_seq), 0) AS rows FROM sessions WHERE indexed_seq < head';
  return db.get<{ rows: number }>(sum)?.rows ?? 0;
}

export const numOfRow = (id: number): number => Math.floor(id / rowIdSpan);
export const seqOfRow = (id: number): number => id % rowIdSpan;
