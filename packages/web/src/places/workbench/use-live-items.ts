/** The entries of a followed session, as the transcript takes them: its end comes by itself, its past by page. */
import type { FollowedSession } from '@taffrail/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { loadOlder, retrySession } from '../../app/live-session.js';
import type { Items } from '../reader/use-items.js';

export function useLiveItems(id: string, followed: FollowedSession): Items {
  const { session, older, phase } = followed;
  const items = useMemo(() => [...session.items.values()], [session.items]);
  const [wanted, setWanted] = useState<number | null>(null);
  const first = items[0]?.seq;
  const hasBefore = older.count > 0;
  // A place further back than what is here is reached page by page.
  const isReaching = wanted !== null && hasBefore && first !== undefined && first > wanted && older.problem === null;
  useEffect(() => {
    if (isReaching && !older.isLoading) loadOlder(id);
  }, [id, isReaching, older.isLoading]);
  const window = useMemo(() => ({ items, hasBefore, hasAfter: false }), [items, hasBefore]);
  const loadBefore = useCallback(() => loadOlder(id), [id]);
  const open = useCallback(
    (seq: number | null) => {
      if (seq === null) retrySession(id);
      else setWanted(seq);
    },
    [id],
  );
  const state = phase === 'starting' || isReaching ? 'loading' : 'ready';
  return { window, state, opening: 0, loadBefore, loadAfter: noop, open };
}

function noop(): void {}
