/** Turns and how a thread stands, from a session's state. */
import type { SessionState } from '@taffrail/session';
import type { Turn } from '@taffrail/wire';
import type { ThreadItem } from '../wire/items.js';
import type { ThreadStatus, ThreadTurn, TurnError } from '../wire/thread.js';
import { itemOf } from './items.js';

/** The name that a client gave an input, by the input's id. */
export type ClientIds = Pick<ReadonlyMap<string, string>, 'get'>;

export type TurnsOf = Pick<SessionState, 'turns' | 'items' | 'description' | 'status'>;

export function statusOf({ status, permissions }: Pick<SessionState, 'status' | 'permissions'>): ThreadStatus {
  switch (status) {
    case 'running':
    case 'waiting':
      return { type: 'active', activeFlags: permissions.size > 0 ? ['waitingOnApproval'] : [] };
    case 'failed':
      return { type: 'systemError' };
    default:
      return { type: 'idle' };
  }
}

/** The turn that runs now. One that has begun in a log and never ended there does not: nobody carries it on. */
export function activeTurn({ turns, status }: Pick<SessionState, 'turns' | 'status'>): string | null {
  if (status !== 'running' && status !== 'waiting') return null;
  return [...turns.values()].findLast(({ outcome }) => outcome === 'running')?.turnId ?? null;
}

export function turnOf(
  turn: Turn,
  state: TurnsOf,
  items: readonly ThreadItem[],
  view: ThreadTurn['itemsView'],
): ThreadTurn {
  const started = Date.parse(turn.startedAt);
  const ended = turn.finishedAt === null ? null : Date.parse(turn.finishedAt);
  const status = turnStatus(turn, state);
  return {
    id: turn.turnId,
    items: [...items],
    itemsView: view,
    status,
    error: status === 'failed' ? turnError(turn.reason) : null,
    startedAt: Math.floor(started / 1000),
    completedAt: ended === null ? null : Math.floor(ended / 1000),
    durationMs: ended === null ? null : Math.max(0, ended - started),
  };
}

/** All turns in their order, with their items. */
export function turnsOf(state: TurnsOf, clientIds: ClientIds): ThreadTurn[] {
  const byTurn = new Map<string, ThreadItem[]>();
  for (const { turnId, item } of itemsOf(state, clientIds)) byTurn.set(turnId, [...(byTurn.get(turnId) ?? []), item]);
  return [...state.turns.values()].map((turn) => turnOf(turn, state, byTurn.get(turn.turnId) ?? [], 'full'));
}

/** The items of all turns in the order of their places. What belongs to no turn is shown with none. */
export function itemsOf(state: TurnsOf, clientIds: ClientIds): { turnId: string; item: ThreadItem }[] {
  return [...state.items.values()].flatMap((placed) => {
    const item = placed.turnId === null ? null : itemOf(placed, state, clientIdOf(placed.id, clientIds));
    return item && placed.turnId !== null ? [{ turnId: placed.turnId, item }] : [];
  });
}

export function clientIdOf(itemId: string, clientIds: ClientIds): string | null {
  return clientIds.get(itemId.replace(/^input:/, '')) ?? null;
}

export function turnError(reason: string | null): TurnError {
  return { message: reason ?? 'The turn failed.', codexErrorInfo: null, additionalDetails: null };
}

function turnStatus(turn: Turn, state: TurnsOf): ThreadTurn['status'] {
  switch (turn.outcome) {
    case 'complete':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'running':
      return activeTurn(state) === turn.turnId ? 'inProgress' : 'interrupted';
    default:
      return 'interrupted';
  }
}
