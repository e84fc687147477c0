/** The usage of single sessions, alone and with their sub-agents. */
import type { LastRequest, Usage, UsageTotals } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { untoldFacts } from '../analytics/silent.js';
import { UsageSum } from '../analytics/usage-sum.js';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';

export interface SessionSpending {
  own: Usage | null;
  withSubAgents: Usage | null;
  /** Requests of all of them that told no usage at all. */
  untold: number;
}

interface Member {
  root: number;
  num: number;
  totals: string | null;
}

/** What each of these sessions spent. Sessions without any usage are in the map with `null`s. */
export async function spendingOf(
  queries: Kysely<Tables>,
  prices: PriceTable,
  nums: readonly number[],
): Promise<Map<number, SessionSpending>> {
  const members = await familiesOf(queries, nums);
  const buckets =
    members.length === 0
      ? []
      : await queries
          .selectFrom('usage_buckets')
          .selectAll()
          .where('num', 'in', [...new Set(members.map((member) => member.num))])
          .where('requests', '>', 0)
          .execute();
  const bucketsOf = grouped(buckets);
  const untoldOf = await untoldCounts(queries, members);
  const spending = new Map<number, SessionSpending>();
  for (const num of nums) {
    const all = members.filter((member) => member.root === num);
    const sum = (some: Member[]) => {
      const total = new UsageSum(prices);
      for (const member of some) for (const bucket of bucketsOf.get(member.num) ?? []) total.add(bucket);
      return total.usage(latest(some.map(lastOf)));
    };
    spending.set(num, {
      own: sum(all.filter((member) => member.num === num)),
      withSubAgents: sum(all),
      untold: all.reduce((count, member) => count + (untoldOf.get(member.num) ?? 0), 0),
    });
  }
  return spending;
}

async function untoldCounts(queries: Kysely<Tables>, members: readonly Member[]): Promise<Map<number, number>> {
  if (members.length === 0) return new Map();
  const nums = [...new Set(members.map((member) => member.num))];
  const rows = await untoldFacts(queries)
    .where('num', 'in', nums)
    .select(['num', (builder) => builder.fn.countAll<number>().as('count')])
    .groupBy('num')
    .execute();
  return new Map(rows.map(({ num, count }) => [num, Number(count)]));
}

/** Each session with all its descendants, itself included. */
async function familiesOf(queries: Kysely<Tables>, nums: readonly number[]): Promise<Member[]> {
  if (nums.length === 0) return [];
  const tree = sql<Member>`
    WITH RECURSIVE tree (root, num, id, totals, depth) AS (
      SELECT num, num, id, totals, 0 FROM sessions WHERE num IN (${sql.join([...nums])})
      UNION
      SELECT tree.root, s.num, s.id, s.totals, tree.depth + 1 FROM sessions s JOIN tree ON s.parent_id = tree.id WHERE tree.depth < 64
    )
    SELECT root, num, totals FROM tree`;
  const { rows } = await tree.execute(queries);
  // A loop of parents reaches a session at several depths; it counts once.
  return [...new Map(rows.map((row) => [`${row.root}:${row.num}`, row])).values()];
}

function grouped<Bucket extends { num: number }>(buckets: readonly Bucket[]): Map<number, Bucket[]> {
  const groups = new Map<number, Bucket[]>();
  for (const bucket of buckets) {
    const group = groups.get(bucket.num);
    if (group) group.push(bucket);
    else groups.set(bucket.num, [bucket]);
  }
  return groups;
}

function lastOf(member: Member): LastRequest | null {
  return member.totals ? (JSON.parse(member.totals) as UsageTotals).last : null;
}

function latest(lasts: (LastRequest | null)[]): LastRequest | null {
  return lasts.reduce((newest, last) => (newest && last && newest.at >= last.at ? newest : (last ?? newest)), null);
}
