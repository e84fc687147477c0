/**
 * Following one session as a pure machine: (state, input, now) → {state, effects}. It holds the part of the log that its
 * readers see, asks for what is missing, and never applies anything twice.
 */
import { type SnapshotFrame, unreachable } from '@taffrail/wire';
import { askAgain, pull, stallMs, subscribe, subscribeAnew } from './ask.js';
import {
  andThen,
  type FollowInput,
  type FollowState,
  type FollowStep,
  lastOf,
  type SessionFrame,
  stay,
} from './follow-state.js';
import { keptBefore, logFrom, turnsBefore } from './held-log.js';
import { failPage, loadOlder, receivePage, recheck, withoutUnread } from './pages.js';
import { endPieces, receiveItems, receiveText } from './pieces.js';
import { drain, receiveRows } from './rows.js';

type FrameOf<Type extends SessionFrame['type']> = Extract<SessionFrame, { type: Type }>;

/** One step of the machine. */
export function stepFollow(state: FollowState, input: FollowInput, now: number): FollowStep {
  switch (input.type) {
    case 'connected':
      return connect({ ...calm(state), isConnected: true }, now);
    case 'lost':
      return stay({ ...calm(state), isConnected: false });
    case 'left':
      return stay({ ...calm(withoutUnread(state)), isConnected: false, page: null });
    case 'frame':
      return receive(state, input.frame, now);
    case 'head':
      return hear(state, input.head, now);
    case 'tick':
      return state.asked && state.isConnected ? askAgain(state, state.asked, now) : lookForMissing(state, now);
    case 'retry':
      return subscribe({ ...calm(state), pageProblem: null }, now);
    case 'older':
      return loadOlder(state);
    case 'page':
      return receivePage(state, input.number, input.page);
    case 'page_failed':
      return failPage(state, input.number, input.problem);
    default:
      return unreachable(input);
  }
}

/** Goes on from the cursor; with a text that was cut when the line was lost, there is none to go on from. */
function connect(state: FollowState, now: number): FollowStep {
  const { log } = state;
  if (log?.rest.cut) return subscribeAnew(state, now);
  return andThen(endPieces(state, now), (ended) => subscribe(ended, now));
}

/** Forgets what was asked and what waits for it: the line that it was asked on is no more. */
function calm(state: FollowState): FollowState {
  return { ...state, isGone: false, asked: null, held: [], problem: null };
}

function receive(state: FollowState, frame: SessionFrame, now: number): FollowStep {
  switch (frame.type) {
    case 'subscribed':
      return receiveSubscribed(state, frame, now);
    case 'snapshot':
      return receiveSnapshot(state, frame, now);
    case 'items':
      return receiveItems(state, frame, now);
    case 'text':
      return receiveText(state, frame, now);
    case 'rows':
      return receiveRows(state, frame, now);
    case 'synced':
      return receiveSynced(state, frame, now);
    case 'reset':
      return receiveReset(state, frame, now);
    default:
      return unreachable(frame);
  }
}

function receiveSubscribed(state: FollowState, frame: FrameOf<'subscribed'>, now: number): FollowStep {
  const { asked, log } = state;
  const { epoch, head, mode, status } = frame;
  if (!asked || asked.for === 'rows') return stay(state);
  const heard = { ...state, isGone: false, problem: null, head, movedAt: now };
  if (mode === 'snapshot')
    return stay({ ...heard, asked: { ...asked, for: 'snapshot', at: now, expected: { epoch, seq: head } } });
  if (!log || asked.for === 'snapshot') return stay(state);
  const answered = { ...heard, asked: null };
  if (log.epoch !== epoch) return subscribeAnew({ ...answered, isBroken: true }, now);
  // Both have the same rows and read different things in them: one of them is wrong, and it is not the server.
  const isWrong = head === log.session.head && status !== 'archived' && status !== log.session.status;
  return isWrong ? subscribeAnew({ ...answered, isBroken: true }, now) : drain(answered, now);
}

function receiveSnapshot(state: FollowState, frame: SnapshotFrame, now: number): FollowStep {
  const { asked, log } = state;
  const isExpected = asked?.expected?.epoch === frame.epoch && asked.expected.seq === frame.seq;
  const isSameLog = log?.epoch === frame.epoch;
  const isLater = !log || frame.epoch > log.epoch || (isSameLog && frame.seq >= log.session.head);
  if (!isExpected && !isLater) return stay(state);
  const kept = state.isBroken ? [] : keptBefore(log, frame);
  const next: FollowState = {
    ...state,
    isGone: false,
    isBroken: false,
    problem: null,
    asked: null,
    log: logFrom(frame, kept, kept.length > 0 ? turnsBefore(log, frame) : []),
    head: isSameLog && !isExpected ? Math.max(frame.seq, state.head) : frame.seq,
    movedAt: now,
    page: null,
    recheckTo: kept[0]?.seq ?? null,
    recheckedFrom: frame.state.items[0]?.seq ?? 0,
  };
  const step = frame.rest.more ? stay(next) : recheck(next);
  return andThen(step, (applied) => drain(applied, now));
}

/** The server has sent all up to there: what does not reach so far was lost on the way. */
function receiveSynced(state: FollowState, { seq }: FrameOf<'synced'>, now: number): FollowStep {
  const asked = state.asked?.for === 'rows' && seq === lastOf(state) ? null : state.asked;
  return endPieces({ ...state, asked, head: Math.max(state.head, seq) }, now);
}

function receiveReset(state: FollowState, { reason, detail }: FrameOf<'reset'>, now: number): FollowStep {
  switch (reason) {
    case 'epoch':
      return subscribe(state, now);
    case 'unknown_session':
      return stay({ ...calm(state), isGone: true });
    case 'failed':
      return stay({ ...calm(state), problem: detail });
    default:
      return unreachable(reason);
  }
}

function hear(state: FollowState, head: number, now: number): FollowStep {
  // It was not there, and now somebody tells of it.
  if (state.isGone) return subscribe(calm(state), now);
  return lookForMissing({ ...state, head }, now);
}

/** Asks for what the server has and this reader has not, once nothing has come for a while. Mere silence is no stall. */
function lookForMissing(state: FollowState, now: number): FollowStep {
  if (!state.log || state.asked || now - state.movedAt < stallMs) return stay(state);
  return andThen(endPieces(state, now), (ended) => askForMissing(ended, now));
}

function askForMissing(state: FollowState, now: number): FollowStep {
  const { log, head, held, asked } = state;
  if (!log || asked) return stay(state);
  if (head > log.session.head || held.length > 0) return pull(state, now);
  return head < log.session.head ? subscribe(state, now) : stay(state);
}
