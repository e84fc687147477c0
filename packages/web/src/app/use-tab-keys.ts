/** The keys of the tabs: new, close, reopen, by number. They work in every place. */
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useKeys } from './keys.js';
import { useOpenSessions } from './open-sessions.js';
import { useServes } from './serves.js';
import { useTabMoves } from './use-tab-moves.js';

export function useTabKeys(): void {
  const navigate = useNavigate();
  const sessions = useOpenSessions();
  const runs = useServes('live');
  const { close, reopenLast, show } = useTabMoves();
  const current = useRouterState({ select: ({ location }) => (location.search as { s?: string }).s });
  const digits = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [
      `mod+${index + 1}`,
      () => {
        // The ninth is the last one, however many there are, as in a browser.
        const session = index === 8 ? sessions.at(-1) : sessions[index];
        if (session) show(session.id);
      },
    ]),
  );
  useKeys({
    ...digits,
    ...(runs ? { 'mod+t': () => void navigate({ to: '/', search: { s: 'new' } }), 'mod+shift+t': reopenLast } : {}),
    'mod+w': () => {
      const session = sessions.find(({ id }) => id === current);
      if (session) close(session);
    },
  });
}
