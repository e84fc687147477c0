/** Every question the app asks the server, with the key its answer is kept under. */

import type { Query, Result } from '@taffrail/client';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { localZone } from '../parts/format-time.js';
import { answerOf, rest } from './api.js';
import { firstView } from './first-view.js';
import { noteServed } from './served.js';

/** The answer to what can wait until what the page was opened for is seen. */
async function afterwards<T>(ask: () => Promise<Result<T>>): Promise<T> {
  await firstView;
  return answerOf(ask());
}

export const metaQuery = queryOptions({
  queryKey: ['meta'],
  queryFn: async ({ signal }) => {
    const meta = await answerOf(rest.meta(signal));
    noteServed(meta.capabilities);
    return meta;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const importQuery = queryOptions({
  queryKey: ['import'],
  queryFn: ({ signal }) => afterwards(() => rest.importStatus(signal)),
});

export const facetsQuery = (query: Query) =>
  queryOptions({
    queryKey: ['facets', query],
    queryFn: ({ signal }) => answerOf(rest.facets(query, signal)),
    placeholderData: keepPreviousData,
  });

export const sessionQuery = (id: string) =>
  queryOptions({ queryKey: ['session', id], queryFn: ({ signal }) => answerOf(rest.session(id, signal)) });

export const childrenQuery = (id: string) =>
  queryOptions({
    queryKey: ['children', id],
    queryFn: ({ signal }) => answerOf(rest.sessions({ parentId: [id], limit: 500 }, signal)),
  });

export const usageQuery = (id: string) =>
  queryOptions({ queryKey: ['usage', id], queryFn: ({ signal }) => answerOf(rest.usage(id, signal)) });

export const timelineQuery = (id: string) =>
  queryOptions({ queryKey: ['timeline', id], queryFn: ({ signal }) => answerOf(rest.timeline(id, signal)) });

/** Files of the session's folder, by what was typed of their names. */
export const folderFilesQuery = (id: string, typed: string) =>
  queryOptions({
    queryKey: ['folder-files', id, typed],
    queryFn: ({ signal }) => answerOf(rest.files(id, typed, signal)),
    staleTime: 10_000,
    gcTime: 60_000,
  });

/** What going back to before a turn would do now: asked anew each time, for the folder may have changed. */
export const previewQuery = (id: string, turnId: string) =>
  queryOptions({
    queryKey: ['rewind-preview', id, turnId],
    queryFn: ({ signal }) => answerOf(rest.rewindPreview(id, turnId, signal)),
    staleTime: 0,
    gcTime: 0,
  });

/** What differs in the folder. `told`: what the log says of it, so that it is asked again when that changes. */
export const changesQuery = (id: string, since: string, told: string) =>
  queryOptions({
    queryKey: ['changes', id, since, told],
    queryFn: ({ signal }) => answerOf(rest.changes(id, since, signal)),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

/** What a session can be started with: models, agents, folders. */
export const choicesQuery = queryOptions({
  queryKey: ['choices'],
  queryFn: ({ signal }) => afterwards(() => rest.choices(signal)),
  staleTime: 15_000,
});

/** What may be spent; `null`: by all sessions together. */
export const budgetsQuery = (sessionId: string | null) =>
  queryOptions({
    queryKey: ['budgets', sessionId],
    queryFn: ({ signal }) => afterwards(() => rest.budgets(sessionId ?? undefined, signal)),
    // Whoever comes back from an editor sees what they wrote into config.toml.
    refetchOnWindowFocus: 'always',
    staleTime: 5_000,
  });

/** Today's figures for the status bar. `today` is the local day, so that the answer changes at midnight. */
export const todayQuery = (today: string) =>
  queryOptions({
    queryKey: ['analytics', 'today', today],
    queryFn: ({ signal }) => afterwards(() => rest.summary({ since: today, until: today, tz: localZone }, signal)),
    placeholderData: keepPreviousData,
  });

export const sessionCountQuery = queryOptions({
  queryKey: ['facets', 'count'],
  queryFn: async ({ signal }) => {
    const facets = await afterwards(() => rest.facets({}, signal));
    return facets.agents.reduce((sum, facet) => sum + facet.count, 0);
  },
  placeholderData: keepPreviousData,
});
