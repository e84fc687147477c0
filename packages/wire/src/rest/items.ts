/** Items by page, and what surrounds an item in a transcript. */
import { z } from 'zod';
import { compactionItemSchema, type Item, itemSchema } from '../item.js';
import { rewindMarkSchema } from '../rewind-rows.js';
import { turnSchema } from '../turn.js';

export const placedItemSchema = z.object({
  /** The item's identity within its session; a revised item keeps it. */
  id: z.string(),
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  turnId: z.string().nullable(),
  step: z.number().int().nullable(),
  item: itemSchema,
});
export type PlacedItem = z.infer<typeof placedItemSchema>;

/** `oldestSeq` is the first item's seq in the whole session: a reader that holds it has reached the beginning. */
export const itemPageSchema = z.object({
  items: z.array(placedItemSchema),
  total: z.number().int().nonnegative(),
  oldestSeq: z.number().int().nullable(),
  /** Of a session that runs here: the turns that began among these items, or before them where they are its first. */
  turns: z.array(turnSchema).optional(),
});
export type ItemPage = z.infer<typeof itemPageSchema>;

/** Where a summary took the place of older context. A figure that the log does not state is missing. */
export const compactionMarkSchema = compactionItemSchema
  .pick({ trigger: true, tokensBefore: true, tokensAfter: true })
  .extend({ seq: z.number().int().positive() });
export type CompactionMark = z.infer<typeof compactionMarkSchema>;

/** The mark of a compaction that stands at `seq`. */
export function compactionMark(seq: number, item: Extract<Item, { type: 'compaction' }>): CompactionMark {
  const { trigger, tokensBefore, tokensAfter } = item;
  return {
    seq,
    trigger,
    ...(tokensBefore === undefined ? {} : { tokensBefore }),
    ...(tokensAfter === undefined ? {} : { tokensAfter }),
  };
}

/** A file that a turn changed. */
export const turnFileSchema = z.object({
  /** Within the session's folder without that folder. */
  path: z.string(),
  /** Lines that came and went; `null` where that is not known. */
  added: z.number().int().nonnegative().nullable(),
  removed: z.number().int().nonnegative().nullable(),
  /** Concluded from what calls of tools asked for: what commands did to files is not in it. */
  inferred: z.literal(true).optional(),
});
export type TurnFile = z.infer<typeof turnFileSchema>;

/** One stop on a session's timeline: a turn with its place, its length and its usage. */
export const timelineTurnSchema = z.object({
  turnId: z.string(),
  seq: z.number().int(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  prompt: z.string(),
  toolCalls: z.number().int().nonnegative(),
  requests: z.number().int().nonnegative(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  compactions: z.array(compactionMarkSchema).optional(),
  /** Nothing else happened in it. */
  compacts: z.literal(true).optional(),
  /** The first of the files that it is known to have changed. Where there is none, it is not known that it changed none. */
  files: z.array(turnFileSchema).optional(),
  /** How many are known, where not all are named. */
  fileCount: z.number().int().positive().optional(),
});
export type TimelineTurn = z.infer<typeof timelineTurnSchema>;

/** A session that went on from this one. `turnId`: the last turn of this one that it holds, where that is known. */
export const timelineForkSchema = z.object({
  sessionId: z.string(),
  title: z.string().nullable(),
  turnId: z.string().nullable(),
  /** When it first asked something of its own. */
  at: z.iso.datetime(),
});
export type TimelineFork = z.infer<typeof timelineForkSchema>;

/** Turns that a rewind has set aside, as they ended. Only the log has them; what they spent stays spent. */
export const timelineAsideSchema = z.object({
  /** The row that rewound, and from where on it did. */
  seq: z.number().int().positive(),
  toSeq: z.number().int().positive(),
  at: z.iso.datetime(),
  /** The rewind that has set this one aside in turn. */
  within: z.number().int().positive().nullable(),
  turns: z.array(timelineTurnSchema),
});
export type TimelineAside = z.infer<typeof timelineAsideSchema>;

/**
 * Turns that a rewind has set aside are none of `turns`: they stand in `aside`. `rewinds`: where it did, of a session that
 * ran here.
 */
export const timelineSchema = z.object({
  turns: z.array(timelineTurnSchema),
  rewinds: z.array(rewindMarkSchema).optional(),
  aside: z.array(timelineAsideSchema).optional(),
  forks: z.array(timelineForkSchema).optional(),
});
export type Timeline = z.infer<typeof timelineSchema>;
