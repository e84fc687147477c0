/** What is done with the tabs of the workbench: show, close with a way back, reopen, move. */
import type { SessionSummary } from '@taffrail/wire';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { queryClient } from './api.js';
import { dropFromList, moved, newPlaces, nextTab, openSessionsQuery, placeInList } from './open-sessions.js';
import { give } from './orders.js';
import { showToast } from './toasts.js';

/** Closed in this page, the last one at the end: ⌘⇧T takes them back in turn. */
const closed: string[] = [];

type Named = Pick<SessionSummary, 'id' | 'title'>;

export function useTabMoves() {
  const navigate = useNavigate();
  const { s } = useSearch({ strict: false }) as { s?: string };
  return useMemo(() => {
    const show = (id: string | null) => void navigate({ to: '/', search: id === null ? {} : { s: id } });
    const reopen = (id: string) => {
      closed.splice(closed.lastIndexOf(id) >>> 0, 1);
      give('reopen', { sessionId: id }).then(
        () => show(id),
        () => undefined,
      );
    };
    const close = (session: Named) => {
      const ids = openIds();
      if (session.id === s) show(nextTab(ids, session.id));
      dropFromList(session.id);
      closed.push(session.id);
      give('close', { sessionId: session.id }).then(
        () =>
          showToast({
            text: `“${session.title ?? 'Untitled'}” was closed and is kept in Sessions.`,
            isError: false,
            action: { label: 'Undo', run: () => reopen(session.id) },
          }),
        () => undefined,
      );
    };
    const reopenLast = () => {
      const last = closed.at(-1);
      if (last !== undefined) reopen(last);
    };
    const move = (id: string, before: string | null) => {
      const places = newPlaces(openTabs(), moved(openIds(), id, before));
      placeInList(places);
      for (const place of places)
        give('patch', { sessionId: place.id, position: place.position }).catch(() => undefined);
    };
    return { show, close, reopen, reopenLast, move };
  }, [navigate, s]);
}

function openTabs(): SessionSummary[] {
  return queryClient.getQueryData(openSessionsQuery.queryKey) ?? [];
}

function openIds(): string[] {
  return openTabs().map(({ id }) => id);
}
