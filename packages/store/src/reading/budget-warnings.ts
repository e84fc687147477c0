/** What budgets have warned of, in whichever session. */
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.js';

/** Whether any session's log says this: a budget that several sessions share warns once. */
export async function isWarnedOf(queries: Kysely<Tables>, key: string): Promise<boolean> {
  const row = await queries
    .selectFrom('rows')
    .select('id')
    .where('kind', '=', 'budget.warned')
    .where('key', '=', key)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
