/** What the Claude Code reader must remember between lines: plain JSON, small. */
import type { Item, SessionDescription } from '@taffrail/wire';
import type { Source } from '../contract.js';

/** The message that the last assistant line belonged to: one API message is spread over several lines. */
export interface OpenMessage {
  id: string;
  contentLength: number;
  lastBlock: 'text' | 'thinking' | 'tool' | null;
  finished: boolean;
  /** The latest text block, to tell a grown block from a second one. */
  text: { key: string; length: number; hash: string } | null;
}

/** Where one conversation stands: the main one, and each sub-agent's. */
export interface Thread {
  turnId: string | null;
  ended: boolean;
  /** What the program said in the person's name since the last turn: if the model answers it, it began a turn. */
  trigger: { uuid: string; at: number | null; title: string | null } | null;
  lastAt: number | null;
  step: number;
  message: OpenMessage | null;
  titled: boolean;
  /** The last compaction, which its summary (a later line) completes. */
  compaction: { key: string; item: Extract<Item, { type: 'compaction' }> } | null;
  model: string | null;
}

export interface ClaudeState {
  /** The session a line without `sessionId` belongs to: the file's name. */
  fileSession: string;
  /** The sub-agent whose own file this is. */
  fileAgent: string | null;
  /** When the program began this file; what is older was copied into it. Known only where it said so first. */
  bornAt: number | null;
  /** A line of a conversation was seen. */
  begun: boolean;
  threads: Record<string, Thread>;
  /** Last line of each sub-agent conversation inside this file → the conversation's first line. */
  sidechains: Record<string, string>;
  /** Titles that old versions write before the lines they speak of: line → title. */
  titles: Record<string, string>;
  /** What was said of each session's surroundings. */
  described: Record<string, SessionDescription>;
}

export function startState(source: Source): ClaudeState {
  const name =
    source.path
      .split('/')
      .at(-1)
      ?.replace(/\.jsonl$/, '') ?? source.path;
  const agent = /^agent-(.+)$/.exec(name)?.[1] ?? null;
  return {
    fileSession: agent ? (parentFolderSession(source.path) ?? name) : name,
    fileAgent: agent,
    bornAt: null,
    begun: false,
    threads: {},
    sidechains: {},
    titles: {},
    described: {},
  };
}

/** `<slug>/<session>/subagents/…/agent-x.jsonl` → `<session>`. */
function parentFolderSession(path: string): string | undefined {
  return /([^/]+)\/subagents\//.exec(path)?.[1];
}

export function threadOf(state: ClaudeState, sessionId: string): Thread {
  const known = remembered(state.threads, sessionId);
  if (known) return known;
  const thread: Thread = {
    turnId: null,
    ended: false,
    trigger: null,
    lastAt: null,
    step: 0,
    message: null,
    titled: false,
    compaction: null,
    model: null,
  };
  remember(state.threads, sessionId, thread, threadsMax);
  return thread;
}

// Sub-agents that run at once in one file are few; those that rest are not missed.
const threadsMax = 200;

/**
 * What is remembered under a name that the log chose. Names carry a mark in front, because one like `__proto__`
 * would reach into the language instead.
 */
export function remembered<Value>(memory: Record<string, Value>, name: string): Value | undefined {
  return memory[`@${name}`];
}

/** Remembers `value`; of more than `max`, the oldest is forgotten. */
export function remember<Value>(memory: Record<string, Value>, name: string, value: Value, max: number): void {
  memory[`@${name}`] = value;
  const names = Object.keys(memory);
  if (names.length > max) delete memory[names[0] as string];
}
