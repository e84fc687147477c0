/** What the Claude Code reader must remember between lines: plain JSON, small. */
import type { Item } from '@taffrail/wire';
import type { Source } from '../contract.js';

/** The message that the last assistant line belonged to: one API message is spread over several lines. */
export interface OpenMessage {
  id: string;
  contentLength: number;
  callsTool: boolean;
  finished: boolean;
  /** The latest text block, to tell a grown block from a second one. */
  text: { key: string; text: string } | null;
}

/** Where one conversation stands: the main one, and each sub-agent's. */
export interface Thread {
  turnId: string | null;
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
  /** When the program first wrote to this file; what is older was copied into it. */
  bornAt: number | null;
  threads: Record<string, Thread>;
  /** Last line of each sub-agent conversation inside this file → the conversation's first line. */
  sidechains: Record<string, string>;
  described: Record<string, string>;
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
    threads: {},
    sidechains: {},
    described: {},
  };
}

/** `<slug>/<session>/subagents/…/agent-x.jsonl` → `<session>`. */
function parentFolderSession(path: string): string | undefined {
  return /([^/]+)\/subagents\//.exec(path)?.[1];
}

export function threadOf(state: ClaudeState, sessionId: string): Thread {
  const known = state.threads[sessionId];
  if (known) return known;
  const thread: Thread = { turnId: null, step: 0, message: null, titled: false, compaction: null, model: null };
  state.threads[sessionId] = thread;
  return thread;
}
