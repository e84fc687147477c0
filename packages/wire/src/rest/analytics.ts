/** Answers of the analytics routes. Every figure carries what it was counted from. */
import { z } from 'zod';
import { usageSchema } from '../usage.js';

export const metrics = ['sessions', 'messages', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cost'] as const;
export const metricSchema = z.enum(metrics);
export type Metric = z.infer<typeof metricSchema>;

/** Kinds of tokens that share none: the first four are all input, the others all output. */
export const kindFields = [
  'cacheReadTokens',
  'cacheWriteTokens',
  'freshInputTokens',
  /** Of requests that do not tell their cache reads: of any of the kinds above. */
  'undividedInputTokens',
  'reasoningTokens',
  'otherOutputTokens',
  /** Of requests that do not tell their reasoning. */
  'undividedOutputTokens',
] as const;
/** `null` where no request reported the kind. */
export type TokensByKind = Record<(typeof kindFields)[number], number | null>;
const tokensByKindSchema = z.record(z.enum(kindFields), z.number().int().nonnegative().nullable());

/**
 * One line of any breakdown. `sessions` excludes sub-agents (their usage is inside their root's line);
 * `sessionsWithUsage` of them reported usage: "from 45 of 52 sessions".
 */
export const analyticsRowSchema = z.object({
  /** Day `YYYY-MM-DD`, model, project folder, agent, session id: what the breakdown is by. */
  key: z.string(),
  /** The stack within `key`, where the answer has two dimensions (`daily?by=agent`). */
  group: z.string().nullable(),
  sessions: z.number().int().nonnegative(),
  sessionsWithUsage: z.number().int().nonnegative(),
  /** `null` where lines are by model: a message belongs to none. */
  messages: z.number().int().nonnegative().nullable(),
  usage: usageSchema.nullable(),
  /**
   * Requests that told no usage at all: they are made, and in no figure of `usage`, not even in its `requests`. Servers of
   * before do not tell.
   */
  untoldRequests: z.number().int().nonnegative().optional(),
  /**
   * The input of requests that told what they read from the cache: what `usage.cacheReadTokens` is a share of. `null` where
   * none did. Servers of before do not tell.
   */
  cacheToldInputTokens: z.number().int().nonnegative().nullable().optional(),
  /**
   * What the cache saved against the price of fresh input, writes taken off: negative where they cost more than reads
   * spared. Counted from `cacheSavedRequests`: those with a known price that told their cache reads; `null` without any.
   * Servers of before do not tell.
   */
  cacheSavedMicros: z.number().int().nullable().optional(),
  cacheSavedRequests: z.number().int().nonnegative().optional(),
  /** Where the question was for kinds (`daily?by=kind`); `null` where nothing was reported. */
  kinds: tokensByKindSchema.nullable().optional(),
});
export type AnalyticsRow = z.infer<typeof analyticsRowSchema>;

export const analyticsTableSchema = z.object({
  rows: z.array(analyticsRowSchema),
  total: analyticsRowSchema,
  /** Of `daily?by=`: each day as one line, undivided. Servers of before do not tell. */
  wholes: z.array(analyticsRowSchema).optional(),
});
export type AnalyticsTable = z.infer<typeof analyticsTableSchema>;

/** Totals of the range, the same of the period before it (`null` when the range is open), and their days. */
export const analyticsSummarySchema = z.object({
  since: z.string().nullable(),
  until: z.string().nullable(),
  tz: z.string(),
  total: analyticsRowSchema,
  previous: analyticsRowSchema.nullable(),
  /** Where it begins and, exclusive, ends: as many local days before the range, or as long where that is of exact times. */
  previousSince: z.string().nullable().optional(),
  previousUntil: z.string().nullable().optional(),
  days: z.array(analyticsRowSchema),
  agents: z.number().int().nonnegative(),
  projects: z.number().int().nonnegative(),
});
export type AnalyticsSummary = z.infer<typeof analyticsSummarySchema>;

/** What is not known, and why. */
export const coverageReasonSchema = z.object({
  reason: z.string(),
  missing: z.string(),
  count: z.number().int().positive(),
  unit: z.enum(['sessions', 'requests', 'lines']),
});
export type CoverageReason = z.infer<typeof coverageReasonSchema>;
export const analyticsCoverageSchema = z.object({
  sessions: z.number().int().nonnegative(),
  /** Those that told any usage. */
  requests: z.number().int().nonnegative(),
  /** Those that told none. Servers of before do not tell. */
  untoldRequests: z.number().int().nonnegative().optional(),
  /** How many of all requests, told or not, reported the figure. */
  fields: z.array(z.object({ field: z.string(), reported: z.number().int(), of: z.number().int() })),
  reasons: z.array(coverageReasonSchema),
});
export type AnalyticsCoverage = z.infer<typeof analyticsCoverageSchema>;

/**
 * How many requests there were, those that told no usage among them, and how many of them the figure is from; absent where it
 * is not one of requests. Servers of before do not tell.
 */
const requestsToldShape = {
  requests: z.number().int().nonnegative().optional(),
  reportedRequests: z.number().int().nonnegative().optional(),
};

/** A calendar cell: `value` is `null` on a day whose sessions reported nothing, and the day is absent without sessions. */
export const heatmapSchema = z.object({
  metric: metricSchema,
  tz: z.string(),
  days: z.array(
    z.object({
      day: z.string(),
      value: z.number().nullable(),
      reported: z.number().int(),
      of: z.number().int(),
      ...requestsToldShape,
    }),
  ),
  /** 7 × 24, Monday first, local time. */
  hours: z.array(
    z.object({
      weekday: z.number().int(),
      hour: z.number().int(),
      value: z.number().nullable(),
      ...requestsToldShape,
    }),
  ),
});
export type Heatmap = z.infer<typeof heatmapSchema>;

export const toolTableSchema = z.object({
  rows: z.array(
    z.object({
      name: z.string(),
      calls: z.number().int(),
      errors: z.number().int(),
      sessions: z.number().int(),
      /** Of all results, long ones whole; `null` where none is in the log. */
      outputBytes: z.number().int().nullable(),
      /** Of the calls whose log says how long they took; `null` where none does. Servers of before do not tell. */
      durationMs: z.number().int().nullable().optional(),
      timedCalls: z.number().int().optional(),
    }),
  ),
});
export type ToolTable = z.infer<typeof toolTableSchema>;

/** `untoldRequests`: beside those counted, requests that told no usage at all; absent where there are none. */
const reportedUsageSchema = usageSchema.extend({ untoldRequests: z.number().int().positive().optional() });

/** `taffrail usage …`: rows by key, the usage object spread into each. */
export const usageReportSchema = z.object({
  rows: z.array(reportedUsageSchema.extend({ key: z.string() })),
  total: reportedUsageSchema.nullable(),
  /** Of the whole report, also where no line has any usage. */
  untoldRequests: z.number().int().positive().optional(),
});
export type UsageReport = z.infer<typeof usageReportSchema>;
