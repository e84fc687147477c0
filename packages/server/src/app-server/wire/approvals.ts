/** What the server asks its clients: may a tool do what it is about to do? */
import { z } from 'zod';

const asked = {
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  startedAtMs: z.int(),
  reason: z.string().nullable(),
};

const decisions = ['accept', 'acceptForSession', 'decline', 'cancel'] as const;

export const approvalSchemas = {
  'item/commandExecution/requestApproval': z.object({
    ...asked,
    command: z.string(),
    cwd: z.string(),
    commandActions: z.array(z.object({ type: z.literal('unknown'), command: z.string() })),
    availableDecisions: z.array(z.enum(decisions)),
  }),
  'item/fileChange/requestApproval': z.object(asked),
} as const;

export type ApprovalMethod = keyof typeof approvalSchemas;

export type ApprovalRequest = {
  [Method in ApprovalMethod]: { method: Method; params: z.infer<(typeof approvalSchemas)[Method]> };
}[ApprovalMethod];

/** Clients also know decisions that carry a rule of their own: an object with the decision's name as its key. */
export const approvalAnswerSchema = z.object({ decision: z.union([z.string(), z.record(z.string(), z.unknown())]) });
