/** A session at a seq, as far back as a reader needs it: its state with the last of its items. Older ones come by page. */
import { z } from 'zod';
import { budgetWarningSchema } from './budget.js';
import {
  discardedAttemptSchema,
  fileChangesSchema,
  permissionQuestionSchema,
  queuedInputSchema,
  spanStartSchema,
  turnWaitSchema,
} from './live-rows.js';
import { placedItemSchema } from './rest/items.js';
import { fileRestoreSchema, rewindMarkSchema } from './rewind-rows.js';
import { sessionDescriptionSchema } from './row.js';
import { turnSchema } from './turn.js';
import { usageTotalsSchema } from './usage.js';

/** How a session stands by its log. */
export const liveStatuses = ['idle', 'running', 'waiting', 'interrupted', 'failed'] as const;
export type LiveStatus = (typeof liveStatuses)[number];

export const openPermissionSchema = permissionQuestionSchema.extend({
  askedAt: z.iso.datetime(),
  turnId: z.string().nullable(),
});
export type OpenPermission = z.infer<typeof openPermissionSchema>;

export const openSpanSchema = spanStartSchema.extend({
  startedAt: z.iso.datetime(),
  turnId: z.string().nullable(),
  step: z.number().int().nullable(),
});
export type OpenSpan = z.infer<typeof openSpanSchema>;

/** What was warned of last, by budget. */
export const placedWarningSchema = budgetWarningSchema.extend({ at: z.iso.datetime(), turnId: z.string().nullable() });
export type PlacedWarning = z.infer<typeof placedWarningSchema>;

export const sessionSnapshotSchema = z.object({
  status: z.enum(liveStatuses),
  description: sessionDescriptionSchema,
  /** The last of them: those from before come with the items of their time. */
  turns: z.array(turnSchema),
  items: z.array(placedItemSchema),
  /** How many items the whole session has, and where the first one stands. */
  itemCount: z.number().int().nonnegative(),
  oldestSeq: z.number().int().nullable(),
  totals: usageTotalsSchema.nullable(),
  queue: z.array(queuedInputSchema.extend({ queuedAt: z.iso.datetime() })),
  permissions: z.array(openPermissionSchema),
  waiting: turnWaitSchema.nullable(),
  openSpans: z.array(openSpanSchema),
  discarded: z.array(discardedAttemptSchema.extend({ at: z.iso.datetime() })),
  changes: fileChangesSchema.nullable(),
  rewinds: z.array(rewindMarkSchema),
  restoring: fileRestoreSchema.nullable(),
  // An older server says none.
  budgetWarnings: z.array(placedWarningSchema).default([]),
});
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;
