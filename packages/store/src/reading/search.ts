/** Search: what people type → the index's language, and hits → snippets with their session. */
import { matchEnd, matchStart, type SearchHit, type SearchResult } from '@taffrail/wire';
import type { StoredHit, StoreReader } from '../store.js';

export interface SearchRequest {
  q: string;
  agent?: string;
  project?: string;
  type?: string;
  sessionId?: string;
  offset: number;
  limit: number;
}

/** Best hits first. A query without a single word finds nothing. */
export async function search(store: StoreReader, request: SearchRequest): Promise<SearchResult> {
  const words = wordsOf(request.q);
  const { q: _typed, ...filters } = request;
  const hits =
    words.length === 0 ? [] : await store.search({ ...filters, limit: request.limit + 1, match: matchOf(words) });
  const page = hits.slice(0, request.limit);
  return {
    hits: await withSessions(store, page, words),
    nextCursor: hits.length > request.limit ? String(request.offset + request.limit) : null,
    pendingRows: await store.pendingRows(),
  };
}

interface Word {
  text: string;
  phrase: boolean;
}

/** Words, and "phrases in quotes". What the index treats as punctuation separates words within a phrase. */
export function wordsOf(typed: string): Word[] {
  const parts = typed.matchAll(/"([^"]+)"|(\S+)/g);
  return [...parts]
    .map((part) => ({ text: (part[1] ?? part[2] ?? '').replaceAll('"', ''), phrase: part[1] !== undefined }))
    .filter((word) => /[\p{L}\p{N}]/u.test(word.text));
}

/** All words must occur; the last one may still be being typed, so its beginning is enough. */
export function matchOf(words: readonly Word[]): string {
  return words.map((word, index) => `"${word.text}"${index === words.length - 1 && !word.phrase ? '*' : ''}`).join(' ');
}

async function withSessions(
  store: StoreReader,
  hits: readonly StoredHit[],
  words: readonly Word[],
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

const snippetCharacters = 240;
const leadCharacters = 60;

/** The text around the first match, on one line, with every match in it marked. */
export function snippet(text: string, words: readonly Word[]): string {
  const pattern = patternOf(words);
  const first = pattern ? folded(text).search(pattern) : -1;
  const from = Math.max(0, first - leadCharacters);
  const cut = text.slice(from, from + snippetCharacters).replace(/[\s\p{Cc}]+/gu, ' ');
  const marked = pattern ? mark(cut, pattern) : cut;
  return `${from > 0 ? '…' : ''}${marked.trim()}${from + snippetCharacters < text.length ? '…' : ''}`;
}

function mark(text: string, pattern: RegExp): string {
  const plain = folded(text);
  let marked = '';
  let done = 0;
  for (const match of plain.matchAll(new RegExp(pattern, 'gu'))) {
    marked +=
      text.slice(done, match.index) + matchStart + text.slice(match.index, match.index + match[0].length) + matchEnd;
    done = match.index + match[0].length;
  }
  return marked + text.slice(done);
}

function patternOf(words: readonly Word[]): RegExp | null {
  const parts = words.map((word) => {
    const tokens = folded(word.text).match(/[\p{L}\p{N}]+/gu) ?? [];
    return `(?<![\\p{L}\\p{N}])${tokens.join('[^\\p{L}\\p{N}]+')}`;
  });
  return parts.length === 0 ? null : new RegExp(parts.join('|'), 'u');
}

/** As the index compares: without case and accents, at the same length, so that places agree. */
function folded(text: string): string {
  const plain = text.toLowerCase();
  const bare = plain.length === text.length ? plain : text;
  return /^\p{ASCII}*$/u.test(bare)
    ? bare
    : [...bare].map((character) => sameLength(character.normalize('NFD').replace(/\p{M}/gu, ''), character)).join('');
}

const sameLength = (changed: string, original: string): string =>
  changed.length === original.length ? changed : original;
