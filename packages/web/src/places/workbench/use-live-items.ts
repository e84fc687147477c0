/** The entries of a followed session, as the transcript takes them: its end comes by itself, its past by page. */
import type { FollowedSession } from '@taffrail/client';
import { useCallback, useMemo } from 'react';
import { loadOlder, retrySession } from '../../app/live-session.js';
import type { Items } from '../reader/use-items.js';

export function useLiveItems(id: string, followed: FollowedSession): Items {
  const { session, older, phase } = followed;
  const items = useMemo(() => [...session.items.values()], [session.items]);
  const hasBefore = older.count > 0;
  const window = useMemo(() => ({ items, hasBefore, hasAfter: false }), [items, hasBefore]);
  const loadBefore = useCallback(() => loadOlder(id), [id]);
  const open = useCallback(
    (seq: number | null) => {
      // A place further back is read apart; asking for the beginning is how the transcript tries again.
      if (seq === null) retrySession(id);
    },
    [id],
  );
  return { window, state: phase === 'starting' ? 'loading' : 'ready', opening: 0, loadBefore, loadAfter: noop, open };
}

function noop(): void {}
