/** Sessions that wait for a server: what a server that starts must look after. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.js';

/** Live sessions in the middle of a turn, and open ones with an input that no turn has taken. */
export async function sessionsInWait(queries: Kysely<Tables>): Promise<string[]> {
  const running = await queries
    .selectFrom('sessions')
    .select('id')
    .where('origin', '=', 'live')
    .where('status', 'in', ['running', 'waiting'])
    .execute();
  const queued = await queries
    .selectFrom('rows')
    .innerJoin('sessions', (join) => join.on(sql<boolean>`sessions.num = rows.id / 4294967296`))
    .select('sessions.id')
    .distinct()
    .where('rows.kind', '=', sql.lit('input.queued'))
    .where('sessions.open', '=', 1)
    .where('sessions.status', '=', 'idle')
    .where(nobodyTook)
    .execute();
  return [...new Set([...running, ...queued].map(({ id }) => id))];
}

/** A queued input's key is `queued:ID`; what becomes of it has the keys `input:ID` and `dropped:ID`. */
const nobodyTook = sql<boolean>`not exists (select 1 from keys where keys.num = sessions.num
  and keys.key in ('input:' || substr(rows.key, 8), 'dropped:' || substr(rows.key, 8)))`;
