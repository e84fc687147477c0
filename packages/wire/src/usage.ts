/**
 * Usage: what model calls consumed, as reported. The field's two conventions hold everywhere:
 * input includes cache reads and writes, output includes reasoning (OpenTelemetry GenAI).
 * `null` means "nobody reported it" and is never the same as 0.
 */
import { z } from 'zod';

const tokens = z.number().int().nonnegative().nullable();

/** The token figures of one request. `cacheWriteTokens` is all writes; `cacheWrite1hTokens` the part kept an hour. */
export const tokenCountsSchema = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWrite1hTokens: tokens,
  reasoningTokens: tokens,
});
export type TokenCounts = z.infer<typeof tokenCountsSchema>;

/** How many requests reported each figure: the coverage that stands beside every sum. */
export const reportedCountsSchema = z.object({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  cacheReadTokens: z.number().int().nonnegative(),
  cacheWriteTokens: z.number().int().nonnegative(),
  cacheWrite1hTokens: z.number().int().nonnegative(),
  reasoningTokens: z.number().int().nonnegative(),
});
export type ReportedCounts = z.infer<typeof reportedCountsSchema>;

export const lastRequestSchema = tokenCountsSchema.extend({
  model: z.string().nullable(),
  at: z.iso.datetime(),
  turnId: z.string().nullable(),
});
export type LastRequest = z.infer<typeof lastRequestSchema>;

/** Sums over requests with their coverage. A session without any usage has `null` in place of this object. */
export const usageTotalsSchema = tokenCountsSchema.extend({
  requests: z.number().int().positive(),
  reported: reportedCountsSchema,
  last: lastRequestSchema.nullable(),
});
export type UsageTotals = z.infer<typeof usageTotalsSchema>;

/** The usage object of the API: totals, priced when asked. Money is integer microdollars. */
export const usageSchema = usageTotalsSchema.extend({
  requests: z.number().int().nonnegative(),
  costMicros: z.number().int().nullable(),
  pricedRequests: z.number().int().nonnegative(),
});
export type Usage = z.infer<typeof usageSchema>;
