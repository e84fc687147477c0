/** Full-text search over everything that was said, thought, called and returned. */
import { z } from 'zod';
import { sessionSchema } from './session.js';

/** `snippet` is plain text; matches lie between U+0002 and U+0003, which no text of ours contains. */
export const searchHitSchema = z.object({
  sessionId: z.string(),
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  itemType: z.string(),
  toolName: z.string().nullable(),
  snippet: z.string(),
  /** The item is out of the conversation: the row of the mark that stands in its place. */
  setAsideBy: z.number().int().positive().optional(),
  session: sessionSchema.pick({ title: true, agent: true, project: true, updatedAt: true, parentId: true }),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

/** Where a hit is to be seen in its session: at its item, or at the mark that stands where it was set aside. */
export const placeOfHit = ({ seq, setAsideBy }: Pick<SearchHit, 'seq' | 'setAsideBy'>): number => setAsideBy ?? seq;

export const searchResultSchema = z.object({
  hits: z.array(searchHitSchema),
  nextCursor: z.string().nullable(),
  /** Rows that are imported and not yet in the text index; 0 when search sees everything. */
  pendingRows: z.number().int().nonnegative(),
});
export type SearchResult = z.infer<typeof searchResultSchema>;
