/** Token usage as other clients see it. Their figures have no "unknown": what cannot be left out is 0 there. */
import { z } from 'zod';

export const usageBreakdownSchema = z.object({
  totalTokens: z.int(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  /** Left out where nobody reported it. */
  cacheWriteInputTokens: z.int().optional(),
  outputTokens: z.int(),
  reasoningOutputTokens: z.int(),
});
export type UsageBreakdown = z.infer<typeof usageBreakdownSchema>;

export const threadUsageSchema = z.object({
  total: usageBreakdownSchema,
  last: usageBreakdownSchema,
  modelContextWindow: z.int().nullable(),
});
export type ThreadUsage = z.infer<typeof threadUsageSchema>;
