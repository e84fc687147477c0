/** Frames a server sends over the socket. Rows and snapshots join when live sessions do. */
import { z } from 'zod';
import { importStatusSchema } from './rest/import.js';
import { sessionStatuses } from './rest/session.js';
import { usageTotalsSchema } from './usage.js';

const sessionHintSchema = z.object({
  sessionId: z.string(),
  head: z.number().int().nonnegative(),
  status: z.enum(sessionStatuses),
  title: z.string().nullable(),
  totals: usageTotalsSchema.nullable(),
});

export const helloFrameSchema = z.object({
  type: z.literal('hello'),
  protocol: z.number().int(),
  heartbeatMs: z.number().int().positive(),
  capabilities: z.array(z.string()),
  statuses: z.record(z.string(), z.object({ status: z.enum(sessionStatuses) })),
});

/** Coalesced: these sessions changed. Lists refetch what they show, readers what they hold. */
export const sessionsFrameSchema = z.object({ type: z.literal('sessions'), changed: z.array(sessionHintSchema) });

export const importFrameSchema = z.object({
  type: z.literal('import'),
  status: importStatusSchema.omit({ roots: true, problems: true }),
});

export const heartbeatFrameSchema = z.object({
  type: z.literal('heartbeat'),
  heads: z.record(z.string(), z.number().int()),
});

export const downFrameSchema = z.discriminatedUnion('type', [
  helloFrameSchema,
  sessionsFrameSchema,
  importFrameSchema,
  heartbeatFrameSchema,
]);
export type DownFrame = z.infer<typeof downFrameSchema>;
export type SessionHint = z.infer<typeof sessionHintSchema>;
