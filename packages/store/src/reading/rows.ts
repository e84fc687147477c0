/** A session's log as rows, items and turns. */
import type { ItemPage, PlacedItem, Row, TimelineTurn } from '@taffrail/wire';
import { channelOf, type Item, type ItemType } from '@taffrail/wire';
import { type Kysely, type SqlBool, sql } from 'kysely';
import { fullData } from '../lean/data.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { RowsTable, Tables } from '../tables.js';

export interface PageQuestion {
  num: number;
  /** Items before, or after, this seq; from the end when neither is given. */
  before?: number;
  after?: number;
  limit: number;
}

/** Items in the order of their places, oldest first. A revised item stands where it first stood. */
export async function itemPage(queries: Kysely<Tables>, question: PageQuestion & { total: number }): Promise<ItemPage> {
  const forwards = question.after !== undefined;
  const rows = await queries
    .selectFrom('rows as place')
    .leftJoin('rows as latest', (join) =>
      join.on(sql<SqlBool>`latest.id = place.id - (place.id % ${rowIdSpan}) + place.revised_by`),
    )
    .select(['place.id', 'place.at', 'place.key'])
    .select([
      sql<string | null>`CASE WHEN latest.id IS NULL THEN place.turn_id ELSE latest.turn_id END`.as('turn_id'),
      sql<number | null>`CASE WHEN latest.id IS NULL THEN place.step ELSE latest.step END`.as('step'),
      sql<string>`coalesce(latest.data, place.data)`.as('data'),
      sql<string>`coalesce(latest.text, place.text)`.as('text'),
    ])
    .where('place.id', '>', rowId(question.num, question.after ?? 0))
    .where('place.id', '<', rowId(question.num, question.before ?? rowIdSpan - 1))
    .where('place.kind', '=', 'item.recorded')
    .where('place.revises', 'is', null)
    // What was deleted or rewound is revised by a row that is no item.
    .where(sql<SqlBool>`coalesce(latest.kind, 'item.recorded') = 'item.recorded'`)
    .orderBy('place.id', forwards ? 'asc' : 'desc')
    .limit(question.limit)
    .execute();
  const items = await Promise.all(rows.map((row) => withTextSoFar(queries, question.num, placed(row))));
  return {
    items: forwards ? items : items.reverse(),
    total: question.total,
    oldestSeq: await oldestItem(queries, question.num),
  };
}

async function oldestItem(queries: Kysely<Tables>, num: number): Promise<number | null> {
  const row = await queries
    .selectFrom('rows')
    .select('id')
    .where('id', '>', rowId(num, 0))
    .where('id', '<', rowId(num + 1, 0))
    .where('kind', '=', 'item.recorded')
    .orderBy('id', 'asc')
    .limit(1)
    .executeTakeFirst();
  return row ? row.id % rowIdSpan : null;
}

/** The identities of a session's items and requests: what its log holds, whatever form it has now. */
export async function identitiesIn(queries: Kysely<Tables>, num: number): Promise<ReadonlySet<string>> {
  const rows = await queries
    .selectFrom('rows')
    .select('key')
    .where('id', '>', rowId(num, 0))
    .where('id', '<', rowId(num + 1, 0))
    .where('kind', 'in', ['item.recorded', 'usage.recorded'])
    .where('revises', 'is', null)
    .execute();
  return new Set(rows.flatMap((row) => row.key ?? []));
}

type PlacedRow = Pick<RowsTable, 'id' | 'at' | 'turn_id' | 'step' | 'key' | 'data' | 'text'>;

export function placed(row: PlacedRow): PlacedItem {
  return {
    id: row.key ?? String(row.id % rowIdSpan),
    seq: row.id % rowIdSpan,
    at: new Date(row.at).toISOString(),
    turnId: row.turn_id,
    step: row.step,
    item: { ...(JSON.parse(row.data) as object), text: row.text ?? '' } as Item,
  };
}

/** An item that is still being written: its text stands in pieces. */
async function withTextSoFar(queries: Kysely<Tables>, num: number, item: PlacedItem): Promise<PlacedItem> {
  if (!('streaming' in item.item)) return item;
  const pieces = await queries
    .selectFrom('rows')
    .select('data')
    .where('id', '>', rowId(num, item.seq))
    .where('id', '<', rowId(num + 1, 0))
    .where('kind', '=', 'text.appended')
    .where('key', '=', item.id)
    .orderBy('id')
    .execute();
  return withPieces(item, pieces);
}

/** The item with the pieces of its text put together, as JSON in the order of their rows. */
export function withPieces(item: PlacedItem, pieces: readonly { data: string }[]): PlacedItem {
  const text = pieces.reduce((known, { data }) => {
    const piece = JSON.parse(data) as { offset: number; text: string };
    return known.slice(0, piece.offset) + piece.text;
  }, item.item.text);
  return { ...item, item: { ...item.item, text } };
}

/** Rows after `after`, oldest first, at most `limit`: the log itself. */
export async function readRows(queries: Kysely<Tables>, num: number, after: number, limit: number): Promise<Row[]> {
  const rows = await queries
    .selectFrom('rows')
    .selectAll()
    .where('id', '>', rowId(num, after))
    .where('id', '<', rowId(num + 1, 0))
    .orderBy('id', 'asc')
    .limit(limit)
    .execute();
  return rows.map(rowFrom);
}

export function rowFrom(row: Omit<RowsTable, 'revised_by' | 'label'>): Row {
  const data = fullData(row.kind, JSON.parse(row.data) as object, { key: row.key, at: row.at, turnId: row.turn_id });
  return {
    seq: row.id % rowIdSpan,
    at: new Date(row.at).toISOString(),
    channel: channelOf(row.kind as Row['kind'], (row.item_type ?? undefined) as ItemType | undefined),
    kind: row.kind,
    ...(row.turn_id === null ? {} : { turnId: row.turn_id }),
    ...(row.step === null ? {} : { step: row.step }),
    ...(row.key === null ? {} : { partId: row.key }),
    ...(row.revises === null ? {} : { revises: row.revises }),
    data: row.text === null ? data : { ...data, text: row.text },
  } as Row;
}

interface TurnRow {
  turn_id: string;
  seq: number;
  started_at: number;
  finished_at: number | null;
  tool_calls: number;
  prompt: string | null;
}

const promptCharacters = 200;

/** A session's turns in order, with what each took; without those that a rewind took back. */
export async function timeline(queries: Kysely<Tables>, num: number): Promise<TimelineTurn[]> {
  const turns = await sql<TurnRow>`
    WITH turn AS (
      SELECT turn_id, min(CASE WHEN revises IS NULL THEN id END) AS first, min(at) AS started_at, max(at) AS finished_at,
        sum(coalesce(item_type = 'tool_call' AND revises IS NULL, 0)) AS tool_calls, min(CASE WHEN item_type = 'message' AND data LIKE '%"author":"human"%' THEN id END) AS message
      FROM rows WHERE id > ${rowId(num, 0)} AND id < ${rowId(num + 1, 0)} AND turn_id IS NOT NULL
      GROUP BY turn_id HAVING coalesce(sum(kind = 'turn.started' AND revised_by IS NOT NULL), 0) = 0
    )
    SELECT turn.turn_id, turn.first % ${rowIdSpan} AS seq, started_at, finished_at, tool_calls, substr(prompt.text, 1, ${promptCharacters}) AS prompt
    FROM turn LEFT JOIN rows prompt ON prompt.id = turn.message ORDER BY first`.execute(queries);
  const usage = await queries
    .selectFrom('usage_facts')
    .select(['turn_id', (builder) => builder.fn.countAll<number>().as('requests')])
    .select((builder) => [
      builder.fn.sum<number | null>('input_tokens').as('input'),
      builder.fn.sum<number | null>('output_tokens').as('output'),
    ])
    .where('num', '=', num)
    .groupBy('turn_id')
    .execute();
  const spent = new Map(usage.map((turn) => [turn.turn_id, turn]));
  return turns.rows.map((turn) => ({
    turnId: turn.turn_id,
    seq: turn.seq,
    startedAt: new Date(turn.started_at).toISOString(),
    finishedAt: turn.finished_at === null ? null : new Date(turn.finished_at).toISOString(),
    prompt: turn.prompt ?? '',
    toolCalls: turn.tool_calls,
    requests: Number(spent.get(turn.turn_id)?.requests ?? 0),
    inputTokens: spent.get(turn.turn_id)?.input ?? null,
    outputTokens: spent.get(turn.turn_id)?.output ?? null,
  }));
}
