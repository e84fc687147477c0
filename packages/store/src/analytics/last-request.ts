/** The last request of many sums: the sums know in which quarter of an hour it was, the facts know the rest. */
import { lastOf } from '@taffrail/session';
import type { LastRequest } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import type { Tables, UsageFactsTable } from '../tables.js';
import type { Filter, UsageBucketRow } from './filter.js';

const columns = [
  'num',
  'at',
  'seq',
  'turn_id',
  'model',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
] as const;
type RequestFact = Pick<UsageFactsTable, (typeof columns)[number]>;

/** The latest quarter of an hour of a sum, and the sessions that spent something in it. */
export interface LatestBucket {
  bucket: number;
  nums: Set<number>;
}

export function later(latest: LatestBucket | null, { bucket, num }: UsageBucketRow): LatestBucket {
  if (!latest || bucket > latest.bucket) return { bucket, nums: new Set([num]) };
  if (bucket === latest.bucket) latest.nums.add(num);
  return latest;
}

// A condition per session and quarter of an hour; a statement takes only so many.
const placesPerQuery = 200;

/** For each of these, its last request; `null` where it has none. */
export async function lastRequests(
  queries: Kysely<Tables>,
  filter: Filter,
  latest: readonly (LatestBucket | null)[],
): Promise<(LastRequest | null)[]> {
  const places = new Map<string, { num: number; bucket: number }>();
  for (const one of latest)
    for (const num of one?.nums ?? []) places.set(placeOf(num, one?.bucket ?? 0), { num, bucket: one?.bucket ?? 0 });
  const wanted = [...places.values()];
  const found = new Map<string, RequestFact>();
  for (let index = 0; index < wanted.length; index += placesPerQuery) {
    const facts = await factsIn(queries, filter, wanted.slice(index, index + placesPerQuery));
    for (const fact of facts) found.set(placeOf(fact.num, Math.floor(fact.at / bucketMs)), fact);
  }
  return latest.map((one) =>
    one ? latestOf([...one.nums].flatMap((num) => found.get(placeOf(num, one.bucket)) ?? [])) : null,
  );
}

const placeOf = (num: number, bucket: number): string => `${num}:${bucket}`;

/** Oldest first, so that of one place the last one stays. */
async function factsIn(
  queries: Kysely<Tables>,
  filter: Filter,
  places: readonly { num: number; bucket: number }[],
): Promise<RequestFact[]> {
  let query = queries
    .selectFrom('usage_facts')
    .select(columns)
    .where('counted', '=', 1)
    .where((builder) =>
      builder.or(
        places.map(({ num, bucket }) =>
          builder.and([
            builder('num', '=', num),
            builder('at', '>=', bucket * bucketMs),
            builder('at', '<', (bucket + 1) * bucketMs),
          ]),
        ),
      ),
    )
    .orderBy('at', 'asc')
    .orderBy('seq', 'asc');
  if (filter.models)
    query = query.where((builder) =>
      builder.or((filter.models ?? []).map((model) => builder('model', model === '' ? 'is' : '=', model || null))),
    );
  return query.execute();
}

function latestOf(facts: readonly RequestFact[]): LastRequest | null {
  const fact = facts.reduce<RequestFact | null>((last, one) => (last && last.at > one.at ? last : one), null);
  if (!fact) return null;
  return lastOf({
    inputTokens: fact.input_tokens,
    outputTokens: fact.output_tokens,
    cacheReadTokens: fact.cache_read_tokens,
    cacheWriteTokens: fact.cache_write_tokens,
    cacheWrite1hTokens: fact.cache_write_1h_tokens,
    reasoningTokens: fact.reasoning_tokens,
    model: fact.model,
    at: fact.at,
    turnId: fact.turn_id,
  });
}
