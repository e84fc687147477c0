/** Going back: what the working folder was, the conversation rewound and brought back, files put back. */
import { z } from 'zod';

export const checkpointKinds = ['git', 'copy'] as const;
export type CheckpointKind = (typeof checkpointKinds)[number];

/** The working folder at one moment, by the name under which it is kept; or why it is not kept. */
export const checkpointSchema = z.object({
  ref: z.string().nullable(),
  kind: z.enum(checkpointKinds).nullable(),
  /** Before the turn where it is not said; `rewind`: before files were put back. */
  moment: z.enum(['before', 'after', 'rewind']).optional(),
  /** Why nothing is kept. */
  why: z.string().optional(),
  /** How many files are not in it: they are too large, or cannot be read. */
  leftOut: z.number().int().positive().optional(),
});
export type CheckpointRow = z.infer<typeof checkpointSchema>;

/** Files that are put back: from `expected`, which the folder was, to `target`, both by the name they are kept under. */
export const fileRestoreSchema = z.object({
  kind: z.enum(checkpointKinds),
  expected: z.string(),
  target: z.string(),
});
export type FileRestore = z.infer<typeof fileRestoreSchema>;

/**
 * The conversation goes on from before `toSeq`: what came from there on is set aside. `files`: so do the files; how that
 * went, `files.restored` says.
 */
export const rewindSchema = z.object({ toSeq: z.number().int().positive(), files: fileRestoreSchema.optional() });

/** What the row `rewoundSeq` had set aside is part of the conversation again, which stands as it stood then. */
export const rewindUndoneSchema = z.object({
  rewoundSeq: z.number().int().positive(),
  status: z.enum(['idle', 'interrupted', 'failed']),
  files: fileRestoreSchema.optional(),
});

/** How putting files back went. What was left alone is named, at most so many. */
export const filesRestoredSchema = z.object({
  outcome: z.enum(['restored', 'partly', 'failed']),
  written: z.number().int().nonnegative(),
  removed: z.number().int().nonnegative(),
  left: z.array(z.object({ path: z.string(), why: z.string() })),
  leftCount: z.number().int().nonnegative(),
  /** Why it failed. */
  reason: z.string().optional(),
  /** A server was stopped in the middle; the next one finished it. */
  finishedLater: z.literal(true).optional(),
});
export type FilesRestored = z.infer<typeof filesRestoredSchema>;

/** A rewind as the transcript shows it, where it was rewound to. */
export const rewindMarkSchema = z.object({
  /** The row that rewound, and from where on it did. */
  seq: z.number().int().positive(),
  toSeq: z.number().int().positive(),
  at: z.iso.datetime(),
  /** How many turns were left, and how many were set aside. */
  turnsLeft: z.number().int().nonnegative(),
  turnsAside: z.number().int().nonnegative(),
  /** How the session stood before. */
  status: z.enum(['idle', 'interrupted', 'failed']),
  /** Nothing was asked since, so that it can be undone. */
  isOpen: z.boolean(),
  files: fileRestoreSchema.nullable(),
  restored: filesRestoredSchema.nullable(),
});
export type RewindMark = z.infer<typeof rewindMarkSchema>;
