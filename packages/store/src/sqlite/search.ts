/** Ranked full-text search on FTS5. */
import type { SearchQuestion, StoredHit } from '../store.js';
import type { Database } from './database.js';
import { numOfRow, seqOfRow } from './text-index.js';

interface HitRow {
  id: number;
  at: number;
  item_type: string;
  label: string | null;
  text: string;
  data: string;
  session_id: string;
  bytes: Uint8Array | null;
}

// Ranking looks at every match; filters are applied to the best of them, so that a narrow one still finds enough.
const candidatesPerHit = 20;

export function searchSqlite(db: Database, question: SearchQuestion): StoredHit[] {
  const filters: string[] = [];
  const parameters: (string | number)[] = [];
  const filter = (sql: string, value: string | undefined) => {
    if (value === undefined) return;
    filters.push(sql);
    parameters.push(value);
  };
  filter('s.agent = ?', question.agent);
  filter('s.project = ?', question.project);
  filter('r.item_type = ?', question.type);
  filter('s.id = ?', question.sessionId);
  const narrow = filters.length > 0;
  const wanted = question.offset + question.limit;
  const best = db.all<{ rowid: number }>(
    'SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?',
    question.match,
    narrow ? Math.max(2_000, wanted * candidatesPerHit) : wanted,
  );
  const ids = narrow ? best.map((hit) => hit.rowid) : best.slice(question.offset).map((hit) => hit.rowid);
  const hits = ids.map((id) => hitOf(db, id, filters, parameters)).filter((hit) => hit !== undefined);
  return narrow ? hits.slice(question.offset, wanted) : hits;
}

function hitOf(db: Database, id: number, filters: string[], parameters: (string | number)[]): StoredHit | undefined {
  const row = db.get<HitRow>(
    `SELECT r.id, r.at, r.item_type, r.label, coalesce(v.text, r.text) AS text, coalesce(v.data, r.data) AS data, s.id AS session_id, NULL AS bytes
     FROM rows r JOIN sessions s ON s.num = ? LEFT JOIN rows v ON v.id = r.id - (r.id % 4294967296) + r.revised_by
     WHERE r.id = ? ${filters.map((sql) => `AND ${sql}`).join(' ')}`,
    numOfRow(id),
    id,
    ...parameters,
  );
  if (!row) return undefined;
  return {
    sessionId: row.session_id,
    seq: seqOfRow(id),
    at: row.at,
    itemType: row.item_type,
    label: row.label,
    text: fullText(db, row),
  };
}

function fullText(db: Database, row: HitRow): string {
  if (!row.data.includes('"blob"')) return row.text;
  const hash = (JSON.parse(row.data) as { blob?: { hash: string } }).blob?.hash;
  const blob = hash ? db.get<{ bytes: Uint8Array }>('SELECT bytes FROM blobs WHERE hash = ?', hash) : undefined;
  return blob ? Buffer.from(blob.bytes).toString('utf8') : row.text;
}
