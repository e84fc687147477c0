/** What a query finds: sessions by name, and everything said and done. */
import type { SearchHit, SessionSummary } from '@taffrail/wire';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { answerOf, rest } from '../../app/api.js';
import { useServes } from '../../app/serves.js';
import type { Scope } from './url-state.js';

export type FoundQuery = { q: string; scope: Scope; agent?: string[] | undefined; project?: string[] | undefined };

export type Found = {
  sessions: readonly SessionSummary[];
  hits: readonly SearchHit[];
  /** More hits exist than are loaded. */
  hasMore: boolean;
  loadMore: () => void;
  /** Entries that are imported and not yet searchable. */
  pendingRows: number;
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
};

const itemScopes: readonly Scope[] = ['message', 'reasoning', 'tool_call', 'tool_result'];

/** Without a query it finds the sessions that were used last. `limit` is the number of hits per page. */
export function useFound(query: FoundQuery, limits: { sessions: number; hits: number }): Found {
  const { q, scope, agent, project } = query;
  const wantsSessions = scope === 'all' || scope === 'sessions';
  const finds = useServes('search');
  const wantsHits = finds && q !== '' && (scope === 'all' || itemScopes.includes(scope));
  const sessions = useQuery({
    queryKey: ['sessions', 'found', q, agent, project, limits.sessions],
    queryFn: ({ signal }) => answerOf(rest.sessions({ q, agent, project, limit: limits.sessions }, signal)),
    enabled: wantsSessions,
    placeholderData: keepPreviousData,
  });
  const asked = { q, agent, project, type: scope === 'all' ? undefined : scope, limit: limits.hits };
  const hits = useInfiniteQuery({
    queryKey: ['search', asked],
    queryFn: ({ pageParam, signal }) => answerOf(rest.search({ ...asked, cursor: pageParam }, signal)),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    enabled: wantsHits,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const pages = wantsHits ? (hits.data?.pages ?? []) : [];
  return {
    sessions: wantsSessions ? (sessions.data?.sessions ?? []) : [],
    hits: pages.flatMap((page) => page.hits),
    hasMore: wantsHits && hits.hasNextPage,
    loadMore: () => {
      if (!hits.isFetching) void hits.fetchNextPage();
    },
    pendingRows: pages[0]?.pendingRows ?? 0,
    isLoading: (wantsSessions && sessions.isPending) || (wantsHits && hits.isPending),
    error: (wantsHits ? hits.error : null) ?? (wantsSessions ? sessions.error : null),
    retry: () => {
      void hits.refetch();
      void sessions.refetch();
    },
  };
}

/** `12` hits of a kind, `12+` where more are known to exist, nothing where none was counted. */
export function countOfScope(
  scope: Scope,
  found: Pick<Found, 'sessions' | 'hits' | 'hasMore'>,
  commands: number,
): string {
  if (scope === 'sessions') return String(found.sessions.length);
  if (scope === 'commands') return String(commands);
  const count =
    scope === 'all'
      ? found.sessions.length + found.hits.length + commands
      : found.hits.filter((hit) => hit.itemType === scope).length;
  return `${count}${found.hasMore ? '+' : ''}`;
}
