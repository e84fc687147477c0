/** Which sessions here host conversations of other agents, and when: what those log meanwhile is known already. */
import { type Kysely, sql } from 'kysely';
import { rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';

export interface HostedTurn {
  turnId: string;
  /** Milliseconds since 1970. */
  from: number;
  /** `null` while it runs. */
  until: number | null;
}

export interface Host {
  sessionId: string;
  num: number;
  turns: readonly HostedTurn[];
}

/** By the agent's own name of the conversation. Most logs are of conversations that nobody hosts. */
export async function hostsOf(
  queries: Kysely<Tables>,
  agent: string,
  nativeIds: readonly string[],
): Promise<Map<string, Host>> {
  const hosts = new Map<string, Host>();
  for (const nativeId of nativeIds) {
    const row = await queries
      .selectFrom('rows')
      .innerJoin('sessions', (join) => join.on(sql<boolean>`sessions.num = rows.id / 4294967296`))
      .select(['sessions.num', 'sessions.id'])
      .where(isHosted)
      .where('rows.key', '=', `hosted:${agent}:${nativeId}`)
      .limit(1)
      .executeTakeFirst();
    if (row) hosts.set(nativeId, { sessionId: row.id, num: row.num, turns: await turnsOf(queries, row.num) });
  }
  return hosts;
}

/** In the words of the index, by which they are found. */
const isHosted = sql<boolean>`rows.kind = 'session.described' AND rows.key >= 'hosted:' AND rows.key < 'hosted;'`;

async function turnsOf(queries: Kysely<Tables>, num: number): Promise<HostedTurn[]> {
  const rows = await queries
    .selectFrom('keys')
    .innerJoin('rows', (join) => join.on(sql<boolean>`rows.id = ${num * rowIdSpan} + keys.latest`))
    .select(['rows.at', 'rows.kind', 'rows.turn_id'])
    .where('keys.num', '=', num)
    .where('keys.key', '>=', 'turn:')
    .where('keys.key', '<', 'turn;')
    .where('rows.kind', 'in', ['turn.started', 'turn.completed'])
    .execute();
  const ends = new Map(rows.flatMap((row) => (row.kind === 'turn.completed' ? [[row.turn_id, row.at] as const] : [])));
  return rows.flatMap((row) =>
    row.kind === 'turn.started' && row.turn_id !== null
      ? [{ turnId: row.turn_id, from: row.at, until: ends.get(row.turn_id) ?? null }]
      : [],
  );
}

/** When each step of a turn began to be told. */
export async function stepsOf(
  queries: Kysely<Tables>,
  num: number,
  turnId: string,
): Promise<{ step: number; at: number }[]> {
  const turn = await queries
    .selectFrom('keys')
    .select('place')
    .where('num', '=', num)
    .where('key', '=', `turn:${turnId}`)
    .executeTakeFirst();
  const rows = await queries
    .selectFrom('rows')
    .select(['step', (builder) => builder.fn.min<number>('at').as('at')])
    .where('id', '>', num * rowIdSpan + (turn?.place ?? 0))
    .where('id', '<', (num + 1) * rowIdSpan)
    .where('turn_id', '=', turnId)
    .where('kind', '=', 'item.recorded')
    .where('step', 'is not', null)
    .groupBy('step')
    .execute();
  return rows.flatMap(({ step, at }) => (step === null ? [] : [{ step, at: Number(at) }]));
}
