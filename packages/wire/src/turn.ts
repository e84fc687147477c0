/** A turn as it stands. */
import { z } from 'zod';
import { throughputSchema } from './live-rows.js';
import { checkpointSchema } from './rewind-rows.js';
import { turnOutcomes } from './row.js';

export const turnSchema = z.object({
  turnId: z.string(),
  seq: z.number().int().positive(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  outcome: z.enum(['running', ...turnOutcomes]),
  /** Why it ended so, in a sentence. */
  reason: z.string().nullable(),
  throughput: throughputSchema.nullable(),
  /** The folder before the turn, and after it. `null` where nothing was said about it. */
  before: checkpointSchema.nullable(),
  after: checkpointSchema.nullable(),
  /** The turn that it goes on with. */
  resumes: z.string().nullable(),
  /** It only replaced the older context by a summary. */
  compacts: z.boolean(),
});
export type Turn = z.infer<typeof turnSchema>;
