/** What only sessions that run here say: text as it comes, the queue, permissions, spans, waiting. */
import { z } from 'zod';
import { attachmentSchema } from './item.js';

/** More text of the item `partId`, from `offset` on, in UTF-16 code units. Applied twice it changes nothing. */
export const textAppendSchema = z.object({ offset: z.number().int().nonnegative(), text: z.string() });

/** The item is taken out of the transcript: its answer broke off and was given anew. The log keeps it. */
export const itemDeletionSchema = z.object({ reason: z.string() });

/** A person's input that waits: for the next step of the running turn (`steer`) or for the next turn (`queue`). */
export const queuedInputSchema = z.object({
  inputId: z.string(),
  mode: z.enum(['steer', 'queue']),
  text: z.string(),
  attachments: z.array(attachmentSchema).optional(),
});
export type QueuedInput = z.infer<typeof queuedInputSchema>;

export const droppedInputSchema = z.object({ inputId: z.string() });

/** Every key that could answer is exhausted; the turn goes on by itself at `until`, where that is known. */
export const turnWaitSchema = z.object({ until: z.iso.datetime().nullable(), reason: z.string() });

/** A model request that came to nothing before its first content: it leaves no content and no usage. */
export const discardedAttemptSchema = z.object({
  attemptId: z.string(),
  model: z.string(),
  keyId: z.string(),
  reason: z.enum([
    'rate_limited',
    'overloaded',
    'unavailable',
    'unauthorised',
    'out_of_credit',
    'refused',
    'broken_off',
  ]),
  message: z.string(),
  httpStatus: z.number().int().nullable(),
  retryAfterMs: z.number().nonnegative().nullable(),
});
export type DiscardedAttempt = z.infer<typeof discardedAttemptSchema>;

export const permissionDecisions = ['allow', 'always', 'deny', 'expired'] as const;
export type PermissionDecision = (typeof permissionDecisions)[number];

export const permissionQuestionSchema = z.object({
  permissionId: z.string(),
  callId: z.string(),
  tool: z.string(),
  /** What the rule is about: the command line, the path. */
  subject: z.string(),
  /** What "always" would allow for the rest of the session. */
  pattern: z.string(),
  /** The sub-agent that asks, where it is not the session itself: the answer goes to it. */
  childSessionId: z.string().optional(),
});
export type PermissionQuestion = z.infer<typeof permissionQuestionSchema>;

export const permissionAnswerSchema = z.object({
  permissionId: z.string(),
  decision: z.enum(permissionDecisions),
});

export const spanKinds = ['turn', 'model', 'tool', 'permission', 'check', 'compaction', 'agent'] as const;

/** A stretch of time within a turn. `parentId` is another span's id. */
export const spanStartSchema = z.object({
  spanId: z.string(),
  parentId: z.string().nullable(),
  kind: z.enum(spanKinds),
  /** The tool's or the model's name. */
  name: z.string(),
  /** The call it belongs to, the key that was used, the attempt that was made. */
  callId: z.string().optional(),
  keyId: z.string().optional(),
  attemptId: z.string().optional(),
  childSessionId: z.string().optional(),
});
export type SpanStart = z.infer<typeof spanStartSchema>;

export const spanEndSchema = z.object({
  spanId: z.string(),
  status: z.enum(['ok', 'error', 'cancelled', 'interrupted']),
  error: z.string().optional(),
  inputBytes: z.number().int().nonnegative().optional(),
  outputBytes: z.number().int().nonnegative().optional(),
  /** From the request to the first content. */
  firstContentMs: z.number().nonnegative().optional(),
});
export type SpanEnd = z.infer<typeof spanEndSchema>;

export const fileChangesSchema = z.object({
  branch: z.string().nullable(),
  files: z.array(
    z.object({
      path: z.string(),
      status: z.enum(['added', 'changed', 'deleted', 'renamed']),
      added: z.number().int().nullable(),
      removed: z.number().int().nullable(),
    }),
  ),
});
export type FileChanges = z.infer<typeof fileChangesSchema>;

/** How a turn stood at its end, for lists and status lines. */
export const throughputSchema = z.object({
  model: z.string().nullable(),
  startedAt: z.iso.datetime(),
  requests: z.number().int().nonnegative(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  cacheReadTokens: z.number().int().nullable(),
  reasoningTokens: z.number().int().nullable(),
  /** Input and output of the last request; what the model's window holds. */
  contextTokens: z.number().int().nullable(),
  contextWindow: z.number().int().nullable(),
});
export type Throughput = z.infer<typeof throughputSchema>;
