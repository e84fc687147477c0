/** What a rewind would do, what one did, and what has changed in the folder. */
import { z } from 'zod';
import { checkpointKinds, filesRestoredSchema } from '../rewind-rows.js';

const path = z.string();

/** A file that would be put back. `status` is what happens to it. */
export const fileToRestoreSchema = z.object({
  path,
  status: z.enum(['added', 'changed', 'deleted']),
  /** `null`: not a text, or too much to be counted. */
  added: z.number().int().nullable(),
  removed: z.number().int().nullable(),
  /** It was also changed between the turns, by somebody else than the agent. */
  isEditedElsewhere: z.boolean(),
});
export type FileToRestore = z.infer<typeof fileToRestoreSchema>;

export const rewindPreviewSchema = z.object({
  turnId: z.string(),
  /** How many turns would stay, and what would be set aside. */
  turnsLeft: z.number().int().nonnegative(),
  turnsAside: z.number().int().nonnegative(),
  itemsAside: z.number().int().nonnegative(),
  files: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('kept'),
      kind: z.enum(checkpointKinds),
      /** At most so many; `count` is how many there are. */
      files: z.array(fileToRestoreSchema),
      count: z.number().int().nonnegative(),
      /** What stays as it is, and why. */
      left: z.array(z.object({ path, why: z.string() })),
      leftCount: z.number().int().nonnegative(),
    }),
    z.object({ state: z.literal('not_kept'), why: z.string() }),
  ]),
});
export type RewindPreview = z.infer<typeof rewindPreviewSchema>;

/** `restored`: how the files fared; `null` where they were not asked for. */
export const rewoundSchema = z.object({ done: z.literal(true), restored: filesRestoredSchema.nullable() });

/** What differs between a moment of the session and now. */
export const folderChangesSchema = z.object({
  /** `start`, or a turn: the folder before it. */
  since: z.string(),
  branch: z.string().nullable(),
  /** `null` where the folder of then is not kept; `why` says so. */
  files: z
    .array(
      z.object({
        path,
        status: z.enum(['added', 'changed', 'deleted']),
        added: z.number().int().nullable(),
        removed: z.number().int().nullable(),
        /** A unified diff; `null` where the file is no text or too long, or enough was shown. */
        patch: z.string().nullable(),
      }),
    )
    .nullable(),
  count: z.number().int().nonnegative(),
  why: z.string().nullable(),
});
export type FolderChanges = z.infer<typeof folderChangesSchema>;
