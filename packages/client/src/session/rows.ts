/** Rows as they come: applied where they follow on, held where something before them is missing, dropped where they are known. */
import { DivergedError } from '@taffrail/session';
import type { Row, RowsFrame } from '@taffrail/wire';
import { pull, subscribe, subscribeAnew } from './ask.js';
import { andThen, type FollowState, type FollowStep, type HeldFrame, lastOf, reported, stay } from './follow-state.js';
import { withRows } from './held-log.js';
import { withoutUnread } from './pages.js';

// What is held while something before it is missing; more than that comes faster as a snapshot.
const heldFramesMax = 256;
const heldCharactersMax = 1024 * 1024;

export function receiveRows(state: FollowState, frame: RowsFrame, now: number): FollowStep {
  const { log, asked } = state;
  // The snapshot that is on its way may be older than this.
  if (!log || asked?.for === 'snapshot') return hold(state, frame, now);
  if (frame.epoch !== log.epoch) return asked?.for === 'place' ? stay(state) : subscribe(state, now);
  if (frame.to <= log.session.head) return stay(state);
  const heard = { ...state, head: Math.max(state.head, frame.to) };
  if (frame.from > log.session.head) return hold(heard, frame, now);
  return andThen(apply(heard, frame, now), (next) => drain(next, now));
}

/** Keeps a frame whose rows follow on something that has not come yet, and asks for that. */
function hold(state: FollowState, frame: RowsFrame, now: number): FollowStep {
  const characters = JSON.stringify(frame.rows).length;
  const held = [...state.held, { frame, characters }].sort((one, other) => one.frame.from - other.frame.from);
  if (!isTooMuch(held)) return pull({ ...state, held }, now);
  const detail = `${state.sessionId} after ${lastOf(state)}`;
  const isComing = state.asked?.for === 'snapshot';
  return reported(isComing ? stay({ ...state, held: [] }) : subscribeAnew(state, now), { kind: 'overflow', detail });
}

function isTooMuch(held: readonly HeldFrame[]): boolean {
  const characters = held.reduce((sum, one) => sum + one.characters, 0);
  return held.length > heldFramesMax || characters > heldCharactersMax;
}

function apply(given: FollowState, frame: RowsFrame, now: number): FollowStep {
  const state = frame.rows.some(takesBack) ? withoutUnchecked(given) : given;
  if (!state.log) return stay(state);
  try {
    const log = withRows(state.log, frame.rows, frame.to, state.page?.before ?? 0);
    // The conversation goes on from before what is here: the server says from where.
    if (!log) return subscribeAnew({ ...state, isBroken: true }, now);
    const asked = state.asked?.for === 'rows' ? null : state.asked;
    const from = state.log.session.head;
    const rows = frame.rows.filter(({ seq }) => seq > from);
    const next = { ...state, log, asked, problem: null, movedAt: now };
    const applied: FollowStep = { state: next, effects: [{ type: 'applied', from, rows, to: frame.to }] };
    // A cut text is sent before any rows: it was lost.
    return log.rest.cut && !asked ? andThen(applied, (told) => subscribeAnew(told, now)) : applied;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const step = subscribeAnew({ ...state, isBroken: true }, now);
    return reported(step, { kind: 'diverged', detail: `${state.sessionId}: ${error.message}` });
  }
}

/** Whether the row takes items out, or back, without a word about each of them. */
function takesBack({ kind }: Row): boolean {
  return kind === 'session.rewound' || kind === 'rewind.undone';
}

/** Which of what was kept over a snapshot still stands, nobody could tell after such a row; nor would a page, read before it. */
function withoutUnchecked(state: FollowState): FollowState {
  return state.recheckTo === null ? state : { ...withoutUnread(state), page: null };
}

/** Applies what is held as far as it follows on; asks for what is missing before the rest. */
export function drain(state: FollowState, now: number): FollowStep {
  const { log, asked } = state;
  if (!log || asked?.for === 'snapshot' || state.held.length === 0) return stay(state);
  const { epoch, session } = log;
  const held = state.held.filter(({ frame }) => frame.epoch === epoch && frame.to > session.head);
  const [first, ...rest] = held;
  if (!first) return stay({ ...state, held });
  if (first.frame.from > session.head) return pull({ ...state, held }, now);
  return andThen(apply({ ...state, held: rest }, first.frame, now), (next) => drain(next, now));
}
