/** Threads and turns as other clients see them: a thread is a session, a turn a turn. Times are whole seconds since 1970. */
import { z } from 'zod';
import { itemSchema } from './items.js';

export const threadStatusSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('notLoaded') }),
  z.object({ type: z.literal('idle') }),
  z.object({ type: z.literal('systemError') }),
  z.object({ type: z.literal('active'), activeFlags: z.array(z.literal('waitingOnApproval')) }),
]);
export type ThreadStatus = z.infer<typeof threadStatusSchema>;

export const turnErrorSchema = z.object({
  message: z.string(),
  codexErrorInfo: z.null(),
  additionalDetails: z.string().nullable(),
});
export type TurnError = z.infer<typeof turnErrorSchema>;

export const turnSchema = z.object({
  id: z.string(),
  items: z.array(itemSchema),
  itemsView: z.enum(['notLoaded', 'summary', 'full']),
  status: z.enum(['completed', 'interrupted', 'failed', 'inProgress']),
  error: turnErrorSchema.nullable(),
  startedAt: z.int().nullable(),
  completedAt: z.int().nullable(),
  durationMs: z.int().nullable(),
});
export type ThreadTurn = z.infer<typeof turnSchema>;

export const threadSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  forkedFromId: z.string().nullable(),
  parentThreadId: z.string().nullable(),
  preview: z.string(),
  ephemeral: z.literal(false),
  projectId: z.null(),
  // A "paginated" thread makes clients leave turns out when they resume; this server gives them either way.
  historyMode: z.literal('legacy'),
  modelProvider: z.string(),
  model: z.string().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
  recencyAt: z.int(),
  status: threadStatusSchema,
  path: z.null(),
  cwd: z.string(),
  cliVersion: z.string(),
  // Clients' pickers show threads of `cli` and `vscode` alone; the real app-server says "vscode" of its own threads.
  source: z.literal('vscode'),
  threadSource: z.null(),
  agentNickname: z.null(),
  agentRole: z.null(),
  gitInfo: z
    .object({ sha: z.string().nullable(), branch: z.string().nullable(), originUrl: z.string().nullable() })
    .nullable(),
  name: z.string().nullable(),
  turns: z.array(turnSchema),
});
export type Thread = z.infer<typeof threadSchema>;
