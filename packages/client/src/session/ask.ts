/** What a follower asks of the server, and how long it waits for an answer. */
import type { SubscribeFrame } from '@taffrail/wire';
import { type Asked, type FollowState, type FollowStep, lastOf, stay } from './follow-state.js';

/** Something is missing and nothing has come for this long: it is asked for again. */
export const stallMs = 5_000;
const patienceMsMax = 30_000;

/** How long an answer may take; longer with every try, because a busy server is not helped by questions. */
export function patienceMs({ tries }: Asked): number {
  return Math.min(stallMs * 2 ** tries, patienceMsMax);
}

function asking(state: FollowState, what: Asked['for'], now: number): FollowState {
  const tries = state.asked && state.asked.for !== 'rows' ? state.asked.tries + 1 : 0;
  return { ...state, asked: { for: what, at: now, tries, expected: null }, movedAt: now };
}

/** Subscribes from the cursor on, or for the session as it stands where nothing is here. */
export function subscribe(state: FollowState, now: number): FollowStep {
  const { log, sessionId, isBroken } = state;
  if (!log || isBroken) return subscribeAnew(state, now);
  if (!state.isConnected) return stay(state);
  const frame: SubscribeFrame = { type: 'subscribe', sessionId, epoch: log.epoch, after: log.session.head };
  return { state: asking(state, 'place', now), effects: [{ type: 'send', frame }] };
}

/** Subscribes for the session as it stands: what is here is not of one piece with the log. */
export function subscribeAnew(state: FollowState, now: number): FollowStep {
  const { sessionId } = state;
  if (!state.isConnected) return stay(state);
  const frame: SubscribeFrame = { type: 'subscribe', sessionId };
  return { state: { ...asking(state, 'snapshot', now), held: [] }, effects: [{ type: 'send', frame }] };
}

/** Asks for the rows after the cursor, unless an answer is on its way already. */
export function pull(state: FollowState, now: number): FollowStep {
  if (state.asked || !state.isConnected) return stay(state);
  const { sessionId } = state;
  const next = asking(state, 'rows', now);
  return { state: next, effects: [{ type: 'send', frame: { type: 'pull', sessionId, after: lastOf(state) } }] };
}

/** Asks again once the patience with the last question is over; one that stays open becomes a problem to be shown. */
export function askAgain(state: FollowState, asked: Asked, now: number): FollowStep {
  if (now - asked.at < patienceMs(asked)) return stay(state);
  const step = asked.for === 'snapshot' ? subscribeAnew(state, now) : subscribe(state, now);
  const problem = asked.for === 'rows' ? state.problem : 'The server has not answered for this session yet.';
  return { ...step, state: { ...step.state, problem } };
}
