/** Traces: where a session's time and tokens went, as spans on one time axis. They are folded from rows, never stored. */
import { z } from 'zod';
import { discardedAttemptSchema, permissionDecisions, spanKinds } from '../live-rows.js';
import { tokenCountsSchema } from '../usage.js';

/** What a log says itself, and the stretches in which a turn waits for a key. */
export const traceKinds = [...spanKinds, 'wait'] as const;
export type TraceKind = (typeof traceKinds)[number];

export const traceStatuses = ['running', 'ok', 'error', 'cancelled', 'interrupted'] as const;
export type TraceStatus = (typeof traceStatuses)[number];

/** What one model call consumed. It stands at the call alone: sums are made by whoever shows them. */
export const traceUsageSchema = tokenCountsSchema.extend({
  model: z.string().nullable(),
  provider: z.string().nullable(),
  /** The session that counts it, where this log only holds a copy. */
  inheritedFrom: z.string().nullable(),
  /** Where the price table knows the model. */
  costMicros: z.number().int().nullable(),
});
export type TraceUsage = z.infer<typeof traceUsageSchema>;

export const traceSpanSchema = z.object({
  /** Unique within its session. */
  id: z.string(),
  sessionId: z.string(),
  parentId: z.string().nullable(),
  turnId: z.string().nullable(),
  step: z.number().int().nullable(),
  kind: z.enum(traceKinds),
  /** The tool's or the model's name. */
  name: z.string(),
  /** What a call works on: its command, its file. */
  subject: z.string().nullable(),
  status: z.enum(traceStatuses),
  startedAt: z.iso.datetime(),
  /** `null` while it runs, and where the log does not tell when it ended. */
  finishedAt: z.iso.datetime().nullable(),
  durationMs: z.number().nonnegative().nullable(),
  /** From the request to the first content. */
  firstContentMs: z.number().nonnegative().nullable(),
  inputBytes: z.number().int().nonnegative().nullable(),
  outputBytes: z.number().int().nonnegative().nullable(),
  error: z.string().nullable(),
  usage: traceUsageSchema.nullable(),
  keyId: z.string().nullable(),
  callId: z.string().nullable(),
  childSessionId: z.string().nullable(),
  /** Of an attempt that came to nothing, or was taken back. */
  discarded: discardedAttemptSchema.pick({ reason: true, httpStatus: true, retryAfterMs: true }).nullable(),
  /** What a person decided, of a span that waited for one. */
  decision: z.enum(permissionDecisions).nullable(),
  /** The log does not state its times as such: they follow from what stands around it. */
  inferred: z.boolean(),
  /** The row that it begins with, and the item of the transcript that it is about. */
  seq: z.number().int().positive(),
  itemSeq: z.number().int().positive().nullable(),
});
export type TraceSpan = z.infer<typeof traceSpanSchema>;

export const traceSessionSchema = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  agent: z.string(),
  title: z.string().nullable(),
});
export type TraceSession = z.infer<typeof traceSessionSchema>;

export const tracePageSchema = z.object({
  spans: z.array(traceSpanSchema),
  /** Whose spans they are: the session, and with `tree` those that its calls have started. */
  sessions: z.array(traceSessionSchema),
  nextCursor: z.string().nullable(),
});
export type TracePage = z.infer<typeof tracePageSchema>;
