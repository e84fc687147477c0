/** What a person asked first in a session: what lists show of it before it has a name. */
import type { Kysely } from 'kysely';
import { rowId } from '../row-id.js';
import type { Tables } from '../tables.js';

const characters = 200;

/** Empty where nobody has asked anything. */
export async function firstPrompt(queries: Kysely<Tables>, num: number): Promise<string> {
  const row = await queries
    .selectFrom('rows')
    .select('text')
    .where('id', '>', rowId(num, 0))
    .where('id', '<', rowId(num + 1, 0))
    .where('item_type', '=', 'message')
    .where('data', 'like', '%"author":"human"%')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.text?.slice(0, characters) ?? '';
}
