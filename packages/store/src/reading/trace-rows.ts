/** A log's rows as traces see them: light columns alone, so that a session's texts are never read for its times. */
import { setImmediate as others } from 'node:timers/promises';
import { type TraceRow, textHeadCharacters, traceRowKinds } from '@taffrail/session';
import { type Kysely, sql } from 'kysely';
import { fullData } from '../lean/data.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { RowsTable, Tables } from '../tables.js';

const rowsPerRead = 500;

/** Rows after `after`, some at a time; in between it is others' turn, because a log may have hundreds of thousands. */
export async function* traceRows(queries: Kysely<Tables>, num: number, after: number): AsyncGenerator<TraceRow[]> {
  for (let from = rowId(num, after); ; ) {
    const rows = await chunk(queries, num, from);
    const last = rows.at(-1);
    if (!last) return;
    from = last.id;
    yield rows.map(traceRowFrom);
    if (rows.length < rowsPerRead) return;
    await others();
  }
}

type LightRow = Pick<RowsTable, 'id' | 'at' | 'kind' | 'turn_id' | 'step' | 'key' | 'data'> & {
  text_bytes: number | null;
  text_head: string | null;
};

function chunk(queries: Kysely<Tables>, num: number, from: number): Promise<LightRow[]> {
  return queries
    .selectFrom('rows')
    .select(['id', 'at', 'kind', 'turn_id', 'step', 'key'])
    .select([
      // What a provider wants back with a thought may be long, and says nothing here.
      sql<string>`CASE WHEN item_type = 'reasoning' THEN '{"type":"reasoning"}' ELSE data END`.as('data'),
      sql<number | null>`CASE WHEN item_type IN ('tool_call', 'tool_result') THEN octet_length(text) END`.as(
        'text_bytes',
      ),
      sql<string | null>`CASE WHEN item_type = 'tool_call' THEN substr(text, 1, ${sql.lit(textHeadCharacters)}) END`.as(
        'text_head',
      ),
    ])
    .where('id', '>', from)
    .where('id', '<', rowId(num + 1, 0))
    .where('kind', 'in', [...traceRowKinds])
    .orderBy('id')
    .limit(rowsPerRead)
    .execute();
}

function traceRowFrom(row: LightRow): TraceRow {
  const place = { key: row.key, at: row.at, turnId: row.turn_id };
  return {
    seq: row.id % rowIdSpan,
    at: row.at,
    turnId: row.turn_id,
    step: row.step,
    kind: row.kind,
    data: fullData(row.kind, JSON.parse(row.data) as object, place),
    textBytes: row.text_bytes ?? 0,
    textHead: row.text_head ?? '',
  } as TraceRow;
}
