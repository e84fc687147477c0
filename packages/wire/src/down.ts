/** Frames a server sends: the same JSON over WebSocket and SSE. */
import { z } from 'zod';
import { importStatusSchema } from './rest/import.js';
import { placedItemSchema } from './rest/items.js';
import { sessionStatuses } from './rest/session.js';
import { rowSchema } from './row.js';
import { openPermissionSchema, sessionSnapshotSchema } from './snapshot.js';
import { usageTotalsSchema } from './usage.js';

const seq = z.number().int().nonnegative();

const sessionHintSchema = z.object({
  sessionId: z.string(),
  head: seq,
  status: z.enum(sessionStatuses),
  title: z.string().nullable(),
  totals: usageTotalsSchema.nullable(),
  /** Whether it stands in the workbench, and at which place. */
  open: z.boolean(),
  position: z.number().int().nullable(),
  /** The session that started it, where it is a sub-agent: its sums are to be asked for again too. */
  parentId: z.string().nullable(),
});

export const helloFrameSchema = z.object({
  type: z.literal('hello'),
  protocol: z.number().int(),
  heartbeatMs: z.number().int().positive(),
  capabilities: z.array(z.string()),
  /** Of every open session. */
  statuses: z.record(z.string(), z.object({ status: z.enum(sessionStatuses), head: seq })),
});

/** Coalesced: these sessions changed. Lists refetch what they show, readers what they hold. */
export const sessionsFrameSchema = z.object({ type: z.literal('sessions'), changed: z.array(sessionHintSchema) });

export const importFrameSchema = z.object({
  type: z.literal('import'),
  status: importStatusSchema.omit({ roots: true, problems: true }),
});

/** The heads of the sessions that this client follows: a lost tail is seen by them. */
export const heartbeatFrameSchema = z.object({ type: z.literal('heartbeat'), heads: z.record(z.string(), seq) });

/** What follows: `live` nothing is missing, `replay` the rows that are, `snapshot` the session anew. */
export const subscribedFrameSchema = z.object({
  type: z.literal('subscribed'),
  sessionId: z.string(),
  epoch: z.number().int().positive(),
  head: seq,
  mode: z.enum(['live', 'replay', 'snapshot']),
  status: z.enum(sessionStatuses),
  pending: z.array(openPermissionSchema),
});

/**
 * What of a snapshot is still to come: `more` items from before these, as `items` frames; and, where the first item here
 * is too long for one frame, the rest of its text up to `length`, as `text` frames.
 */
const restSchema = z.object({
  more: z.boolean(),
  cut: z.object({ id: z.string(), length: z.number().int().positive() }).nullable(),
});

/** The session as it stands, with the newest of its items: as many as go into one frame. */
export const snapshotFrameSchema = z.object({
  type: z.literal('snapshot'),
  sessionId: z.string(),
  epoch: z.number().int().positive(),
  seq,
  state: sessionSnapshotSchema,
  rest: restSchema,
});

/** Further items of a snapshot: those before the item at `before`, as they stand at `seq`. */
export const itemsFrameSchema = z.object({
  type: z.literal('items'),
  sessionId: z.string(),
  epoch: z.number().int().positive(),
  seq,
  before: seq,
  items: z.array(placedItemSchema),
  rest: restSchema,
});

/** More of the text of a snapshot's item, in UTF-16 code units. */
export const textFrameSchema = z.object({
  type: z.literal('text'),
  sessionId: z.string(),
  epoch: z.number().int().positive(),
  seq,
  itemId: z.string(),
  offset: z.number().int().nonnegative(),
  text: z.string(),
});

/** All rows after `from` up to `to`; some seqs hold none. */
export const rowsFrameSchema = z.object({
  type: z.literal('rows'),
  sessionId: z.string(),
  epoch: z.number().int().positive(),
  from: seq,
  to: seq,
  rows: z.array(rowSchema),
});

/** Everything up to `seq` was sent. */
export const syncedFrameSchema = z.object({ type: z.literal('synced'), sessionId: z.string(), seq });

/** This session can no longer be followed: subscribe anew, or give up where there is none. */
export const resetFrameSchema = z.object({
  type: z.literal('reset'),
  sessionId: z.string(),
  reason: z.enum(['epoch', 'unknown_session', 'failed']),
  detail: z.string(),
});

export const downFrameSchema = z.discriminatedUnion('type', [
  helloFrameSchema,
  sessionsFrameSchema,
  importFrameSchema,
  heartbeatFrameSchema,
  subscribedFrameSchema,
  snapshotFrameSchema,
  itemsFrameSchema,
  textFrameSchema,
  rowsFrameSchema,
  syncedFrameSchema,
  resetFrameSchema,
]);
export type DownFrame = z.infer<typeof downFrameSchema>;
export type SessionHint = z.infer<typeof sessionHintSchema>;
export type RowsFrame = z.infer<typeof rowsFrameSchema>;
export type SnapshotFrame = z.infer<typeof snapshotFrameSchema>;
export type ItemsFrame = z.infer<typeof itemsFrameSchema>;
export type TextFrame = z.infer<typeof textFrameSchema>;
/** What of a snapshot is still to come. */
export type SnapshotRest = z.infer<typeof restSchema>;
