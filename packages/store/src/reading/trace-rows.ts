/** A log's rows as traces see them: light columns alone, so that a session's texts are never read for its times. */
import { setImmediate as others } from 'node:timers/promises';
import { type OpenEnds, type TraceRow, textHeadCharacters, traceRowKinds } from '@taffrail/session';
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { type PackedValues, packedRows } from '../analytics/packed.js';
import { fullData } from '../lean/data.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { RowsTable, Tables } from '../tables.js';

export const rowsPerReadUsually = 500;

/** Rows after `after`, some at a time; in between it is others' turn, because a log may have hundreds of thousands. */
export async function* traceRows(
  queries: Kysely<Tables>,
  num: number,
  after: number,
  rowsPerRead: number,
): AsyncGenerator<TraceRow[]> {
  for (let from = rowId(num, after); ; ) {
    const rows = (await packed(queries, lightRows(queries, from, rowId(num + 1, 0)).limit(rowsPerRead))).map(
      traceRowFrom,
    );
    const last = rows.at(-1);
    if (!last) return;
    from = rowId(num, last.seq);
    yield rows;
    if (rows.length < rowsPerRead) return;
    await others();
  }
}

// A row that is not wanted costs next to nothing to pass over.
const rowsPerLook = 20_000;

/** Of the rows up to `end` those that may change the spans whose ends are open: what goes on is not read. */
export async function* rowsAhead(
  queries: Kysely<Tables>,
  num: number,
  ends: OpenEnds & { end: number },
): AsyncGenerator<TraceRow[]> {
  const told = ends.isTold ? await endsByKey(queries, num, ends) : null;
  if (told) return yield told;
  for (let from = ends.head; from < ends.end; from += rowsPerLook) {
    const to = Math.min(ends.end, from + rowsPerLook);
    const rows = lightRows(queries, rowId(num, from), rowId(num, to) + 1).where(ofOpenEnds(ends));
    yield (await packed(queries, rows)).map(traceRowFrom);
    await others();
  }
}

/** The ends of turns and spans that ran here, which are found by their keys; `null` where some have no end yet. */
async function endsByKey(
  queries: Kysely<Tables>,
  num: number,
  { turns, running, waitingCalls }: OpenEnds,
): Promise<TraceRow[] | null> {
  const ends = [
    ...[...turns.keys()].map((turnId) => `turn:${turnId}:end`),
    ...running.map((spanId) => `span:${spanId}:end`),
  ];
  const keys = JSON.stringify([...ends, ...waitingCalls.map((callId) => `result:${callId}`)]);
  const found = await sql<{ key: string; place: number; latest: number }>`
    SELECT key, place, latest FROM keys WHERE num = ${num} AND key IN (SELECT value FROM json_each(${keys}))`.execute(
    queries,
  );
  const foundKeys = new Set(found.rows.map(({ key }) => key));
  if (ends.some((key) => !foundKeys.has(key))) return null;
  const ids = found.rows.flatMap(({ place, latest }) => [rowId(num, place), rowId(num, latest)]);
  const rows = lightRows(queries, rowId(num, 0), rowId(num + 1, 0)).where('id', 'in', [...new Set(ids)]);
  return (await packed(queries, rows)).map(traceRowFrom);
}

/** Of a turn that goes on, later steps tell of their own spans; but the result of a call may stand anywhere. */
function ofOpenEnds({ turns, waitingCalls }: OpenEnds): RawBuilder<SqlBool> {
  const ofTurns = [...turns].map(
    ([turnId, lastStep]) => sql`(turn_id = ${turnId} AND (step IS NULL OR step <= ${lastStep}))`,
  );
  const ofCalls = sql`item_type = 'tool_result' AND json_extract(data, '$.callId') IN (SELECT value FROM json_each(${JSON.stringify(waitingCalls)}))`;
  return sql<SqlBool>`(${sql.join(waitingCalls.length > 0 ? [...ofTurns, ofCalls] : ofTurns, sql` OR `)})`;
}

/** When the last item of a turn was written, in milliseconds since 1970 UTC; `null` where it has none. */
export async function lastItemAt(queries: Kysely<Tables>, num: number, turnId: string): Promise<number | null> {
  const found = await queries
    .selectFrom('rows')
    .select(({ fn }) => fn.max('at').as('at'))
    .where('id', '>', rowId(num, 0))
    .where('id', '<', rowId(num + 1, 0))
    .where('turn_id', '=', turnId)
    .where('kind', '=', 'item.recorded')
    .executeTakeFirst();
  return found?.at ?? null;
}

const columns = ['id', 'at', 'kind', 'turn_id', 'step', 'key', 'data', 'text_bytes', 'text_head'] as const;
type LightRow = Pick<RowsTable, 'id' | 'at' | 'kind' | 'turn_id' | 'step' | 'key' | 'data'> & {
  text_bytes: number | null;
  text_head: string | null;
};
type LightValues = PackedValues<LightRow, typeof columns>;

async function packed(queries: Kysely<Tables>, rows: ReturnType<typeof lightRows>): Promise<LightValues[]> {
  const values = await packedRows<LightRow, typeof columns>(queries, rows, columns);
  return values.sort((one, other) => one[0] - other[0]);
}

/** Between two ids, in their order. */
function lightRows(queries: Kysely<Tables>, from: number, to: number) {
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
    .where('id', '<', to)
    .where('kind', 'in', [...traceRowKinds])
    .orderBy('id');
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
