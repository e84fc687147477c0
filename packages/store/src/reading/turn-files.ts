/** The files that each turn of a session is known to have changed, read from its log. */
import { type FolderRow, filesByTurn, type WorkedCall } from '@taffrail/session';
import type { FileChanges, TimelineTurn } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';

/** So many are named of one turn. */
const namedMax = 20;
/** Enough of a result to tell whether a file is new. */
const resultCharacters = 40;

interface CallRow {
  seq: number;
  place: number;
  turn_id: string | null;
  item_type: 'tool_call' | 'tool_result';
  label: string | null;
  call_id: string;
  status: string | null;
  text: string | null;
  gone: number;
}

export type NamedFiles = Pick<TimelineTurn, 'files' | 'fileCount'>;

/** By turn; also of turns that a rewind has set aside. A turn of which none is known has no entry. */
export async function turnFiles(
  queries: Kysely<Tables>,
  session: { num: number; cwd: string | null },
): Promise<Map<string, NamedFiles>> {
  const files = filesByTurn(
    await workedCalls(queries, session.num),
    await folderRows(queries, session.num),
    session.cwd,
  );
  return new Map(
    [...files].map(([turnId, found]) => [
      turnId,
      { files: found.slice(0, namedMax), ...(found.length > namedMax ? { fileCount: found.length } : {}) },
    ]),
  );
}

/** Each in its last form: what a rewind took out is told too, what was deleted is not. */
async function workedCalls(queries: Kysely<Tables>, num: number): Promise<WorkedCall[]> {
  const { rows } = await sql<CallRow>`
    SELECT r.id % ${rowIdSpan} AS seq, coalesce(r.revises, r.id % ${rowIdSpan}) AS place, r.turn_id, r.item_type, r.label,
      json_extract(r.data, '$.callId') AS call_id, json_extract(r.data, '$.status') AS status,
      CASE r.item_type WHEN 'tool_call' THEN r.text ELSE substr(r.text, 1, ${resultCharacters}) END AS text,
      coalesce(revision.kind = 'item.deleted', 0) AS gone
    FROM rows r LEFT JOIN rows revision ON revision.id = r.id - (r.id % ${rowIdSpan}) + r.revised_by
    WHERE r.id > ${rowId(num, 0)} AND r.id < ${rowId(num + 1, 0)} AND r.item_type IN ('tool_call', 'tool_result')
    ORDER BY r.id`.execute(queries);
  const calls = new Map<number, CallRow>();
  const results = new Map<string, CallRow>();
  for (const row of rows) {
    if (row.item_type === 'tool_result') results.set(row.call_id, row);
    else
      calls.set(row.place, {
        ...row,
        turn_id: calls.get(row.place)?.turn_id ?? row.turn_id,
        gone: Number(row.gone) || (calls.get(row.place)?.gone ?? 0),
      });
  }
  return [...calls.values()].flatMap(({ turn_id, label, call_id, text, gone }) => {
    const result = results.get(call_id);
    if (turn_id === null || label === null || gone || result?.status !== 'ok') return [];
    return [{ turnId: turn_id, name: label, text: text ?? '', result: result.text ?? '' }];
  });
}

async function folderRows(queries: Kysely<Tables>, num: number): Promise<FolderRow[]> {
  const rows = await queries
    .selectFrom('rows')
    .select(['kind', 'turn_id', 'data'])
    .where('id', '>', rowId(num, 0))
    .where('id', '<', rowId(num + 1, 0))
    .where('kind', 'in', ['files.changed', 'session.rewound', 'rewind.undone'])
    .orderBy('id')
    .execute();
  return rows.map(({ kind, turn_id, data }) => ({
    kind: kind as FolderRow['kind'],
    turnId: turn_id,
    changes: kind === 'files.changed' ? (JSON.parse(data) as FileChanges) : null,
  }));
}
