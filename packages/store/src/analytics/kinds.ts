/**
 * Tokens by kind, each counted once: what was read from the cache, written to it or neither, what was reasoned and what
 * else was said. What a log does not divide stands by itself: it may be of any kind.
 */
import { kindFields, type TokensByKind } from '@taffrail/wire';
import type { UsageBucketRow } from './usage-row.js';

export class KindSum {
  readonly #sums = Object.fromEntries(kindFields.map((kind) => [kind, 0])) as Record<keyof TokensByKind, number>;
  readonly #told = new Set<keyof TokensByKind>();

  /**
   * A bucket whose requests did not all tell their cache reads divides what they told; which of the rest was fresh
   * nobody knows. Writes need not be told: most providers have none to tell.
   */
  add(bucket: UsageBucketRow): void {
    this.#addPart('cacheReadTokens', bucket.cache_read_tokens, bucket.cache_read_reported);
    this.#addPart('cacheWriteTokens', bucket.cache_write_tokens, bucket.cache_write_reported);
    const input = Math.max(0, bucket.input_tokens - bucket.cache_read_tokens - bucket.cache_write_tokens);
    const isInputDivided = bucket.cache_read_reported >= bucket.input_reported;
    this.#addPart(isInputDivided ? 'freshInputTokens' : 'undividedInputTokens', input, bucket.input_reported);
    this.#addPart('reasoningTokens', bucket.reasoning_tokens, bucket.reasoning_reported);
    const output = Math.max(0, bucket.output_tokens - bucket.reasoning_tokens);
    const isOutputDivided = bucket.reasoning_reported >= bucket.output_reported;
    this.#addPart(isOutputDivided ? 'otherOutputTokens' : 'undividedOutputTokens', output, bucket.output_reported);
  }

  /** `null` where no request reported the kind. */
  tokens(): TokensByKind {
    return Object.fromEntries(
      kindFields.map((kind) => [kind, this.#told.has(kind) ? this.#sums[kind] : null]),
    ) as TokensByKind;
  }

  #addPart(kind: keyof TokensByKind, tokens: number, reported: number): void {
    if (reported === 0) return;
    this.#sums[kind] += tokens;
    this.#told.add(kind);
  }
}

/** The kinds of each line that a key names. */
export function kindsBy(
  buckets: readonly UsageBucketRow[],
  keyOf: (bucket: UsageBucketRow) => string,
): Map<string, TokensByKind> {
  const lines = new Map<string, KindSum>();
  for (const bucket of buckets) {
    const key = keyOf(bucket);
    const sum = lines.get(key) ?? new KindSum();
    lines.set(key, sum);
    sum.add(bucket);
  }
  return new Map([...lines].map(([key, sum]) => [key, sum.tokens()]));
}
