/** A log's rows as traces see them: light columns alone, so that a session's texts are never read for its times. */
import { setImmediate as others } from 'node:timers/promises';
import { type TraceRow, textHeadCharacters, traceRowKinds } from '@taffrail/session';
import { type Kysely, sql } from 'kysely';
import { type PackedValues, packedRows } from '../analytics/packed.js';
import { fullData } from '../lean/data.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { RowsTable, Tables } from '../tables.js';

const rowsPerRead = 500;

/** Rows after `after`, some at a time; in between it is others' turn, because a log may have hundreds of thousands. */
export async function* traceRows(queries: Kysely<Tables>, num: number, after: number): AsyncGenerator<TraceRow[]> {
  for (let from = rowId(num, after); ; ) {
    const rows = (await chunk(queries, num, from)).map(traceRowFrom);
    const last = rows.at(-1);
    if (!last) return;
    from = rowId(num, last.seq);
    yield rows;
    if (rows.length < rowsPerRead) return;
    await others();
  }
}

const columns = ['id', 'at', 'kind', 'turn_id', 'step', 'key', 'data', 'text_bytes', 'text_head'] as const;
type LightRow = Pick<RowsTable, 'id' | 'at' | 'kind' | 'turn_id' | 'step' | 'key' | 'data'> & {
  text_bytes: number | null;
  text_head: string | null;
};
type LightValues = PackedValues<LightRow, typeof columns>;

async function chunk(queries: Kysely<Tables>, num: number, from: number): Promise<LightValues[]> {
  const rows = queries
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
    .limit(rowsPerRead);
  const packed = await packedRows<LightRow, typeof columns>(queries, rows, columns);
  return packed.sort((one, other) => one[0] - other[0]);
}

/** By place, not taken apart: a log may have hundreds of thousands of rows, and an iterator for each takes longer than the rest. */
function traceRowFrom(row: LightValues): TraceRow {
  const at = row[1];
  const kind = row[2];
  const turnId = row[3];
  return {
    seq: row[0] % rowIdSpan,
    at,
    turnId,
    step: row[4],
    kind,
    data: fullData(kind, storedData(kind, row[6]), { key: row[5], at, turnId }),
    textBytes: row[7] ?? 0,
    textHead: row[8] ?? '',
  } as TraceRow;
}

/** Without what a session had come to by a request: that is most of such a row, and nothing of its span. */
function storedData(kind: string, data: string): object {
  const stored = JSON.parse(data) as object;
  return kind === 'usage.recorded' ? Object.assign(stored, { totals: null }) : stored;
}
