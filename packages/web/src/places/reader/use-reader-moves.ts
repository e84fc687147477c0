/** How one moves in the reader: its address, the entry it asks for, and the keys. */
import type { TimelineTurn } from '@taffrail/wire';
import { type useNavigate, useRouterState } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useKeys } from '../../app/keys.js';
import { neighbourOf } from '../../app/neighbours.js';
import { withChanges } from '../../app/search-params.js';
import type { Panel, ReaderSearch } from './url-state.js';
import type { Target } from './use-scroll-to-target.js';

type Navigate = ReturnType<typeof useNavigate>;
type Change = (next: Partial<ReaderSearch>) => void;

/** The entry that the address asks for, or null where it asks for none. */
export function useTarget(seq: number | undefined): Target | null {
  // The same entry may be asked for twice: every navigation counts as a wish of its own.
  const visit = useRouterState({ select: (state) => state.location.state.__TSR_index ?? 0 });
  return useMemo(() => (seq === undefined ? null : { seq, visit: visit + 1 }), [seq, visit]);
}

/** Changes the address of a session: what is given is set, `undefined` is taken out, the rest stays. */
export function useChange(navigate: Navigate, id: string): Change {
  return useCallback(
    (next: Partial<ReaderSearch>) => {
      void navigate({
        to: '/s/$id',
        params: { id },
        // The router knows the searches of all places; at this address it is the reader's.
        search: (old) => withChanges(old as ReaderSearch, next),
        replace: true,
      });
    },
    [navigate, id],
  );
}

type Moves = {
  id: string;
  search: ReaderSearch;
  panel: Panel | 'none';
  panels: readonly Panel[];
  turns: readonly TimelineTurn[];
  /** The turn at the top of the transcript. */
  turnId: string | null;
  change: Change;
  navigate: Navigate;
  /** `null`: this server finds nothing. */
  onFind: (() => void) | null;
};

export function useReaderKeys({ id, search, panel, panels, turns, turnId, change, navigate, onFind }: Moves): void {
  const show = (next: Panel) => {
    if (panels.includes(next)) change({ panel: panel === next ? 'none' : next });
  };
  const goTurn = (step: 1 | -1) => {
    const at = turns.findIndex((turn) => turn.turnId === turnId);
    const next = turns[at === -1 ? 0 : at + step];
    if (next) change({ seq: next.seq });
  };
  const goSession = (step: 1 | -1) => {
    const next = neighbourOf(id, step);
    if (next)
      void navigate({ to: '/s/$id', params: { id: next }, search: search.panel ? { panel: search.panel } : {} });
  };
  useKeys({
    j: () => goTurn(1),
    k: () => goTurn(-1),
    u: () => show('usage'),
    t: () => show('trace'),
    ...(onFind ? { '/': onFind } : {}),
    '[': () => goSession(-1),
    ']': () => goSession(1),
  });
}
