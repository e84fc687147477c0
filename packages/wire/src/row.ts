/**
 * Rows: the immutable facts of a session's log. A row's `seq` is its place; its channel is a label derived
 * from its kind. Everything else in the system is a fold of these.
 */
import { z } from 'zod';
import { budgetWarningSchema } from './budget.js';
import { channels } from './channel.js';
import { itemSchema } from './item.js';
import {
  discardedAttemptSchema,
  droppedInputSchema,
  fileChangesSchema,
  itemDeletionSchema,
  permissionAnswerSchema,
  permissionQuestionSchema,
  queuedInputSchema,
  spanEndSchema,
  spanStartSchema,
  textAppendSchema,
  throughputSchema,
  turnWaitSchema,
} from './live-rows.js';
import { checkpointSchema, filesRestoredSchema, rewindSchema, rewindUndoneSchema } from './rewind-rows.js';
import { tokenCountsSchema, usageTotalsSchema } from './usage.js';

export const channelSchema = z.enum(channels);

/** Of a session whose turns another agent's program carries out: which agent it is, and how that knows the conversation. */
export const hostedSchema = z.object({
  /** The agent's id where it is a known one, else the name that it was configured under. */
  agent: z.string(),
  /** Its own name of the conversation; absent until there is one. */
  sessionId: z.string().optional(),
  /** The last rewind that stood when that conversation was begun: after another one it no longer agrees with this log. */
  rewoundAt: z.number().int().positive().optional(),
  /** Models that the agent says can be chosen. */
  models: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});
export type Hosted = z.infer<typeof hostedSchema>;

/** What is known about a session. Every field is optional: a row states what it learnt, the latest statement wins. */
export const sessionDescriptionSchema = z.object({
  title: z.string().optional(),
  /** Who found the title. A person's stands; the first line of the input gives way to any other. */
  titledBy: z.enum(['input', 'model', 'person']).optional(),
  cwd: z.string().optional(),
  /** The folder it is grouped under: the git root of `cwd`, a worktree's main checkout. */
  project: z.string().optional(),
  branch: z.string().optional(),
  model: z.string().optional(),
  effort: z.string().optional(),
  /** The configured agent that runs it. */
  profile: z.string().optional(),
  agentVersion: z.string().optional(),
  /** The session whose tool call started this one (a sub-agent). */
  parentId: z.string().optional(),
  /** The session this one was copied from. */
  forkedFrom: z.string().optional(),
  hosted: hostedSchema.optional(),
});
export type SessionDescription = z.infer<typeof sessionDescriptionSchema>;

export const turnOutcomes = ['complete', 'cancelled', 'failed', 'interrupted'] as const;

/**
 * One model request's usage. Rows of one `attemptId` add up to one request: figures take the maximum per field,
 * everything else the latest row. `inheritedFrom` names the session that owns the request when this log only
 * holds a copy (a fork, a replayed parent): it is then shown, never counted here.
 */
export const usageRecordSchema = tokenCountsSchema.extend({
  attemptId: z.string(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  /** The log says the request finished: its figures are the last word. */
  final: z.boolean(),
  /** The output figure in the log, known to be a placeholder written before the answer: `outputTokens` is unknown. */
  outputPlaceholder: z.number().int().nonnegative().optional(),
  inheritedFrom: z.string().nullable().optional(),
  /** The provider's own record, word for word, as far as the log keeps it. */
  raw: z.unknown().optional(),
  /** The session's absolute totals at this seq: readers replace, never add. `null` while nothing is counted. */
  totals: usageTotalsSchema.nullable().optional(),
});
export type UsageRecord = z.infer<typeof usageRecordSchema>;

/** A running total that the agent itself wrote: never summed, kept to be compared with what was recorded one by one. */
export const usageClaimSchema = tokenCountsSchema.extend({
  source: z.string(),
  /** The total goes on from the parent's in a fork. */
  includesInherited: z.boolean(),
  /** The total counts the session's sub-agents too. */
  includesSubAgents: z.boolean(),
});
export type UsageClaim = z.infer<typeof usageClaimSchema>;

const shownFigures = tokenCountsSchema.extend({ totalTokens: z.number().int().nonnegative().nullable() });

/**
 * What the agent itself shows of its tokens when the session is resumed, as it wrote it last; the row names the turn.
 * Never summed and never compared: it goes on from a parent's figures in a fork, and "last" may be an estimate.
 */
export const usageShownSchema = z.object({
  total: shownFigures,
  last: shownFigures,
  contextWindow: z.number().int().positive().nullable(),
});
export type UsageShown = z.infer<typeof usageShownSchema>;

/** A turn that runs here names the generation of its writer; one from another agent's log has none. */
export const turnStartSchema = z.object({
  runGen: z.number().int().positive().optional(),
  /** The interrupted turn that this one goes on with. */
  resumes: z.string().optional(),
  /** Nobody asked anything: the turn replaces the older context by a summary. */
  compacts: z.literal(true).optional(),
  /** Another agent's program carries it out: when that asked its model, the log does not say. */
  hosted: z.literal(true).optional(),
});

export type TurnStart = z.infer<typeof turnStartSchema>;

export const turnEndSchema = z.object({
  outcome: z.enum(turnOutcomes),
  reason: z.string().optional(),
  throughput: throughputSchema.optional(),
});

const rowBase = {
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  turnId: z.string().optional(),
  step: z.number().int().nonnegative().optional(),
  partId: z.string().optional(),
  /** The seq of the item that this row revises: one that a reader of the log's end may not hold. */
  revises: z.number().int().positive().optional(),
};

/** A row whose channel does not depend on what it holds. */
function plainRow<Kind extends string, Data extends z.ZodType>(
  channel: 'status' | 'usage' | 'trace',
  kind: Kind,
  data: Data,
) {
  return z.object({ ...rowBase, channel: z.literal(channel), kind: z.literal(kind), data });
}

export const rowSchema = z.discriminatedUnion('kind', [
  plainRow('status', 'session.described', sessionDescriptionSchema),
  plainRow('status', 'turn.started', turnStartSchema),
  plainRow('status', 'turn.completed', turnEndSchema),
  z.object({ ...rowBase, channel: channelSchema, kind: z.literal('item.recorded'), data: itemSchema }),
  plainRow('usage', 'usage.recorded', usageRecordSchema),
  plainRow('usage', 'usage.claimed', usageClaimSchema),
  plainRow('usage', 'usage.shown', usageShownSchema),
  z.object({ ...rowBase, channel: channelSchema, kind: z.literal('text.appended'), data: textAppendSchema }),
  z.object({ ...rowBase, channel: channelSchema, kind: z.literal('item.deleted'), data: itemDeletionSchema }),
  plainRow('status', 'input.queued', queuedInputSchema),
  plainRow('status', 'input.dropped', droppedInputSchema),
  plainRow('status', 'turn.waiting', turnWaitSchema),
  plainRow('status', 'turn.resumed', z.object({})),
  plainRow('status', 'permission.asked', permissionQuestionSchema),
  plainRow('status', 'permission.answered', permissionAnswerSchema),
  plainRow('status', 'session.rewound', rewindSchema),
  plainRow('status', 'rewind.undone', rewindUndoneSchema),
  plainRow('status', 'files.restored', filesRestoredSchema),
  plainRow('status', 'checkpoint.made', checkpointSchema),
  plainRow('status', 'files.changed', fileChangesSchema),
  plainRow('status', 'budget.warned', budgetWarningSchema),
  plainRow('trace', 'attempt.discarded', discardedAttemptSchema),
  plainRow('trace', 'span.started', spanStartSchema),
  plainRow('trace', 'span.finished', spanEndSchema),
]);
export type Row = z.infer<typeof rowSchema>;
export type RowKind = Row['kind'];
