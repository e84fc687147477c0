/** A session's sub-agents, theirs, and so on. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.js';

// A chain of parents longer than this is a loop in broken logs.
const depthMax = 64;

/** Their ids, without the session's own. */
export async function descendantsOf(queries: Kysely<Tables>, sessionId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE tree (id, depth) AS (
      SELECT id, 1 FROM sessions WHERE parent_id = ${sessionId}
      UNION
      SELECT s.id, tree.depth + 1 FROM sessions s JOIN tree ON s.parent_id = tree.id WHERE tree.depth < ${depthMax}
    )
    SELECT DISTINCT id FROM tree WHERE id <> ${sessionId}`.execute(queries);
  return rows.map(({ id }) => id);
}
