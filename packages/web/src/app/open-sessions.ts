/** The sessions that stand in the workbench: their order, which of them have news, how they are closed and moved. */
import type { SessionHint, SessionSummary } from '@taffrail/wire';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, queryClient, rest } from './api.js';
import { useServes } from './serves.js';

export const openSessionsQuery = queryOptions({
  queryKey: ['open'],
  queryFn: async ({ signal }) => {
    const { sessions } = await answerOf(rest.sessions({ open: true, limit: 200 }, signal));
    return inOrder(sessions);
  },
});

const none: readonly SessionSummary[] = [];

/** Whether a session is shown as it goes on: one that has a tab, or a sub-agent, whose parent has. */
export function isShownLive({ origin, open, parentId, status }: SessionSummary): boolean {
  return origin === 'live' && (open || (parentId !== null && status !== 'archived'));
}

/** In the order of the tabs. */
export function useOpenSessions(): readonly SessionSummary[] {
  const runs = useServes('live');
  const open = useQuery({ ...openSessionsQuery, enabled: runs }).data;
  return runs ? (open ?? none) : none;
}

/** The list after what the server told: changed, moved or closed tabs. `null`: a tab is new, so it must be asked for. */
export function withHints(
  open: readonly SessionSummary[],
  hints: readonly SessionHint[],
): readonly SessionSummary[] | null {
  const byId = new Map(hints.map((hint) => [hint.sessionId, hint]));
  if (hints.some((hint) => hint.open && !open.some((one) => one.id === hint.sessionId))) return null;
  if (!open.some((one) => byId.has(one.id))) return open;
  const known = open.map((one) => withHint(one, byId.get(one.id))).filter((one) => one.open);
  return inOrder(known);
}

/** As the tabs stand; what has no place yet comes last. */
function inOrder(sessions: readonly SessionSummary[]): SessionSummary[] {
  const place = ({ position }: SessionSummary) => position ?? Number.POSITIVE_INFINITY;
  return sessions.toSorted((a, b) => place(a) - place(b) || (a.createdAt < b.createdAt ? -1 : 1));
}

/** A session as the list knew it, with what a hint says newer. */
export function withHint(session: SessionSummary, hint: SessionHint | undefined): SessionSummary {
  if (!hint || hint.head < session.head) return session;
  const { head, status, title, open, position } = hint;
  return { ...session, head, status, title, open, position };
}

/** The ids in their order after one was moved before another (to the end: `null`). */
export function moved(ids: readonly string[], id: string, before: string | null): string[] {
  const rest = ids.filter((one) => one !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at === -1 ? [...ids] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** The tab to show when one is closed: its right neighbour, else its left, else none. */
export function nextTab(ids: readonly string[], closed: string): string | null {
  const at = ids.indexOf(closed);
  const rest = ids.filter((one) => one !== closed);
  return rest[Math.min(at, rest.length - 1)] ?? null;
}

/** Closes a tab in the list at once; the server's word follows. */
export function dropFromList(id: string): void {
  queryClient.setQueryData(openSessionsQuery.queryKey, (old) => old?.filter((one) => one.id !== id));
}

/** The places of the tabs whose place this order changes, counted from 1. */
export function newPlaces(
  open: readonly Pick<SessionSummary, 'id' | 'position'>[],
  ids: readonly string[],
): { id: string; position: number }[] {
  const before = new Map(open.map(({ id, position }) => [id, position]));
  return ids
    .map((id, index) => ({ id, position: index + 1 }))
    .filter(({ id, position }) => before.get(id) !== position);
}

/** Puts tabs at their new places at once; the server's word follows. */
export function placeInList(places: readonly { id: string; position: number }[]): void {
  const byId = new Map(places.map(({ id, position }) => [id, position]));
  queryClient.setQueryData(openSessionsQuery.queryKey, (old) =>
    old ? inOrder(old.map((one) => ({ ...one, position: byId.get(one.id) ?? one.position }))) : old,
  );
}
