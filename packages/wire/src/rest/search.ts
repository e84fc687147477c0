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
  session: sessionSchema.pick({ title: true, agent: true, project: true, updatedAt: true, parentId: true }),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResultSchema = z.object({
  hits: z.array(searchHitSchema),
  nextCursor: z.string().nullable(),
  /** Rows that are imported and not yet in the text index; 0 when search sees everything. */
  pendingRows: z.number().int().nonnegative(),
});
export type SearchResult = z.infer<typeof searchResultSchema>;
