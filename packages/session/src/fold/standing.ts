/** How a session stands apart from its items: what a snapshot tells, and the state that a fold goes on from it. */
import type { SessionSnapshot } from '@taffrail/wire';
import { emptySession, type SessionState, warningName } from './state.js';

export type Standing = Pick<
  SessionSnapshot,
  | 'status'
  | 'turns'
  | 'queue'
  | 'permissions'
  | 'waiting'
  | 'openSpans'
  | 'discarded'
  | 'changes'
  | 'rewinds'
  | 'restoring'
  | 'budgetWarnings'
>;

export function standingOf(state: SessionState): Standing {
  return {
    status: state.status,
    turns: [...state.turns.values()],
    queue: [...state.queue.values()],
    permissions: [...state.permissions.values()],
    waiting: state.waiting,
    openSpans: [...state.openSpans.values()],
    discarded: [...state.discarded],
    changes: state.changes,
    rewinds: state.rewinds.map(({ aside: _aside, ...mark }) => mark),
    restoring: state.restoring,
    budgetWarnings: [...state.budgetWarnings.values()],
  };
}

/** A session without items that stands so at `head`. */
export function sessionFrom(standing: Standing, head: number): SessionState {
  return {
    ...emptySession,
    head,
    status: standing.status,
    turns: mapBy(standing.turns, ({ turnId }) => turnId),
    queue: mapBy(standing.queue, ({ inputId }) => inputId),
    permissions: mapBy(standing.permissions, ({ permissionId }) => permissionId),
    waiting: standing.waiting,
    openSpans: mapBy(standing.openSpans, ({ spanId }) => spanId),
    discarded: standing.discarded,
    changes: standing.changes,
    // What they set aside is not here: should one be undone, the session is read anew.
    rewinds: standing.rewinds.map((mark) => ({ ...mark, aside: null })),
    restoring: standing.restoring,
    budgetWarnings: mapBy(standing.budgetWarnings, warningName),
  };
}

function mapBy<Value>(values: readonly Value[], key: (value: Value) => string): Map<string, Value> {
  return new Map(values.map((value) => [key(value), value]));
}
