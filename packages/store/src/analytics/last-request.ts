/** The last request of many sums: the sums know in which quarter of an hour it was, the facts know the rest. */
import { lastOf } from '@taffrail/session';
import type { LastRequest } from '@taffrail/wire';
import { bucketMs } from '../plan/buckets.js';
import type { Filter } from './filter.js';
import type { RequestFact, UsageSource } from './usage-source.js';

/** The latest quarter of an hour of a sum, and the sessions that spent something in it. */
export interface LatestBucket {
  bucket: number;
  nums: Set<number>;
}

/** Moves `latest` on where this bucket is not before it, in place: sums see many buckets. */
export function later(latest: LatestBucket | null, bucket: number, num: number): LatestBucket {
  if (!latest) return { bucket, nums: new Set([num]) };
  if (bucket > latest.bucket) {
    latest.bucket = bucket;
    latest.nums.clear();
  }
  if (bucket === latest.bucket) latest.nums.add(num);
  return latest;
}

/** For each of these, its last request; `null` where it has none. */
export async function lastRequests(
  source: UsageSource,
  filter: Filter,
  latest: readonly (LatestBucket | null)[],
): Promise<(LastRequest | null)[]> {
  const places = latest.flatMap((one) => (one ? [...one.nums].map((num) => ({ num, bucket: one.bucket })) : []));
  const facts = await source.lastRequests(filter, places);
  const found = new Map(facts.map((fact) => [placeOf(fact.num, Math.floor(fact.at / bucketMs)), fact]));
  const factsOf = ({ nums, bucket }: LatestBucket) => [...nums].flatMap((num) => found.get(placeOf(num, bucket)) ?? []);
  return latest.map((one) => (one ? latestOf(factsOf(one)) : null));
}

const placeOf = (num: number, bucket: number): string => `${num}:${bucket}`;

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
