/** Notices of the system, if they are wanted: a session is done or asks while nobody looks at this page. */
import type { SessionHint, SessionStatus } from '@taffrail/wire';
import { useSyncExternalStore } from 'react';

const storageKey = 'taffrail.notify';
const listeners = new Set<() => void>();

/** `off` not wanted; `on`; `refused` the browser was told to show none; `missing` it can't. */
export type NotifyState = 'off' | 'on' | 'refused' | 'missing';

function state(): NotifyState {
  if (!('Notification' in globalThis)) return 'missing';
  if (Notification.permission === 'denied') return 'refused';
  try {
    return localStorage.getItem(storageKey) === 'on' && Notification.permission === 'granted' ? 'on' : 'off';
  } catch {
    return 'off';
  }
}

export function useNotifyState(): NotifyState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, state);
}

/** Switches the notices; the browser asks the person the first time. */
export async function setNotify(isWanted: boolean): Promise<void> {
  if (isWanted) await Notification.requestPermission();
  try {
    localStorage.setItem(storageKey, isWanted ? 'on' : 'off');
  } catch {
    // Without storage there is nothing to remember it by.
  }
  for (const listener of listeners) listener();
}

/** What is worth telling about a session that went from one status to another; `null` where nothing is. */
export function newsOf(before: SessionStatus | undefined, now: SessionStatus): string | null {
  if (before !== 'running' && before !== 'waiting') return null;
  if (before === now) return null;
  switch (now) {
    case 'waiting':
      return 'waits, for you or for a key';
    case 'idle':
      return 'is done';
    case 'failed':
      return 'failed';
    case 'interrupted':
      return 'was interrupted';
    default:
      return null;
  }
}

/** Shows a notice for a hint; a click brings the page and the session to the front. */
export function notifyOf(hint: SessionHint, before: SessionStatus | undefined, open: (id: string) => void): void {
  const news = newsOf(before, hint.status);
  if (news === null || document.visibilityState === 'visible' || state() !== 'on') return;
  const notice = new Notification(hint.title ?? 'A session', { body: `It ${news}.`, tag: hint.sessionId });
  notice.onclick = () => {
    window.focus();
    open(hint.sessionId);
    notice.close();
  };
}
