/** What is answered, by method. */
import { z } from 'zod';
import { itemSchema } from './items.js';
import { threadSchema, turnSchema } from './thread.js';

const cursors = { nextCursor: z.string().nullable(), backwardsCursor: z.string().nullable() };
const nothing = z.object({});
const noData = z.object({ data: z.array(z.never()) });
const noPages = z.object({ data: z.array(z.never()), nextCursor: z.null() });

/** How a thread is run: by its agent's own configuration, which clients cannot widen. */
const setting = {
  model: z.string(),
  modelProvider: z.string(),
  serviceTier: z.null(),
  cwd: z.string(),
  approvalPolicy: z.literal('on-request'),
  approvalsReviewer: z.literal('user'),
  sandbox: z.object({ type: z.literal('dangerFullAccess') }),
  reasoningEffort: z.string().nullable(),
};
const opened = z.object({ thread: threadSchema, ...setting });
export type Opened = z.infer<typeof opened>;

const model = z.object({
  id: z.string(),
  model: z.string(),
  upgrade: z.null(),
  upgradeInfo: z.null(),
  availabilityNux: z.null(),
  displayName: z.string(),
  description: z.string(),
  hidden: z.literal(false),
  supportedReasoningEfforts: z.array(z.object({ reasoningEffort: z.string(), description: z.string() })),
  defaultReasoningEffort: z.string(),
  inputModalities: z.array(z.enum(['text', 'image'])),
  supportsPersonality: z.literal(false),
  additionalSpeedTiers: z.array(z.never()),
  isDefault: z.boolean(),
});

export const resultSchemas = {
  initialize: z.object({
    userAgent: z.string(),
    codexHome: z.string(),
    platformFamily: z.string(),
    platformOs: z.string(),
  }),
  'thread/start': opened,
  'thread/resume': opened,
  'thread/fork': opened,
  'thread/list': z.object({ data: z.array(threadSchema), ...cursors }),
  'thread/loaded/list': z.object({ data: z.array(z.string()), nextCursor: z.null() }),
  'thread/read': z.object({ thread: threadSchema }),
  'thread/turns/list': z.object({ data: z.array(turnSchema), ...cursors }),
  'thread/items/list': z.object({
    data: z.array(z.object({ turnId: z.string(), item: itemSchema })),
    ...cursors,
  }),
  'thread/name/set': nothing,
  'thread/archive': nothing,
  'thread/unarchive': z.object({ thread: threadSchema }),
  'thread/unsubscribe': z.object({ status: z.enum(['notLoaded', 'notSubscribed', 'unsubscribed']) }),
  'thread/compact/start': nothing,
  'thread/rollback': z.object({ thread: threadSchema }),
  'thread/revert': z.object({ thread: threadSchema }),
  'turn/start': z.object({ turn: turnSchema }),
  'turn/steer': z.object({ turnId: z.string() }),
  'turn/interrupt': nothing,
  'account/read': z.object({ account: z.null(), requiresOpenaiAuth: z.literal(false) }),
  'account/rateLimits/read': z.object({ rateLimits: z.object({ primary: z.null(), secondary: z.null() }) }),
  'account/bedrock/checkGovCloudRequirements': z.object({ isGovCloud: z.literal(false), shouldWarn: z.literal(false) }),
  'model/list': z.object({ data: z.array(model), nextCursor: z.null() }),
  'modelProvider/capabilities/read': z.object({ imageGeneration: z.literal(false), webSearch: z.literal(false) }),
  'config/read': z.object({
    config: z.object({
      model: z.string(),
      model_provider: z.string(),
      approval_policy: z.literal('on-request'),
      sandbox_mode: z.literal('danger-full-access'),
      projects: z.record(z.string(), z.object({ trust_level: z.literal('trusted') })),
    }),
    origins: nothing,
    layers: z.array(z.never()),
  }),
  'configRequirements/read': z.object({ requirements: z.null() }),
  'skills/list': noData,
  'hooks/list': noData,
  'collaborationMode/list': noData,
  'thread/backgroundTerminals/list': noPages,
  'thread/goal/get': z.object({ goal: z.null() }),
  'mcpServerStatus/list': noPages,
  'experimentalFeature/list': noPages,
  'permissionProfile/list': noPages,
  'app/list': noPages,
  'threadSection/list': noPages,
} as const;

export type MethodName = keyof typeof resultSchemas;
export type ResultOf<Method extends MethodName> = z.infer<(typeof resultSchemas)[Method]>;
