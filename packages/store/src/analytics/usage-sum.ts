/** Adds up stored usage into the usage object of the API: coverage beside every sum, priced on the way. */
import { type LastRequest, type ReportedCounts, type TokenCounts, tokenFields, type Usage } from '@taffrail/wire';
import { bucketMs } from '../plan/buckets.js';
import type { PriceTable } from '../pricing/prices.js';
import type { UsageBucketsTable } from '../tables.js';

const zeros = (): ReportedCounts => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
});

export class UsageSum {
  #requests = 0;
  #priced = 0;
  /** Microdollars, not yet rounded: rounding happens once, when shown. */
  #cost = 0;
  readonly #sums = zeros();
  readonly #reported = zeros();
  readonly #prices: PriceTable;

  constructor(prices: PriceTable) {
    this.#prices = prices;
  }

  /** `cost`: the bucket's, where the caller has asked already. Field by field, because this is where reports spend their time. */
  add(bucket: UsageBucketsTable, cost: number | null = costOf(bucket, this.#prices)): void {
    const [sums, reported] = [this.#sums, this.#reported];
    sums.inputTokens += bucket.input_tokens;
    sums.outputTokens += bucket.output_tokens;
    sums.cacheReadTokens += bucket.cache_read_tokens;
    sums.cacheWriteTokens += bucket.cache_write_tokens;
    sums.cacheWrite1hTokens += bucket.cache_write_1h_tokens;
    sums.reasoningTokens += bucket.reasoning_tokens;
    reported.inputTokens += bucket.input_reported;
    reported.outputTokens += bucket.output_reported;
    reported.cacheReadTokens += bucket.cache_read_reported;
    reported.cacheWriteTokens += bucket.cache_write_reported;
    reported.cacheWrite1hTokens += bucket.cache_write_1h_reported;
    reported.reasoningTokens += bucket.reasoning_reported;
    this.#requests += bucket.requests;
    if (cost === null) return;
    this.#cost += cost;
    this.#priced += bucket.requests;
  }

  /** The sum; `null` when no request was added. `last` is for whoever knows it. */
  usage(last: LastRequest | null = null): Usage | null {
    if (this.#requests === 0) return null;
    const tokens = Object.fromEntries(
      tokenFields.map((field) => [field, this.#reported[field] === 0 ? null : this.#sums[field]]),
    );
    return {
      requests: this.#requests,
      ...(tokens as unknown as TokenCounts),
      reported: { ...this.#reported },
      costMicros: this.#priced === 0 ? null : Math.round(this.#cost),
      pricedRequests: this.#priced,
      last,
    };
  }
}

/** Microdollars, unrounded; `null` where the model has no known price or a figure it depends on is missing. */
export function costOf(bucket: UsageBucketsTable, prices: PriceTable): number | null {
  if (bucket.complete === 0 || bucket.model === '') return null;
  const unit = prices.pricesFor({
    model: bucket.model,
    provider: bucket.provider,
    at: bucket.bucket * bucketMs,
    sizeClass: bucket.size_class,
  });
  if (!unit) return null;
  const {
    input_tokens: input,
    cache_read_tokens: read,
    cache_write_tokens: write,
    cache_write_1h_tokens: write1h,
  } = bucket;
  return (
    Math.max(0, input - read - write) * unit.input +
    read * unit.cacheRead +
    Math.max(0, write - write1h) * unit.cacheWrite +
    write1h * unit.cacheWrite1h +
    bucket.output_tokens * unit.output
  );
}
