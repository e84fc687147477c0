/** How many sessions each filter would show, and what all that match spent. */
import type { Facet, SessionFacets, SessionListTotals } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { packedRows } from '../analytics/packed.js';
import { untoldFacts } from '../analytics/silent.js';
import { usageBucketFrom, usageColumns } from '../analytics/usage-row.js';
import { UsageSum } from '../analytics/usage-sum.js';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables, UsageBucketsTable } from '../tables.js';
import { matching, type SessionQuestion, usageIs } from './sessions.js';

export async function sessionFacets(queries: Kysely<Tables>): Promise<SessionFacets> {
  const by = (column: 'agent' | 'project' | 'model' | 'status') => countsBy(queries, column);
  const usage = async (key: 'known' | 'partial' | 'unknown'): Promise<Facet> => {
    const row = await queries
      .selectFrom('sessions')
      .select((builder) => builder.fn.countAll<number>().as('count'))
      .where((builder) => matching(builder, { roots: true }))
      .where(usageIs(key))
      .executeTakeFirstOrThrow();
    return { key, count: Number(row.count) };
  };
  return {
    agents: await by('agent'),
    projects: await by('project'),
    models: await by('model'),
    states: await by('status'),
    usage: [await usage('known'), await usage('partial'), await usage('unknown')],
  };
}

async function countsBy(queries: Kysely<Tables>, column: 'agent' | 'project' | 'model' | 'status'): Promise<Facet[]> {
  const rows = await queries
    .selectFrom('sessions')
    .select([
      sql<string>`coalesce(${sql.ref(column)}, '')`.as('key'),
      (builder) => builder.fn.countAll<number>().as('count'),
    ])
    .where((builder) => matching(builder, { roots: true }))
    .groupBy('key')
    .orderBy('count', 'desc')
    .execute();
  return rows.map((row) => ({ key: row.key, count: Number(row.count) }));
}

// Whose a bucket is, its root says.
const noSession = { agent: '', project: null };

/** Sums over every root session that matches, with the sub-agents of each. */
export async function sessionTotals(
  queries: Kysely<Tables>,
  prices: PriceTable,
  question: Partial<SessionQuestion>,
): Promise<SessionListTotals> {
  const roots = await queries
    .selectFrom('sessions')
    .select(['num', 'id'])
    .where((builder) => matching(builder, { ...question, roots: true }))
    .execute();
  // The web app asks for open sessions whenever it starts, and there may be none.
  if (roots.length === 0) return { sessions: 0, sessionsWithUsage: 0, usage: null };
  const rootOf = await descendants(queries, roots);
  const counted = queries.selectFrom('usage_buckets').selectAll().where('requests', '>', 0);
  const sum = new UsageSum(prices);
  const withUsage = new Set<number>();
  for (const values of await packedRows<UsageBucketsTable, typeof usageColumns>(queries, counted, usageColumns)) {
    const root = rootOf.get(values[1]);
    if (root === undefined) continue;
    sum.add(usageBucketFrom(values, noSession));
    withUsage.add(root);
  }
  const silent = await untoldFacts(queries).select('num').execute();
  const untold = silent.filter(({ num }) => rootOf.has(num)).length;
  const untoldRequests = untold > 0 ? { untoldRequests: untold } : {};
  return { sessions: roots.length, sessionsWithUsage: withUsage.size, usage: sum.usage(), ...untoldRequests };
}

/** Session number → its root's number, for all below these roots. */
async function descendants(
  queries: Kysely<Tables>,
  roots: readonly { num: number; id: string }[],
): Promise<Map<number, number>> {
  const rootOf = new Map(roots.map((root) => [root.num, root.num]));
  const children = await queries
    .selectFrom('sessions')
    .select(['num', 'id', 'parent_id'])
    .where('parent_id', 'is not', null)
    .execute();
  const byParent = new Map<string, { num: number; id: string }[]>();
  for (const child of children)
    byParent.set(child.parent_id ?? '', [...(byParent.get(child.parent_id ?? '') ?? []), child]);
  const queue = roots.map((root) => ({ id: root.id, root: root.num }));
  for (let next = queue.pop(); next; next = queue.pop()) {
    for (const child of byParent.get(next.id) ?? []) {
      if (rootOf.has(child.num)) continue;
      rootOf.set(child.num, next.root);
      queue.push({ id: child.id, root: next.root });
    }
  }
  return rootOf;
}
