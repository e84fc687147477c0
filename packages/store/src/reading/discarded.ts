/** Requests of live sessions that came to nothing: what is known of keys where no server runs. */
import { type DiscardedAttempt, discardedAttemptSchema } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { rowId } from '../row-id.js';
import type { Tables } from '../tables.js';

const sessionsMax = 200;

/** Since that moment, in the order in which they came; of the sessions that moved last. */
export async function discardedSince(
  queries: Kysely<Tables>,
  since: number,
): Promise<{ at: number; attempt: DiscardedAttempt }[]> {
  const sessions = await queries
    .selectFrom('sessions')
    .select('num')
    .where('origin', '=', 'live')
    .where('updated_at', '>=', since)
    .orderBy('updated_at', 'desc')
    .limit(sessionsMax)
    .execute();
  const rows = await Promise.all(
    sessions.map(({ num }) =>
      queries
        .selectFrom('rows')
        .select(['at', 'data'])
        .where('id', '>', rowId(num, 0))
        .where('id', '<', rowId(num + 1, 0))
        .where('kind', '=', 'attempt.discarded')
        .where('at', '>=', since)
        .execute(),
    ),
  );
  return rows
    .flat()
    .sort((one, other) => one.at - other.at)
    .map(({ at, data }) => ({ at, attempt: discardedAttemptSchema.parse(JSON.parse(data)) }));
}
