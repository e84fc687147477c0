/** Older items by page: asked for by a reader, or to look again at what was kept over a snapshot. */
import type { ItemPage } from '@taffrail/wire';
import { type FollowState, type FollowStep, lastOf, stay } from './follow-state.js';
import { firstSeq, withoutBefore, withPage } from './held-log.js';

/** Asks for the page before `before`. */
export function fetchPage(state: FollowState, before: number): FollowStep {
  const number = state.pagesAsked + 1;
  const page = { number, before, head: lastOf(state) };
  return {
    state: { ...state, page, pagesAsked: number, pageProblem: null },
    effects: [{ type: 'fetch_page', number, before }],
  };
}

/** Reads again what was kept over a snapshot, as far as the snapshot's own pieces have not told it. */
export function recheck(state: FollowState): FollowStep {
  return state.recheckTo === null || state.page ? stay(state) : fetchPage(state, state.recheckedFrom);
}

/** Nothing is asked for while older items come by themselves. */
export function loadOlder(state: FollowState): FollowStep {
  if (!state.log || state.page || state.log.rest.more || state.log.olderCount <= 0) return stay(state);
  return fetchPage(state, firstSeq(state.log.session));
}

export function receivePage(state: FollowState, number: number, page: ItemPage): FollowStep {
  const { log, page: asked, recheckTo } = state;
  if (!log || asked?.number !== number) return stay(state);
  // It may have been read before a row that was passed over, because its item was not here: nobody would revise it then.
  if (log.missedAt > asked.head) return fetchPage(state, asked.before);
  const next = { ...state, log: withPage(log, page, asked.before), page: null };
  const from = page.items[0]?.seq;
  if (recheckTo !== null && from !== undefined && from > recheckTo) return fetchPage(next, from);
  return stay({ ...next, recheckTo: null });
}

export function failPage(state: FollowState, number: number, problem: string): FollowStep {
  if (state.page?.number !== number) return stay(state);
  return stay({ ...withoutUnread(state), page: null, pageProblem: problem });
}

/** Without what was kept over a snapshot and has not been read again: nobody knows whether it still holds. */
export function withoutUnread(state: FollowState): FollowState {
  const { log, page, recheckTo, recheckedFrom } = state;
  if (!log || recheckTo === null) return state;
  return { ...state, log: withoutBefore(log, page?.before ?? recheckedFrom), recheckTo: null };
}
