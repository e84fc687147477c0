/** A session's log as rows and items. */
import type { ItemPage, PlacedItem, Row } from '@taffrail/wire';
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
