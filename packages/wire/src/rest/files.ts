/** Files that a person gives along with a message: how they are named, and how much is taken. */
import { z } from 'zod';

const mega = 1024 * 1024;

export const fileLimits = {
  perTurn: 20,
  /** Of an image or a PDF document. */
  bytesMax: 10 * mega,
  /** Text is read whole with every request from then on: longer ones belong into the folder. */
  textBytesMax: mega / 2,
  /** Of all files of one message together. */
  turnBytesMax: 24 * mega,
} as const;

/** A file as an order names it: its bytes were sent before. */
export const namedFileSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(200),
});
export type NamedFile = z.infer<typeof namedFileSchema>;

/** What the server made of the bytes that it was sent. The type is what they are, whatever the name says. */
export const keptFileSchema = namedFileSchema.extend({
  sizeBytes: z.number().int().nonnegative(),
  mediaType: z.string(),
});
export type KeptFile = z.infer<typeof keptFileSchema>;

/** Files of a session's folder, the likeliest first. `isPartial`: the folder holds too many to look at them all. */
export const foundFilesSchema = z.object({ files: z.array(z.string()), isPartial: z.boolean() });
export type FoundFiles = z.infer<typeof foundFilesSchema>;
