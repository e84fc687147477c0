/**
 * A better mapping reads a session's sources again: its log begins anew, as the next epoch. Only where every source
 * is still there; else what is stored is all there is, and the new reading is merged into it.
 */
import type { SessionRecord } from '../plan/records.js';
import { rowId } from '../row-id.js';
import type { Database } from './database.js';

const projections = [
  'keys',
  'usage_facts',
  'usage_buckets',
  'activity_buckets',
  'tool_buckets',
  'usage_claims',
  'snapshots',
];

/** Returns the requests that the old log held: other sessions' copies of them must be looked at again. */
export function beginAnew(db: Database, session: SessionRecord, mappingVersion: number): string[] {
  const { num, id } = session;
  db.run('UPDATE sessions SET mapping_version = ? WHERE num = ?', mappingVersion, num);
  if (!isRereadable(db, id)) return [];
  const keys = db.all<{ key: string }>('SELECT DISTINCT key FROM usage_facts WHERE num = ?', num);
  const range = [rowId(num, 0), rowId(num + 1, 0)];
  db.run('DELETE FROM search WHERE rowid > ? AND rowid < ?', ...range);
  db.run('DELETE FROM rows WHERE id > ? AND id < ?', ...range);
  for (const table of projections) db.run(`DELETE FROM ${table} WHERE num = ?`, num);
  db.run(
    `UPDATE sessions SET epoch = epoch + 1, head = 0, digest = '', indexed_seq = 0, item_count = 0, turn_count = 0, message_count = 0,
      requests = 0, input_tokens = NULL, output_tokens = NULL, totals = NULL, tied = 0, title = NULL, forked_from = NULL, status = 'idle', open_questions = 0 WHERE num = ?`,
    num,
  );
  return keys.map((row) => row.key);
}

function isRereadable(db: Database, id: string): boolean {
  const sources = db.get<{ present: number; missing: number }>(
    'SELECT sum(missing_since IS NULL) AS present, sum(missing_since IS NOT NULL) AS missing FROM source_sessions JOIN sources USING (path) WHERE session_id = ?',
    id,
  );
  return (sources?.present ?? 0) > 0 && sources?.missing === 0;
}
