/** Search: what people type → words, and hits → snippets with their session. */
import type { SearchHit, SearchResult } from '@taffrail/wire';
import type { StoredHit, StoreReader } from '../store.js';
import { type SearchWord, wordsOf } from './search-words.js';
import { snippet } from './snippet.js';

export interface SearchRequest {
  q: string;
  /** Of each list, any one. */
  agent?: readonly string[];
  project?: readonly string[];
  type?: readonly string[];
  sessionId?: readonly string[];
  offset: number;
  limit: number;
}

/** Best hits first. A query without a single word finds nothing. */
export async function search(store: StoreReader, request: SearchRequest): Promise<SearchResult> {
  const words = wordsOf(request.q);
  const { q: _typed, ...filters } = request;
  const hits = words.length === 0 ? [] : await store.search({ ...filters, limit: request.limit + 1, words });
  const page = hits.slice(0, request.limit);
  return {
    hits: await withSessions(store, page, words),
    nextCursor: hits.length > request.limit ? String(request.offset + request.limit) : null,
    pendingRows: await store.pendingRows(),
  };
}

async function withSessions(
  store: StoreReader,
  hits: readonly StoredHit[],
  words: readonly SearchWord[],
): Promise<SearchHit[]> {
  const ids = [...new Set(hits.map((hit) => hit.sessionId))];
  if (ids.length === 0) return [];
  const rows = await store.queries
    .selectFrom('sessions')
    .select(['id', 'title', 'agent', 'project', 'cwd', 'updated_at', 'parent_id'])
    .where('id', 'in', ids)
    .execute();
  const sessions = new Map(rows.map((row) => [row.id, row]));
  return hits.flatMap((hit) => {
    const session = sessions.get(hit.sessionId);
    if (!session) return [];
    const { title, agent, project, cwd, updated_at, parent_id } = session;
    return [
      {
        sessionId: hit.sessionId,
        seq: hit.seq,
        at: new Date(hit.at).toISOString(),
        itemType: hit.itemType,
        toolName: hit.label,
        snippet: snippet(hit.text, words),
        ...(hit.setAsideBy === null ? {} : { setAsideBy: hit.setAsideBy }),
        session: {
          title,
          agent,
          project: project ?? cwd,
          updatedAt: new Date(updated_at).toISOString(),
          parentId: parent_id,
        },
      },
    ];
  });
}
