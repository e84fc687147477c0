/** The sessions that went on from another one, and where they left it. */
import type { TimelineFork, TimelineTurn } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { rowId } from '../row-id.js';
import type { Tables } from '../tables.js';

/** A timeline with more branches than this is not read as a picture any more. */
const forksMax = 100;

interface ForkRow {
  num: number;
  id: string;
  title: string | null;
  origin: string;
  at: number;
}

/**
 * Forks of a session in the order in which they first asked something of their own. One whose log does not name its
 * origin is told by the copies of requests it holds, as in the list of sessions.
 */
export async function forksOf(
  queries: Kysely<Tables>,
  session: { id: string; num: number },
  turns: readonly TimelineTurn[],
): Promise<TimelineFork[]> {
  const { rows } = await sql<ForkRow>`
    WITH copied AS (
      SELECT DISTINCT copy.num FROM usage_facts own JOIN usage_facts copy ON copy.key = own.key
      WHERE own.num = ${session.num} AND copy.num <> own.num AND copy.inherited_from = ${session.id}
    )
    SELECT s.num, s.id, s.title, s.origin, coalesce(
      (SELECT min(fact.at) FROM usage_facts fact WHERE fact.num = s.num AND fact.inherited_from IS NULL), s.updated_at
    ) AS at
    FROM sessions s
    WHERE s.num <> ${session.num} AND (s.forked_from = ${session.id}
      OR (s.forked_from IS NULL AND s.parent_id IS NULL AND s.num IN (SELECT num FROM copied)))
    ORDER BY at, s.num LIMIT ${forksMax}`.execute(queries);
  return Promise.all(
    rows.map(async (fork) => {
      const shared = await sharedTurns(queries, session.num, fork);
      return {
        sessionId: fork.id,
        title: fork.title,
        turnId: turns.findLast(({ turnId }) => shared.has(turnId))?.turnId ?? null,
        at: new Date(fork.at).toISOString(),
      };
    }),
  );
}

/**
 * The session's turns that a fork holds. One that began here has copied them with their names; other agents name turns
 * as they like, so of theirs only requests that are known to be the same are believed.
 */
async function sharedTurns(queries: Kysely<Tables>, num: number, fork: ForkRow): Promise<ReadonlySet<string | null>> {
  const names = queries
    .selectFrom('rows')
    .select('turn_id')
    .where('id', '>', rowId(fork.num, 0))
    .where('id', '<', rowId(fork.num + 1, 0))
    .where('kind', '=', 'turn.started');
  const requests = queries
    .selectFrom('usage_facts as own')
    .innerJoin('usage_facts as copy', 'copy.key', 'own.key')
    .select('own.turn_id')
    .where('own.num', '=', num)
    .where('copy.num', '=', fork.num);
  const rows = await (fork.origin === 'live' ? names : requests).execute();
  return new Set(rows.map(({ turn_id }) => turn_id));
}
