/** Frames a client sends over the socket. Subscriptions join when live sessions do. */
import { z } from 'zod';

export const pingFrameSchema = z.object({ type: z.literal('ping') });

export const upFrameSchema = z.discriminatedUnion('type', [pingFrameSchema]);
export type UpFrame = z.infer<typeof upFrameSchema>;
