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

let expected: Promise<unknown> = Promise.resolve();

/** It will be shown in a moment: what it is shows sooner when it is asked for now. */
export function expectSession(id: string): void {
  const told = new Promise<void>((resolve) => {
    const stop = liveClient.follow(id, ({ phase }) => {
      if (phase !== 'starting') resolve();
    });
    setTimeout(stop, expectedMs);
  });
  expected = Promise.all([told, queryClient.prefetchQuery(sessionQuery(id))]);
}

/** Resolves when what was expected last is there, or is known not to come. */
export const expectedSession = (): Promise<unknown> => expected;

/** Asks again for a session that could not be shown. */
export function retrySession(id: string): void {
  liveClient.retry(id);
}

/** Asks for a page of older entries. */
export function loadOlder(id: string): void {
  liveClient.loadOlder(id);
}
