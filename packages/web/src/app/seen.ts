/** What was read: up to which place of its log a session was on view in this browser. It tells which tabs have news. */
import type { SessionSummary } from '@taffrail/wire';
import { useSyncExternalStore } from 'react';

const storageKey = 'taffrail.seen';
const sessionsMax = 300;

type Seen = Readonly<Record<string, number>>;

function stored(): Seen {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Seen) : {};
  } catch {
    return {};
  }
}

let seen: Seen | null = null;
const listeners = new Set<() => void>();

function current(): Seen {
  seen ??= stored();
  return seen;
}

/** A session is on view up to this place. */
export function markSeen(id: string, head: number): void {
  if ((current()[id] ?? -1) >= head) return;
  const { [id]: _old, ...others } = current();
  seen = Object.fromEntries([...Object.entries(others).slice(1 - sessionsMax), [id, head]]);
  try {
    localStorage.setItem(storageKey, JSON.stringify(seen));
  } catch {
    // Storage can be switched off; the marks then last as long as the page.
  }
  for (const listener of listeners) listener();
}

/** News is what is finished or asks: while an answer is being written there is nothing to come and read. */
export function isUnread(
  session: Pick<SessionSummary, 'id' | 'head' | 'status'>,
  seenHead: number | undefined,
): boolean {
  return session.status !== 'running' && session.head > (seenHead ?? 0);
}

export function useSeen(): Seen {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
