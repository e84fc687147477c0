/** Frames a client sends over the socket. Orders go by HTTP. */
import { z } from 'zod';
import { channels } from './channel.js';

const seq = z.number().int().nonnegative();

/** `after`: the last seq that the client has of this epoch's log; without it the session comes as a snapshot. */
export const subscribeFrameSchema = z.object({
  type: z.literal('subscribe'),
  sessionId: z.string().max(200),
  epoch: z.number().int().positive().optional(),
  after: seq.optional(),
  /** In place of `after`, for clients that keep one seq per channel. */
  lastSeqPerChannel: z.partialRecord(z.enum(channels), seq).optional(),
  /** Only rows of these channels. */
  channels: z.array(z.enum(channels)).max(channels.length).optional(),
  /** How many items a snapshot holds at most, in all its pieces; those of the last 20 turns where it is not given. */
  window: z.number().int().min(1).max(1000).optional(),
});
export type SubscribeFrame = z.infer<typeof subscribeFrameSchema>;

export const unsubscribeFrameSchema = z.object({ type: z.literal('unsubscribe'), sessionId: z.string().max(200) });

/** Rows are missing: send from here. */
export const pullFrameSchema = z.object({ type: z.literal('pull'), sessionId: z.string().max(200), after: seq });

export const pingFrameSchema = z.object({ type: z.literal('ping') });

export const upFrameSchema = z.discriminatedUnion('type', [
  subscribeFrameSchema,
  unsubscribeFrameSchema,
  pullFrameSchema,
  pingFrameSchema,
]);
export type UpFrame = z.infer<typeof upFrameSchema>;
