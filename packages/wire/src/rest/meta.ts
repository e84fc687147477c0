/** What a server is and can do (F7), and how it reports errors (RFC 9457). */
import { z } from 'zod';
import { placedItemSchema } from './items.js';

/** Bumped whenever a frame or a row changes shape; `protocol-version.test.ts` holds the schemas' hash to it. */
export const protocolVersion = 3;

/** What a client may ask for; it hides what is not named here. Add a name with what it stands for. */
export const capabilities = [
  'archive',
  'search',
  'live',
  'fork',
  'resume',
  'compact',
  'checkpoints',
  'traces',
  'attachments',
  'budgets',
  'settings',
  // Budgets are set by orders too.
  'settings.budgets',
  'mcp',
  // Days by the kinds of their tokens.
  'analytics.kinds',
  'metric.sessions',
  'metric.messages',
  'metric.input_tokens',
  'metric.output_tokens',
  'metric.cache_read_tokens',
  'metric.cost',
] as const;
export type Capability = (typeof capabilities)[number];

export const metaSchema = z.object({
  name: z.literal('taffrail'),
  version: z.string(),
  protocol: z.number().int(),
  capabilities: z.array(z.string()),
  dataDir: z.string(),
});
export type Meta = z.infer<typeof metaSchema>;

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

/** The open sessions. `items`: the turn so far, exactly while it runs. */
export const statusSchema = z.object({
  sessions: z.record(
    z.string(),
    z.object({ status: z.string(), turnId: z.string().optional(), items: z.array(placedItemSchema).optional() }),
  ),
});
export type Status = z.infer<typeof statusSchema>;
