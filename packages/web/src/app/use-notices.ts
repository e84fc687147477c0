/** Hears of sessions that are done or ask, and tells the person who looks elsewhere. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from './api.js';
import { onSessionHints } from './live.js';
import { notifyOf } from './notify.js';
import { openSessionsQuery } from './open-sessions.js';

export function useNotices(): void {
  const navigate = useNavigate();
  useEffect(
    () =>
      onSessionHints((hints) => {
        // The list still says how they stood before.
        const before = queryClient.getQueryData(openSessionsQuery.queryKey) ?? [];
        for (const hint of hints) {
          const known = before.find(({ id }) => id === hint.sessionId);
          notifyOf(hint, known?.status, (id) => void navigate({ to: '/', search: { s: id } }));
        }
      }),
    [navigate],
  );
}
