/** One live session as its readers see it: what the line has told, nothing of our own. */
import type { FollowedSession } from '@taffrail/client';
import { useCallback, useSyncExternalStore } from 'react';
import { queryClient } from './api.js';
import { liveClient } from './live.js';
import { sessionQuery } from './queries.js';

/** Follows a session while the component lives. `null`: nothing is known yet. */
export function useLiveSession(id: string): FollowedSession | null {
  const subscribe = useCallback((changed: () => void) => liveClient.follow(id, changed), [id]);
  return useSyncExternalStore(
    subscribe,
    useCallback(() => liveClient.view(id), [id]),
  );
}

const expectedMs = 5_000;

/** It will be shown in a moment: what it is shows sooner when it is asked for now. */
export function expectSession(id: string): void {
  const stop = liveClient.follow(id, () => undefined);
  setTimeout(stop, expectedMs);
  void queryClient.prefetchQuery(sessionQuery(id));
}

/** Asks again for a session that could not be shown. */
export function retrySession(id: string): void {
  liveClient.retry(id);
}

/** Asks for a page of older entries. */
export function loadOlder(id: string): void {
  liveClient.loadOlder(id);
}
