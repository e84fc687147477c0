/** What is done with the tabs of the workbench: show, close with a way back, reopen, move. */
import type { SessionSummary } from '@taffrail/wire';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { queryClient } from './api.js';
import { dropFromList, moved, nextTab, openSessionsQuery, orderList } from './open-sessions.js';
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
      const ids = openIds();
      const order = moved(ids, id, before);
      if (order.join() === ids.join()) return;
      orderList(order);
      give('patch', { sessionId: id, position: order.indexOf(id) }).catch(() => undefined);
    };
    return { show, close, reopen, reopenLast, move };
  }, [navigate, s]);
}

function openIds(): string[] {
  return (queryClient.getQueryData(openSessionsQuery.queryKey) ?? []).map(({ id }) => id);
}
