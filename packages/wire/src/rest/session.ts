/** A session as the REST API shows it. */
import { z } from 'zod';
import { usageClaimSchema, usageRecordSchema } from '../row.js';
import { usageSchema } from '../usage.js';

export const sessionStatuses = ['idle', 'running', 'waiting', 'interrupted', 'failed', 'archived'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** Whether the files a session was imported from are still there; the archive keeps the session either way. */
export const sourceStateSchema = z.enum(['present', 'deleted']);

export const sessionSchema = z.object({
  id: z.string(),
  agent: z.string(),
  origin: z.enum(['live', 'imported']),
  title: z.string().nullable(),
  /** The folder sessions are grouped under: the git root, a worktree's main checkout, else the working folder. */
  project: z.string().nullable(),
  cwd: z.string().nullable(),
  branch: z.string().nullable(),
  model: z.string().nullable(),
  agentVersion: z.string().nullable(),
  status: z.enum(sessionStatuses),
  open: z.boolean(),
  position: z.number().int().nullable(),
  parentId: z.string().nullable(),
  forkedFrom: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  head: z.number().int().nonnegative(),
  itemCount: z.number().int().nonnegative(),
  turnCount: z.number().int().nonnegative(),
  messageCount: z.number().int().nonnegative(),
  childCount: z.number().int().nonnegative(),
  sourceState: sourceStateSchema.nullable(),
  /** What this session itself spent. */
  usage: usageSchema.nullable(),
  /** The same, with all its sub-agents. Equal to `usage` where there are none. */
  usageWithSubAgents: usageSchema.nullable(),
  /** Beside those counted in `usageWithSubAgents`, requests that told no usage at all; absent where there are none. */
  untoldRequests: z.number().int().positive().optional(),
});
export type SessionSummary = z.infer<typeof sessionSchema>;

/** Sums over every session the filter matches, not only this page; sub-agents are inside their root. */
export const sessionListTotalsSchema = z.object({
  sessions: z.number().int().nonnegative(),
  sessionsWithUsage: z.number().int().nonnegative(),
  usage: usageSchema.nullable(),
  /** Beside those counted in `usage`, requests that told no usage at all; absent where there are none. */
  untoldRequests: z.number().int().positive().optional(),
});
export type SessionListTotals = z.infer<typeof sessionListTotalsSchema>;

export const sessionListSchema = z.object({
  sessions: z.array(sessionSchema),
  nextCursor: z.string().nullable(),
  /** On the first page, where the server counts them. */
  totals: sessionListTotalsSchema.optional(),
});
export type SessionList = z.infer<typeof sessionListSchema>;

const facetSchema = z.object({ key: z.string(), count: z.number().int().nonnegative() });
export type Facet = z.infer<typeof facetSchema>;

/** How many root sessions each filter value would show. "" is the key of sessions that name none. */
export const sessionFacetsSchema = z.object({
  agents: z.array(facetSchema),
  projects: z.array(facetSchema),
  models: z.array(facetSchema),
  /** Keys are `known`, `partial` and `unknown`. */
  usage: z.array(facetSchema),
  /** Keys are session statuses. */
  states: z.array(facetSchema),
});
export type SessionFacets = z.infer<typeof sessionFacetsSchema>;

/** One request as listed in a session's usage. */
export const usageRequestSchema = usageRecordSchema.omit({ totals: true, raw: true }).extend({
  seq: z.number().int(),
  at: z.iso.datetime(),
  turnId: z.string().nullable(),
  /** The step within the turn, where the log tells; it ties the request to the items it produced. */
  step: z.number().int().nonnegative().nullable().optional(),
  costMicros: z.number().int().nullable(),
});
export type UsageRequest = z.infer<typeof usageRequestSchema>;

/** The agent's own running total beside what was recorded one by one. */
export const crossCheckSchema = usageClaimSchema.extend({
  at: z.iso.datetime(),
  /** Claimed minus recorded, per figure; `null` where either side is unknown. */
  difference: z.object({ inputTokens: z.number().int().nullable(), outputTokens: z.number().int().nullable() }),
});
export type CrossCheck = z.infer<typeof crossCheckSchema>;

export const sessionUsageSchema = z.object({
  usage: usageSchema.nullable(),
  usageWithSubAgents: usageSchema.nullable(),
  /** Requests this log only holds a copy of: counted in the session they belong to. */
  inherited: usageSchema.nullable(),
  requests: z.array(usageRequestSchema),
  crossChecks: z.array(crossCheckSchema),
  byModel: z.array(z.object({ model: z.string().nullable(), usage: usageSchema })),
  /** The model's context window in tokens, where the price table knows it. */
  contextWindow: z.number().int().nullable(),
});
export type SessionUsage = z.infer<typeof sessionUsageSchema>;
