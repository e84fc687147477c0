/** What the Copilot reader must remember between lines: plain JSON, small. */
import type { RowDraft, Source } from '../contract.js';

/** One conversation in the file: the main one, and each sub-agent's. */
export interface Thread {
  turnId: string | null;
  step: number;
  open: boolean;
  /** The last answer asked for a tool, so the turn goes on. */
  callsTool: boolean;
  model: string | null;
  titled: boolean;
}

/** A tool call whose result has not come yet. */
export interface OpenCall {
  sessionId: string;
  startedAt: number | null;
  /** The sub-agent that does the work. */
  childSessionId?: string;
}

export interface CopilotState {
  /** The main session's id: the folder's name, or the file's own word. */
  sessionId: string;
  named: boolean;
  threads: Record<string, Thread>;
  calls: Record<string, OpenCall>;
  /** The version writes a usage record per request: other places with figures only repeat them. */
  hasRecords: boolean;
  described: Record<string, string>;
}

export function startState(source: Source): CopilotState {
  const folder = /([^/]+)\/events\.jsonl$/.exec(source.path)?.[1];
  const name =
    source.path
      .split('/')
      .at(-1)
      ?.replace(/\.jsonl$/, '') ?? source.path;
  return {
    sessionId: folder ?? name,
    named: folder !== undefined,
    threads: {},
    calls: {},
    hasRecords: false,
    described: {},
  };
}

/** One event: whose it is, when, and what names it. */
export interface Place {
  sessionId: string;
  at: number | null;
  eventId: string;
}

export function threadOf(state: CopilotState, sessionId: string): Thread {
  const known = Object.hasOwn(state.threads, sessionId) ? state.threads[sessionId] : undefined;
  if (known) return known;
  const thread: Thread = { turnId: null, step: 0, open: false, callsTool: false, model: null, titled: false };
  state.threads[sessionId] = thread;
  return thread;
}

/** What a row about the thread's current turn and step begins with. */
export function rowBase(thread: Thread, place: Place): Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'> {
  return {
    sessionId: place.sessionId,
    at: place.at,
    ...(thread.turnId ? { turnId: thread.turnId, step: thread.step } : {}),
  };
}

const callsMax = 64;

/** Calls that never end are forgotten, the oldest first. */
export function noteCall(state: CopilotState, callId: string, call: OpenCall): void {
  state.calls[callId] = { ...state.calls[callId], ...call };
  const known = Object.keys(state.calls);
  if (known.length > callsMax) delete state.calls[known[0] as string];
}

export function callOf(state: CopilotState, callId: string): OpenCall | undefined {
  return Object.hasOwn(state.calls, callId) ? state.calls[callId] : undefined;
}
