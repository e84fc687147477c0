/**
 * How usage is summed ahead of questions: per quarter of an hour (every time zone's days begin on one), session,
 * model, and class of request size (prices step up with it), unpriced.
 */
import { reportedNothing } from '@taffrail/session';
import { eachToken, type TokenField, tokenFields } from '@taffrail/wire';
import type { Fact } from './records.js';

export const bucketMs = 15 * 60 * 1000;

/** Input sizes above which some provider asks a higher price, from the price table. */
export const sizeSteps = [128_000, 199_999, 200_000, 271_999, 272_000, 512_000] as const;

/** The class of a request: how many of the steps its input exceeds. */
export function sizeClass(inputTokens: number | null): number {
  return sizeSteps.filter((step) => (inputTokens ?? 0) > step).length;
}

export interface UsageBucket {
  num: number;
  bucket: number;
  model: string;
  provider: string;
  sizeClass: number;
  /** 1 when input and output are both known, so that the request can be priced. */
  complete: number;
  requests: number;
  sums: Record<TokenField, number>;
  reported: Record<TokenField, number>;
}

export interface ActivityBucket {
  num: number;
  bucket: number;
  messages: number;
  turns: number;
  toolCalls: number;
}

export const bucketOf = (at: number): number => Math.floor(at / bucketMs);

/** True for a request that its session counts: its own, with at least one figure. */
export function isCounted(fact: Fact): boolean {
  return fact.inheritedFrom === null && !reportedNothing(fact);
}

/** The bucket a counted request falls into, with its figures times `sign`. */
export function usageBucketOf(fact: Fact, sign: 1 | -1): UsageBucket {
  return {
    num: fact.num,
    bucket: bucketOf(fact.at),
    model: fact.model ?? '',
    provider: fact.provider ?? '',
    sizeClass: sizeClass(fact.inputTokens),
    complete: fact.inputTokens !== null && fact.outputTokens !== null ? 1 : 0,
    requests: sign,
    sums: eachToken((field) => sign * (fact[field] ?? 0)),
    reported: eachToken((field) => (fact[field] === null ? 0 : sign)),
  };
}

export const usageBucketKey = (bucket: UsageBucket): string =>
  `${bucket.num}\0${bucket.bucket}\0${bucket.sizeClass}\0${bucket.complete}\0${bucket.model}\0${bucket.provider}`;

export function addUsageBucket(sum: UsageBucket, other: UsageBucket): void {
  sum.requests += other.requests;
  for (const field of tokenFields) {
    sum.sums[field] += other.sums[field];
    sum.reported[field] += other.reported[field];
  }
}
