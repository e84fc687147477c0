/** One live session as its readers see it: what the line has told, nothing of our own. */
import type { FollowedSession } from '@taffrail/client';
import { useCallback, useSyncExternalStore } from 'react';
import { liveClient } from './live.js';

/** Follows a session while the component lives. `null`: nothing is known yet. */
export function useLiveSession(id: string): FollowedSession | null {
  const subscribe = useCallback((changed: () => void) => liveClient.follow(id, changed), [id]);
  return useSyncExternalStore(
    subscribe,
    useCallback(() => liveClient.view(id), [id]),
  );
}

/** Asks again for a session that could not be shown. */
export function retrySession(id: string): void {
  liveClient.retry(id);
}

/** Asks for a page of older entries. */
export function loadOlder(id: string): void {
  liveClient.loadOlder(id);
}
