/** What sessions that ran here have spent: read from the same sums as analytics, so that both agree to the digit. */
import type { Usage } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { simulatedProvider } from '../analytics/filter.js';
import { untoldFacts } from '../analytics/silent.js';
import { UsageSum } from '../analytics/usage-sum.js';
import { bucketMs } from '../plan/buckets.js';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { descendantsOf } from './descendants.js';

export interface SpendingQuestion {
  /** Milliseconds since 1970, on a quarter of an hour. */
  since?: number;
  project?: string;
  /** This session with its sub-agents, theirs, and so on. */
  family?: string;
}

export interface LiveSpending {
  usage: Usage | null;
  /** Requests that told nothing at all, so that no sum knows of them. */
  untold: number;
}

export async function liveSpending(
  queries: Kysely<Tables>,
  prices: PriceTable,
  question: SpendingQuestion,
): Promise<LiveSpending> {
  const nums = await sessionsOf(queries, question);
  if (nums.length === 0) return { usage: null, untold: 0 };
  const { since } = question;
  let buckets = queries
    .selectFrom('usage_buckets')
    .selectAll()
    .where('num', 'in', nums)
    .where('requests', '>', 0)
    .where('provider', '<>', simulatedProvider);
  let facts = untoldFacts(queries)
    .select((builder) => builder.fn.countAll<number>().as('count'))
    .where('num', 'in', nums);
  if (since !== undefined) {
    buckets = buckets.where('bucket', '>=', since / bucketMs);
    facts = facts.where('at', '>=', since);
  }
  const sum = new UsageSum(prices);
  for (const bucket of await buckets.execute()) sum.add(bucket);
  return { usage: sum.usage(), untold: Number((await facts.executeTakeFirst())?.count ?? 0) };
}

/** Those that moved since: none of the others can have spent anything. */
async function sessionsOf(queries: Kysely<Tables>, { since, project, family }: SpendingQuestion): Promise<number[]> {
  let sessions = queries.selectFrom('sessions').select('num').where('origin', '=', 'live');
  if (family !== undefined) sessions = sessions.where('id', 'in', [family, ...(await descendantsOf(queries, family))]);
  if (project !== undefined)
    sessions = sessions.where((builder) => builder(builder.fn.coalesce('project', 'cwd'), '=', project));
  if (since !== undefined) sessions = sessions.where('updated_at', '>=', since);
  return (await sessions.execute()).map(({ num }) => num);
}

// A model that was asked lately was asked in one of these.
const sessionsMax = 50;

/**
 * When the model's last finished answer here was, in milliseconds since 1970, if it did not tell its tokens; `null` if it did. One
 * that was never asked is believed to.
 */
export async function silentAt(
  queries: Kysely<Tables>,
  { model, provider }: { model: string; provider: string },
): Promise<number | null> {
  const latest = queries
    .selectFrom('sessions')
    .select('num')
    .where('origin', '=', 'live')
    .orderBy('updated_at', 'desc')
    .limit(sessionsMax);
  const fact = await queries
    .selectFrom('usage_facts')
    .select(['at', 'input_tokens', 'output_tokens'])
    .where('num', 'in', latest)
    .where('model', '=', model)
    .where('provider', '=', provider)
    .where('final', '=', 1)
    .where('inherited_from', 'is', null)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (fact === undefined || (fact.input_tokens !== null && fact.output_tokens !== null)) return null;
  return fact.at;
}

// A chain of parents longer than this is a loop in broken logs.
const depthMax = 64;

/** The session at the top of those that started this one, as far up as the archive goes. */
export async function topOf(
  queries: Kysely<Tables>,
  sessionId: string,
): Promise<{ id: string; project: string | null; cwd: string | null } | null> {
  const read = (id: string) =>
    queries
      .selectFrom('sessions')
      .select(['id', 'parent_id', 'project', 'cwd'])
      .where('id', '=', id)
      .executeTakeFirst();
  let top = await read(sessionId);
  for (let depth = 0; top?.parent_id && depth < depthMax; depth += 1) {
    const parent = await read(top.parent_id);
    if (!parent) break;
    top = parent;
  }
  return top ? { id: top.id, project: top.project, cwd: top.cwd } : null;
}
