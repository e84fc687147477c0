/** What clients ask for, by method: the parameters that mean something here. Others, and unknown values, are let pass. */
import { z } from 'zod';

const text = z.string().max(4_000_000);
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

const threadId = z.string();
const page = {
  cursor: optional(z.string()),
  limit: optional(z.int().nonnegative()),
  sortDirection: optional(z.string()),
};

const userInput = z.looseObject({
  type: z.string(),
  text: text.optional(),
  url: z.string().optional(),
  path: z.string().optional(),
});
export type UserInput = z.infer<typeof userInput>;

const chosen = { model: optional(z.string()), effort: optional(z.string()) };

export const anyParams = z.looseObject({});

export const paramsSchemas = {
  initialize: z.object({
    clientInfo: z.object({ name: z.string(), title: optional(z.string()), version: z.string() }),
    capabilities: optional(
      z.object({
        experimentalApi: optional(z.boolean()),
        optOutNotificationMethods: optional(z.array(z.string())),
      }),
    ),
  }),
  'thread/start': z.object({
    cwd: optional(z.string()),
    model: optional(z.string()),
    ephemeral: optional(z.boolean()),
  }),
  'thread/resume': z.object({
    threadId,
    excludeTurns: optional(z.boolean()),
    path: optional(z.string()),
    cwd: optional(z.string()),
    history: optional(z.array(z.unknown())),
    model: optional(z.string()),
  }),
  'thread/fork': z.object({
    threadId,
    excludeTurns: optional(z.boolean()),
    ephemeral: optional(z.boolean()),
    lastTurnId: optional(z.string()),
    beforeTurnId: optional(z.string()),
    cwd: optional(z.string()),
    model: optional(z.string()),
  }),
  'thread/list': z.object({
    ...page,
    sortKey: optional(z.string()),
    archived: optional(z.boolean()),
    cwd: optional(z.union([z.string(), z.array(z.string())])),
    searchTerm: optional(z.string()),
    includedThreadIds: optional(z.array(z.string())),
    excludedThreadIds: optional(z.array(z.string())),
    sectionId: optional(z.string()),
    parentThreadId: optional(z.string()),
    sourceKinds: optional(z.array(z.string())),
    modelProviders: optional(z.array(z.string())),
  }),
  'thread/read': z.object({ threadId, includeTurns: optional(z.boolean()) }),
  'thread/turns/list': z.object({ threadId, ...page, itemsView: optional(z.string()) }),
  'thread/items/list': z.object({
    threadId,
    ...page,
    cursor: optional(z.unknown()),
    turnId: optional(z.string()),
  }),
  'thread/name/set': z.object({ threadId, name: z.string() }),
  'thread/rollback': z.object({ threadId, numTurns: z.int().positive() }),
  'thread/revert': z.object({ threadId, beforeTurnId: z.string() }),
  'turn/start': z.object({
    threadId,
    input: z.array(userInput),
    clientUserMessageId: optional(z.string()),
    ...chosen,
  }),
  'turn/steer': z.object({
    threadId,
    input: z.array(userInput),
    expectedTurnId: z.string(),
    clientUserMessageId: optional(z.string()),
  }),
  'turn/interrupt': z.object({ threadId, turnId: z.string() }),
  'config/read': z.object({ cwd: optional(z.string()) }),
  thread: z.object({ threadId }),
} as const;

export type ParamsOf<Method extends keyof typeof paramsSchemas> = z.infer<(typeof paramsSchemas)[Method]>;
