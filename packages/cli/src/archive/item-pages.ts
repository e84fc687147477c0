/** A session's items page by page, oldest first, so that its length does not matter. */
import { itemPage, type StoreReader } from '@taffrail/server';
import type { PlacedItem } from '@taffrail/wire';

const itemsPerPage = 200;

/** `whole`: long tool output as it was, not its beginning and end. */
export async function* itemPages(store: StoreReader, num: number, whole: boolean): AsyncGenerator<PlacedItem[]> {
  for (let after = 0; ; ) {
    const { items } = await itemPage(store.queries, { num, after, total: 0, limit: itemsPerPage });
    const last = items.at(-1);
    if (!last) return;
    after = last.seq;
    yield whole ? await Promise.all(items.map((item) => unabridged(store, item))) : items;
  }
}

async function unabridged(store: StoreReader, placed: PlacedItem): Promise<PlacedItem> {
  if (placed.item.type !== 'tool_result' || !placed.item.blob) return placed;
  const { blob, ...item } = placed.item;
  const row = await store.queries.selectFrom('blobs').select('bytes').where('hash', '=', blob.hash).executeTakeFirst();
  return row ? { ...placed, item: { ...item, text: Buffer.from(row.bytes).toString('utf8') } } : placed;
}
