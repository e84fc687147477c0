/** What is known of a followed session, what was asked for, and what the machine is told and answers. */
import type { SessionState } from '@taffrail/session';
import type { DownFrame, ItemPage, Row, RowsFrame, SnapshotRest, UpFrame } from '@taffrail/wire';

/** Frames that are about one session. */
export type SessionFrame = Extract<
  DownFrame,
  { type: 'subscribed' | 'snapshot' | 'items' | 'text' | 'rows' | 'synced' | 'reset' }
>;

/** The part of a log that is here. `session.head` is the cursor: everything up to it was applied. */
export interface HeldLog {
  epoch: number;
  session: SessionState;
  /** How many items stand before those that are here; less than 0 while some are kept that are no more. */
  olderCount: number;
  /** The last row that spoke of an item that is not here: a page that was read before it is out of date. */
  missedAt: number;
  /** What of its snapshot is still on its way. Items that do not come come by page; a cut text that does not, anew. */
  rest: SnapshotRest;
  /** Of a cut text what has come since: it is shown once it is whole, because a text is drawn anew whenever it changes. */
  cutText: string | null;
}

/**
 * What the server owes. `rows`: a pull; `place`: where the log stands, and the rows from the cursor on; `snapshot`: the
 * session anew. `expected` is the snapshot that the server has announced.
 */
export interface Asked {
  for: 'rows' | 'place' | 'snapshot';
  at: number;
  tries: number;
  expected: { epoch: number; seq: number } | null;
}

/** A page on its way: the items before `before`, asked for when the log stood at `head`. */
export interface AskedPage {
  number: number;
  before: number;
  head: number;
}

export interface HeldFrame {
  frame: RowsFrame;
  /** Of its rows, as JSON. */
  characters: number;
}

export interface FollowState {
  sessionId: string;
  isConnected: boolean;
  isGone: boolean;
  log: HeldLog | null;
  asked: Asked | null;
  /** Where the server's log stands, as far as it was told. */
  head: number;
  /** When something last came that moved this session on. */
  movedAt: number;
  /** What is here is not of one piece with the server's log: nothing of it outlives the next snapshot. */
  isBroken: boolean;
  /** Frames that came before what they follow on, by `from`. */
  held: readonly HeldFrame[];
  page: AskedPage | null;
  pagesAsked: number;
  /** Items back to this seq were kept over a snapshot, and not read again yet. */
  recheckTo: number | null;
  /** Of these, the ones from here on have been read again. */
  recheckedFrom: number;
  problem: string | null;
  pageProblem: string | null;
}

export type FollowInput =
  /** The socket is open: whatever was asked before is forgotten. */
  | { type: 'connected' }
  | { type: 'lost' }
  /** Nobody follows it for now. */
  | { type: 'left' }
  | { type: 'frame'; frame: SessionFrame }
  /** Where the server's log stands: from heartbeats and hints. */
  | { type: 'head'; head: number }
  | { type: 'tick' }
  | { type: 'retry' }
  /** A reader wants more of the past. */
  | { type: 'older' }
  | { type: 'page'; number: number; page: ItemPage }
  | { type: 'page_failed'; number: number; problem: string };

export interface FollowReport {
  kind: 'diverged' | 'overflow';
  detail: string;
}

export type FollowEffect =
  | { type: 'send'; frame: UpFrame }
  | { type: 'fetch_page'; number: number; before: number }
  /** Rows that the log has gained, each once and in their order; what a snapshot tells is not among them. */
  | { type: 'applied'; from: number; rows: readonly Row[]; to: number }
  | { type: 'report'; report: FollowReport };

export interface FollowStep {
  state: FollowState;
  effects: FollowEffect[];
}

export function newFollow(sessionId: string): FollowState {
  return {
    sessionId,
    isConnected: false,
    isGone: false,
    log: null,
    asked: null,
    head: 0,
    movedAt: 0,
    isBroken: false,
    held: [],
    page: null,
    pagesAsked: 0,
    recheckTo: null,
    recheckedFrom: 0,
    problem: null,
    pageProblem: null,
  };
}

export function stay(state: FollowState): FollowStep {
  return { state, effects: [] };
}

/** The cursor; 0 where nothing is here. */
export function lastOf(state: FollowState): number {
  return state.log?.session.head ?? 0;
}

/** Goes on from where a step led. */
export function andThen(step: FollowStep, next: (state: FollowState) => FollowStep): FollowStep {
  const further = next(step.state);
  return { state: further.state, effects: [...step.effects, ...further.effects] };
}

export function reported(step: FollowStep, report: FollowReport): FollowStep {
  return { ...step, effects: [...step.effects, { type: 'report', report }] };
}
