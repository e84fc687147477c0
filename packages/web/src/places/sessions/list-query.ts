/** The session list from the server: pages by cursor, and the filter it is asked with. */

import type { Query } from '@taffrail/client';
import type { SessionList, SessionSummary } from '@taffrail/wire';
import { type InfiniteData, infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, rest } from '../../app/api.js';
import { daysOf } from '../../app/range.js';
import { type SessionsSearch, sortOf } from './url-state.js';

const pageSize = 200;

/** The filter alone, as the list, its totals and its counts take it. */
export function filterOf(search: SessionsSearch, today: string): Query {
  return {
    q: search.q,
    agent: search.agent,
    project: search.project,
    model: search.model,
    status: search.state,
    usage: search.usage,
    ...daysOf(search, 'all', today),
  };
}

/** Root sessions of a filter, page by page. */
export const listQuery = (search: SessionsSearch, today: string) => {
  const query = { ...filterOf(search, today), roots: true, ...sortOf(search), limit: pageSize };
  return infiniteQueryOptions({
    queryKey: ['sessions', query],
    queryFn: ({ pageParam, signal }) => answerOf(rest.sessions({ ...query, cursor: pageParam }, signal)),
    initialPageParam: null as string | null,
    getNextPageParam: (last: SessionList) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
};

/** Every session of the loaded pages, once: a session that moved while pages were read may come twice. */
export function sessionsOf(data: InfiniteData<SessionList> | undefined): SessionSummary[] {
  const seen = new Map<string, SessionSummary>();
  for (const page of data?.pages ?? []) for (const session of page.sessions) seen.set(session.id, session);
  return [...seen.values()];
}
