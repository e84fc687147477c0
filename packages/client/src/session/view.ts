/** A followed session as its readers see it. */
import { emptySession } from '@taffrail/session';
import type { FollowedSession } from './contract.js';
import type { FollowState } from './follow-state.js';

export function viewOf(state: FollowState): FollowedSession {
  const { sessionId, log, problem } = state;
  const session = log?.session ?? emptySession;
  const count = log?.olderCount ?? 0;
  return {
    sessionId,
    phase: phaseOf(state),
    problem,
    epoch: log?.epoch ?? 0,
    session,
    itemCount: session.items.size + count,
    older: {
      count: Math.max(0, count),
      isLoading: state.page !== null || log?.rest.more === true,
      problem: state.pageProblem,
    },
  };
}

function phaseOf({ isGone, log, isConnected, asked, head, held }: FollowState): FollowedSession['phase'] {
  if (isGone) return 'gone';
  if (!log) return 'starting';
  const isHere = !asked && held.length === 0 && !log.rest.cut && head <= log.session.head;
  return isConnected && isHere ? 'live' : 'catching_up';
}

/** Whether two views show the same, so that nobody need be told. */
export function isSameView(one: FollowedSession, other: FollowedSession): boolean {
  return (
    one.session === other.session &&
    one.phase === other.phase &&
    one.problem === other.problem &&
    one.epoch === other.epoch &&
    one.older.count === other.older.count &&
    one.older.isLoading === other.older.isLoading &&
    one.older.problem === other.older.problem
  );
}
