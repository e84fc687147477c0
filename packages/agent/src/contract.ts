/** What a turn is given: its setting, and every effect as an argument. The loop itself knows no server and no store. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { Item, PermissionDecision, QueuedInput } from '@taffrail/wire';
import type { ReadBlob } from './files/shown-files.js';
import type { KeyRing } from './keys.js';
import type { CallModel, ModelKey, ModelName, ToolForModel } from './models/contract.js';
import type { Rule } from './permissions/rules.js';
import type { AgentOrder } from './tools/agent.js';
import type { ToolOutcome } from './tools/contract.js';

export interface TurnSetting {
  turnId: string;
  system: string;
  /** In the order in which they are tried. */
  models: readonly ModelName[];
  effort: 'minimal' | 'low' | 'medium' | 'high' | null;
  /** As they are now: an MCP server may change its own while the turn runs. */
  readonly tools: readonly ToolForModel[];
  /** Run after a turn that changed files; `null` where there is none. */
  check: string | null;
  /** Nobody asked anything: the older context is replaced by a summary. */
  compacts: boolean;
}

/** A call whose input could be read. */
export interface ReadyCall {
  callId: string;
  tool: string;
  /** As the tool's schema parsed it. */
  input: unknown;
  subject: string;
  writes: boolean;
  /** May run at the same time as its neighbours. */
  together: boolean;
  /** Of a call that starts a sub-agent. */
  order: AgentOrder | null;
  rule: Rule;
  /** What "always" would allow. */
  pattern: string;
}

/** What is asked besides the conversation, such as for a summary of it: the answer is no part of the transcript. */
export interface Aside {
  /** In place of the conversation. */
  items: readonly Item[];
}

/** A sub-agent that a call has started, or that it had started before its server died: then there is no `order`. */
export interface AgentStart {
  callId: string;
  childSessionId: string;
  order: AgentOrder | null;
}

export interface AgentOutcome extends Pick<ToolOutcome, 'status' | 'text'> {
  changedFiles: boolean;
}

export interface TurnEffects {
  /** Rows into the log, all or nothing, after all text so far; resolves once they are stored. */
  append(rows: readonly NewRow[]): Promise<void>;
  /** More text of an item, from `offset` on: stored soon, with others'. */
  text(place: { partId: string; turnId: string; step: number }, offset: number, text: string): void;
  /** The bytes of a file that came with a message or a result. */
  blob: ReadBlob;
  /** The session with all rows that were stored. */
  state(): SessionState;
  /** Whether the log ever held an item of this name: also one that was taken back since. */
  isUsed(partId: string): boolean;
  key(id: string): ModelKey | null;
  keys: KeyRing;
  /** In tokens; `null` where nobody knows it. */
  contextWindow(model: ModelName): number | null;
  callModel: CallModel;
  /** Why no budget allows a request to this model now, in a sentence; `null` where it may be made. */
  refusal(model: ModelName): Promise<string | null>;
  /** What a call means; a sentence for the model where it means nothing. */
  prepare(call: { callId: string; name: string; text: string }): ReadyCall | { problem: string };
  runTool(call: ReadyCall, output: (text: string) => void, signal: AbortSignal): Promise<ToolOutcome>;
  /**
   * Lets a sub-agent do its task in a session of its own, and resolves with what it says last. `null`: the server stops, and
   * the sub-agent waits on for its next one, as this turn does.
   */
  runAgent(start: AgentStart, signal: AbortSignal): Promise<AgentOutcome | null>;
  runCheck(command: string, signal: AbortSignal): Promise<ToolOutcome>;
  /** What a person has said about this call; `null` where nobody did yet. */
  decided(callId: string): PermissionDecision | null;
  /** Resolves when a person has answered; rejects when the turn is stopped. */
  decision(permissionId: string, signal: AbortSignal): Promise<PermissionDecision>;
  /** Inputs that want to be told now. */
  steers(): readonly QueuedInput[];
  /** Resolves after `ms`, when the keys change, or when the turn is stopped. */
  rest(ms: number | null, signal: AbortSignal): Promise<void>;
  now(): number;
  newId(): string;
}

export type TurnResult = { outcome: 'complete' | 'cancelled' } | { outcome: 'failed'; reason: string };
