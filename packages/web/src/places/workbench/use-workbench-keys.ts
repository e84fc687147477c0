/** The keys of a session in the workbench. */
import type { FollowedSession } from '@taffrail/client';
import { useKeys } from '../../app/keys.js';
import { useOrder } from '../../app/orders.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import type { LivePanel, WorkbenchSearch } from './url-state.js';

type Input = {
  followed: FollowedSession;
  panel: LivePanel | 'none';
  panels: readonly LivePanel[];
  turns: readonly ShownTurn[];
  /** The turn at the top of the transcript. */
  turnId: string | null;
  change: (next: Partial<WorkbenchSearch>) => void;
  /** `null`: this server finds nothing. */
  onFind: (() => void) | null;
};

export function useWorkbenchKeys({ followed, panel, panels, turns, turnId, change, onFind }: Input): void {
  const { sessionId, session } = followed;
  const answer = useOrder('answer');
  const interrupt = useOrder('interrupt');
  const show = (next: LivePanel) => {
    if (panels.includes(next)) change({ panel: panel === next ? 'none' : next });
  };
  const goTurn = (step: 1 | -1) => {
    const at = turns.findIndex((turn) => turn.turnId === turnId);
    const next = turns[at === -1 ? 0 : at + step];
    if (next) change({ seq: next.seq });
  };
  const decide = (decision: 'allow' | 'always' | 'deny') => {
    const [asked] = session.permissions.values();
    if (asked && !answer.isPending) answer.send({ sessionId, permissionId: asked.permissionId, decision });
  };
  useKeys({
    j: () => goTurn(1),
    k: () => goTurn(-1),
    u: () => show('usage'),
    t: () => show('trace'),
    ...(onFind ? { '/': onFind } : {}),
    a: (event) => decide(event.shiftKey ? 'always' : 'allow'),
    d: () => decide('deny'),
    i: () => document.querySelector<HTMLTextAreaElement>('[data-composer]')?.focus(),
    Escape: () => {
      if (session.status === 'running' || session.status === 'waiting') interrupt.send({ sessionId });
    },
  });
}
