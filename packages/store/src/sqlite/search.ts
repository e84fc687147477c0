/** Ranked full-text search on FTS5. */
import { rowIdSpan } from '../row-id.js';
import type { SearchQuestion, StoredHit } from '../store.js';
import type { Database } from './database.js';
import { bestRows, type Narrowing } from './rank.js';
import { lastForm, marksOver } from './set-aside.js';
import { numOfRow, seqOfRow } from './text-index.js';

interface HitRow {
  at: number;
  item_type: string;
  label: string | null;
  text: string;
  data: string;
  session_id: string;
  /** The row that gave the item its last form, or took it out. */
  revised_by: number | null;
  revision: string | null;
}

export function searchSqlite(db: Database, question: SearchQuestion): StoredHit[] {
  const markOver = marksOver(db);
  return bestRows(db, question.words, narrowed(question), question).flatMap((id) => hitOf(db, id, markOver) ?? []);
}

/** The conditions of a filter, on the number of the session inside the row’s id where that tells. */
function narrowed({ agent, project, sessionId, type }: SearchQuestion): Narrowing {
  const columns = { agent, project, id: sessionId };
  const named = Object.entries(columns).flatMap(([name, values]) => (values === undefined ? [] : [{ name, values }]));
  const where = named.map(({ name, values }) => `${name} IN (${marks(values)})`).join(' AND ');
  const sessions = where === '' ? '' : `AND rowid / ${rowIdSpan} IN (SELECT num FROM sessions WHERE ${where})`;
  const kinds = type ?? [];
  const types =
    kinds.length === 0 ? '' : `AND (SELECT item_type FROM rows WHERE id = search.rowid) IN (${marks(kinds)})`;
  return { sql: `${sessions} ${types}`, parameters: [...named.flatMap(({ values }) => values), ...kinds] };
}

const marks = (values: readonly string[]): string => values.map(() => '?').join(',');

function hitOf(db: Database, id: number, markOver: (id: number) => number | null): StoredHit | undefined {
  const row = db.get<HitRow>(
    `SELECT r.at, r.item_type, r.label, r.revised_by, v.kind AS revision, s.id AS session_id,
       coalesce(CASE WHEN v.kind = 'item.recorded' THEN v.text END, r.text) AS text,
       CASE WHEN v.kind = 'item.recorded' THEN v.data ELSE r.data END AS data
     FROM rows r JOIN sessions s ON s.num = ? LEFT JOIN rows v ON v.id = r.id - (r.id % ${rowIdSpan}) + r.revised_by
     WHERE r.id = ?`,
    numOfRow(id),
    id,
  );
  if (!row) return undefined;
  const isAside = row.revision === 'session.rewound';
  const form = isAside ? { ...row, ...lastForm(db, id, row.revised_by ?? 0) } : row;
  return {
    sessionId: row.session_id,
    seq: seqOfRow(id),
    at: row.at,
    itemType: row.item_type,
    label: row.label,
    text: fullText(db, form),
    setAsideBy: isAside ? markOver(id) : null,
  };
}

function fullText(db: Database, row: Pick<HitRow, 'data' | 'text'>): string {
  if (!row.data.includes('"blob"')) return row.text;
  const hash = (JSON.parse(row.data) as { blob?: { hash: string } }).blob?.hash;
  const blob = hash ? db.get<{ bytes: Uint8Array }>('SELECT bytes FROM blobs WHERE hash = ?', hash) : undefined;
  return blob ? Buffer.from(blob.bytes).toString('utf8') : row.text;
}
