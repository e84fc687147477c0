/** The sessions that went on from another one, and where they left it. */
import type { TimelineFork, TimelineTurn } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';

/** A timeline with more branches than this is not read as a picture any more. */
const forksMax = 100;

interface ForkRow {
  id: string;
  title: string | null;
  at: number;
  /** Which of the turns it holds is the last. */
  place: number | null;
}

/**
 * Forks of a session in the order in which they first asked something of their own. One whose log does not name its
 * origin is told by the copies of requests it holds, as in the list of sessions. Each with the last turn of the session that
 * it holds: one that began here has copied them with their names; other agents name turns as they like, so of theirs only
 * requests that are known to be the same are believed. A log in which nothing is left is none: a hosted agent keeps one of
 * its own, and all of it is here already.
 */
export async function forksOf(
  queries: Kysely<Tables>,
  session: { id: string; num: number },
  turns: readonly TimelineTurn[],
): Promise<TimelineFork[]> {
  const names = turns.map(({ turnId }) => turnId);
  const { rows } = await sql<ForkRow>`
    WITH told AS (
      SELECT num FROM sessions WHERE forked_from = ${session.id} AND num <> ${session.num}
      UNION
      SELECT s.num FROM usage_facts own JOIN usage_facts copy ON copy.key = own.key JOIN sessions s ON s.num = copy.num
      WHERE own.num = ${session.num} AND copy.num <> own.num AND copy.inherited_from = ${session.id}
        AND s.forked_from IS NULL AND s.parent_id IS NULL
    ),
    fork AS MATERIALIZED (
      SELECT s.num, s.id, s.title, s.origin, coalesce(
        (SELECT min(fact.at) FROM usage_facts fact WHERE fact.num = s.num AND fact.inherited_from IS NULL), s.updated_at
      ) AS at
      FROM told JOIN sessions s USING (num) WHERE s.origin = 'live' OR s.item_count + s.turn_count + s.requests > 0
      ORDER BY at, s.num LIMIT ${forksMax}
    ),
    turn AS MATERIALIZED (SELECT value AS turn_id, key AS place FROM json_each(${JSON.stringify(names)}))
    SELECT fork.id, fork.title, fork.at, CASE fork.origin
      WHEN 'live' THEN (
        SELECT max(turn.place) FROM rows begun CROSS JOIN turn ON turn.turn_id = begun.turn_id
        WHERE begun.id > fork.num * ${rowIdSpan} AND begun.id < (fork.num + 1) * ${rowIdSpan} AND begun.kind = 'turn.started'
      ) ELSE (
        SELECT max(turn.place) FROM usage_facts copy CROSS JOIN usage_facts own ON own.key = copy.key AND own.num = ${session.num}
          CROSS JOIN turn ON turn.turn_id = own.turn_id
        WHERE copy.num = fork.num
      ) END AS place
    FROM fork ORDER BY fork.at, fork.num`.execute(queries);
  return rows.map(({ id, title, at, place }) => ({
    sessionId: id,
    title,
    turnId: place === null ? null : (names[place] ?? null),
    at: new Date(at).toISOString(),
  }));
}
