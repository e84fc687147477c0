/** One request as a sum of one, so that it is priced like any other. */
import type { TokenCounts } from '@taffrail/wire';
import { chargeOf } from '../analytics/usage-sum.js';
import { bucketOf, sizeClass } from '../plan/buckets.js';
import { CostSum } from '../pricing/cost-sum.js';
import type { PriceTable } from '../pricing/prices.js';
import type { UsageBucketsTable } from '../tables.js';

/** `at`: milliseconds since 1970 UTC. */
export interface PlacedRequest extends TokenCounts {
  at: number;
  model: string | null;
  provider: string | null;
}

/** Microdollars; `null` where the model's price or what it took is not known. */
export function requestCost(prices: PriceTable, request: PlacedRequest): number | null {
  const charge = chargeOf(bucketFrom(0, request), prices);
  if (!charge) return null;
  const sum = new CostSum();
  sum.add(charge.price, charge.tokens);
  return sum.micros();
}

export function bucketFrom(num: number, request: PlacedRequest): UsageBucketsTable {
  const known = (figure: number | null) => (figure === null ? 0 : 1);
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, reasoningTokens } = request;
  return {
    bucket: bucketOf(request.at),
    num,
    model: request.model ?? '',
    provider: request.provider ?? '',
    size_class: sizeClass(inputTokens),
    complete: known(inputTokens) * known(outputTokens),
    requests: 1,
    input_tokens: inputTokens ?? 0,
    output_tokens: outputTokens ?? 0,
    cache_read_tokens: cacheReadTokens ?? 0,
    cache_write_tokens: cacheWriteTokens ?? 0,
    cache_write_1h_tokens: cacheWrite1hTokens ?? 0,
    reasoning_tokens: reasoningTokens ?? 0,
    input_reported: known(inputTokens),
    output_reported: known(outputTokens),
    cache_read_reported: known(cacheReadTokens),
    cache_write_reported: known(cacheWriteTokens),
    cache_write_1h_reported: known(cacheWrite1hTokens),
    reasoning_reported: known(reasoningTokens),
  };
}
