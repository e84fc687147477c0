/** Adds up stored usage into the usage object of the API: coverage beside every sum, priced on the way. */
import { type LastRequest, type ReportedCounts, type TokenCounts, tokenFields, type Usage } from '@taffrail/wire';
import { bucketMs } from '../plan/buckets.js';
import { type ChargedTokens, CostSum } from '../pricing/cost-sum.js';
import type { PriceTable, UnitPrices } from '../pricing/prices.js';
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
  #pricedReads = 0;
  #cacheToldInput = 0;
  readonly #cost = new CostSum();
  readonly #sums = zeros();
  readonly #reported = zeros();
  readonly #prices: PriceTable;

  constructor(prices: PriceTable) {
    this.#prices = prices;
  }

  /**
   * `charge`: what the bucket is charged, for who adds it to several sums. Field by field, because this is where
   * reports spend their time.
   */
  add(bucket: UsageBucketsTable, charge: Charge | null = chargeOf(bucket, this.#prices)): void {
    const sums = this.#sums;
    const reported = this.#reported;
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
    if (bucket.cache_read_reported > 0) this.#cacheToldInput += bucket.input_tokens;
    if (!charge) return;
    this.#cost.add(charge.price, charge.tokens);
    this.#priced += bucket.requests;
    this.#pricedReads += bucket.cache_read_reported;
  }

  addSum(other: UsageSum): void {
    for (const field of tokenFields) {
      this.#sums[field] += other.#sums[field];
      this.#reported[field] += other.#reported[field];
    }
    this.#requests += other.#requests;
    this.#priced += other.#priced;
    this.#pricedReads += other.#pricedReads;
    this.#cacheToldInput += other.#cacheToldInput;
    this.#cost.addSum(other.#cost);
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
      costMicros: this.#priced === 0 ? null : this.#cost.micros(),
      pricedRequests: this.#priced,
      last,
    };
  }

  /**
   * The input that what was read from the cache is a share of: of requests that told their reads. Where a session's requests
   * of a quarter of an hour did not all tell, all of theirs, so that the share is one at least.
   */
  cacheToldInput(): number | null {
    return this.#reported.cacheReadTokens === 0 || this.#reported.inputTokens === 0 ? null : this.#cacheToldInput;
  }

  /**
   * What the cache saved, and how many requests that is known of: those with a price that told what they read from it.
   * Unknown where none did.
   */
  cacheSaving(): { micros: number | null; requests: number } {
    return { micros: this.#pricedReads === 0 ? null : this.#cost.savedMicros(), requests: this.#pricedReads };
  }
}

export interface Charge {
  price: UnitPrices;
  tokens: ChargedTokens;
}

/** `null` where the model has no known price or a figure it depends on is missing. */
export function chargeOf(
  bucket: UsageBucketsTable,
  prices: PriceTable,
  tokens: ChargedTokens = chargedTokens(bucket),
): Charge | null {
  if (bucket.complete === 0 || bucket.model === '') return null;
  const { model, provider, size_class } = bucket;
  const price = prices.pricesFor({ model, provider, at: bucket.bucket * bucketMs, sizeClass: size_class });
  return price ? { price, tokens } : null;
}

/** A log whose parts exceed their whole is charged for the parts. */
function chargedTokens(bucket: UsageBucketsTable): ChargedTokens {
  const write1h = bucket.cache_write_1h_tokens;
  return {
    uncached: Math.max(0, bucket.input_tokens - bucket.cache_read_tokens - bucket.cache_write_tokens),
    cacheRead: bucket.cache_read_tokens,
    cacheWrite: Math.max(0, bucket.cache_write_tokens - write1h),
    cacheWrite1h: write1h,
    output: bucket.output_tokens,
  };
}
