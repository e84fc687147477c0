/** What the server tells without being asked, by method. */
import { z } from 'zod';
import { itemSchema } from './items.js';
import { threadSchema, threadStatusSchema, turnErrorSchema, turnSchema } from './thread.js';
import { threadUsageSchema } from './usage.js';

const inThread = { threadId: z.string() };
const inTurn = { ...inThread, turnId: z.string() };
const delta = { ...inTurn, itemId: z.string(), delta: z.string() };

export const notificationSchemas = {
  'thread/started': z.object({ thread: threadSchema }),
  'thread/status/changed': z.object({ ...inThread, status: threadStatusSchema }),
  'thread/name/updated': z.object({ ...inThread, threadName: z.string().nullable() }),
  'thread/archived': z.object(inThread),
  'thread/unarchived': z.object(inThread),
  'thread/reverted': z.object(inThread),
  'thread/tokenUsage/updated': z.object({ ...inTurn, tokenUsage: threadUsageSchema }),
  'thread/compacted': z.object(inTurn),
  'turn/started': z.object({ ...inThread, turn: turnSchema }),
  'turn/completed': z.object({ ...inThread, turn: turnSchema }),
  'item/started': z.object({ ...inTurn, item: itemSchema, startedAtMs: z.int() }),
  'item/completed': z.object({ ...inTurn, item: itemSchema, completedAtMs: z.int() }),
  'item/agentMessage/delta': z.object(delta),
  'item/reasoning/summaryPartAdded': z.object({ ...inTurn, itemId: z.string(), summaryIndex: z.int() }),
  'item/reasoning/summaryTextDelta': z.object({ ...delta, summaryIndex: z.int() }),
  'item/commandExecution/outputDelta': z.object(delta),
  error: z.object({ ...inTurn, error: turnErrorSchema, willRetry: z.boolean() }),
  'serverRequest/resolved': z.object({ ...inThread, requestId: z.int() }),
} as const;

export type NotificationMethod = keyof typeof notificationSchemas;

export type Notification = {
  [Method in NotificationMethod]: { method: Method; params: z.infer<(typeof notificationSchemas)[Method]> };
}[NotificationMethod];
