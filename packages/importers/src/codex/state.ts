/** What the Codex reader must remember between lines: plain JSON, small. */
import type { UsageShown } from '@taffrail/wire';
import type { RowDraft, Source } from '../contract.js';
import type { Totals } from './totals.js';

/** A thread as its `session_meta` line names it. */
export interface Birth {
  id: string;
  /** When the thread was made, in milliseconds; `null` where the log does not say. */
  at: number | null;
}

/** Where a thread comes from: a fork and a sub-agent may begin with a replay of their parent's lines. */
export interface Lineage {
  own: Birth | null;
  parentId: string | null;
  /** Threads whose `session_meta` was replayed into this file, the nearest first. */
  ancestors: Birth[];
  /** The log says that the thread goes on from another one's history. */
  forked: boolean;
  /** The parent's history is referred to, not replayed, and the running totals go on from it. */
  historyBase: boolean;
  /** Lines with a smaller ordinal are the parent's. */
  ownFromOrdinal: number | null;
  /** The version writes (or may write) one usage record per response beside the running totals. */
  writesRecords: boolean;
}

/** The turn that the lines belong to now. */
export interface Turn {
  id: string;
  /** Begun by a mark of its own in the log, not by a prompt. */
  marked: boolean;
  open: boolean;
  prompted: boolean;
  step: number;
  /** The step's response is over: what the model says next is the next step. */
  stepOver: boolean;
  /** The step asked for a tool, so the turn goes on after it. */
  callsTool: boolean;
}

/** What is known of a tool call before its output is logged. */
export interface PendingCall {
  durationMs?: number;
  failed?: boolean;
  childSessionId?: string;
}

export interface CodexState {
  sessionId: string;
  /** The id stands in the file's name; without it the first `session_meta` gives it. */
  named: boolean;
  /** Records stand in envelopes, as in all logs since autumn 2025. */
  hasEnvelopes: boolean;
  lineage: Lineage;
  /** The thread that owns the current turn, where that can be told. */
  turnOwner: string | null;
  turn: Turn | null;
  model: string | null;
  provider: string | null;
  titled: boolean;
  totals: Totals;
  /** The turn of the last usage record: in that turn running totals are not needed. */
  recordedIn: { turnId: string | null } | null;
  /** What the program showed last of its tokens. */
  shown: UsageShown | null;
  /** The latest turns that were not rolled back, the last one last. */
  turnIds: string[];
  calls: Record<string, PendingCall>;
  /** The last thing the model said, which a compaction may turn out to be. */
  lastSaid: { key: string; length: number; hash: string; turnId: string | null; step: number | null } | null;
  described: Record<string, string>;
}

export function startState(source: Source): CodexState {
  const name =
    source.path
      .split('/')
      .at(-1)
      ?.replace(/\.jsonl$/, '') ?? source.path;
  // `rollout-<local time>-<thread>.jsonl`; a reverted thread goes on in `rollout-<local time>-<thread>_<id>.jsonl`.
  const thread = /^rollout-[\dT:-]{19}-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(_|$)/i.exec(
    name,
  )?.[1];
  return {
    sessionId: thread ?? name,
    named: thread !== undefined,
    hasEnvelopes: false,
    lineage: {
      own: null,
      parentId: null,
      ancestors: [],
      forked: false,
      historyBase: false,
      ownFromOrdinal: null,
      writesRecords: false,
    },
    turnOwner: null,
    turn: null,
    model: null,
    provider: null,
    titled: false,
    totals: { known: null, epoch: 0, latestAt: null, counted: [], inherits: null },
    recordedIn: null,
    shown: null,
    turnIds: [],
    calls: {},
    lastSaid: null,
    described: {},
  };
}

/** One line, with its time and what names it where nothing in it does. */
export interface Place {
  at: number | null;
  ordinal: number | null;
  hash(): string;
}

type DraftBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'>;

/** What a row about the current turn and step begins with. */
export function rowBase(state: CodexState, place: Place): DraftBase {
  const turn = state.turn;
  return { sessionId: state.sessionId, at: place.at, ...(turn ? { turnId: turn.id, step: turn.step } : {}) };
}

const callsMax = 64;

/** Keeps what an event tells about a call until the call's output comes; calls that never end are forgotten. */
export function noteCall(state: CodexState, callId: string, note: PendingCall): void {
  state.calls[callId] = { ...state.calls[callId], ...note };
  const known = Object.keys(state.calls);
  if (known.length > callsMax) delete state.calls[known[0] as string];
}

export function takeCall(state: CodexState, callId: string): PendingCall {
  const known = Object.hasOwn(state.calls, callId) ? state.calls[callId] : undefined;
  delete state.calls[callId];
  return known ?? {};
}
