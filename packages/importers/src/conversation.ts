/** Where one conversation stands while its log is read: its turns, their steps, how they ended; and the rows that say so. */
import type { Item, SessionDescription } from '@taffrail/wire';
import type { EmbeddedFile, RowDraft, Sink } from './contract.js';
import { type JsonObject, stringAt } from './json.js';

export type TurnOutcome = Extract<RowDraft, { kind: 'turn.completed' }>['data']['outcome'];

export interface Turn {
  /** Named by the record that began it. */
  id: string;
  step: number;
  /** The model's message that the step stands for, where messages are written more than once. */
  messageId: string | null;
  /** As last stated; `null` while it runs. */
  outcome: TurnOutcome | null;
}

export interface Conversation {
  sessionId: string;
  turn: Turn | null;
}

// Two of them make a sub-agent's; no agent's own id is nearly as long.
const idLengthMax = 96;

/** The session's or sub-agent's id at `key`; a text that cannot be one reads as absent. */
export function idAt(record: JsonObject, key: string): string | undefined {
  const id = stringAt(record, key);
  return id !== undefined && id.length <= idLengthMax ? id : undefined;
}

/** What all rows of one record share. */
export type RowBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'>;

/** The place of a record in its conversation. Outside of turns (a harness text at the head) there is no turn to name. */
export function baseOf({ turn, sessionId }: Conversation, at: number | null): RowBase {
  return { sessionId, at, ...(turn ? { turnId: turn.id } : {}) };
}

export function recordItem(base: RowBase, key: string, data: Item, out: Sink, files: EmbeddedFile[] = []): void {
  out.row({ ...base, key, kind: 'item.recorded', data, ...(files.length > 0 ? { files } : {}) });
}

/** A statement about the session; `key` names the record that makes it. */
export function describe({ sessionId, at }: RowBase, key: string, data: SessionDescription, out: Sink): void {
  out.row({ sessionId, at, key, kind: 'session.described', data });
}

/** Begins a turn unless it is the one at hand, told again. One that never ended was interrupted. */
export function startTurn(conversation: Conversation, id: string, at: number | null, out: Sink): void {
  const { turn, sessionId } = conversation;
  if (turn?.id === id) return;
  if (turn?.outcome === null) endTurn(conversation, at, 'interrupted', out);
  conversation.turn = { id, step: 0, messageId: null, outcome: null };
  out.row({ sessionId, at, turnId: id, key: `turn:${id}`, kind: 'turn.started', data: {} });
}

/**
 * States how the turn ended, again only when it turns out otherwise: a log tells of a text before it tells that
 * the model had called tools as well.
 */
export function endTurn(
  { turn, sessionId }: Conversation,
  at: number | null,
  outcome: TurnOutcome,
  out: Sink,
  reason?: string,
): void {
  if (!turn || turn.outcome === outcome) return;
  turn.outcome = outcome;
  const data = { outcome, ...(reason ? { reason } : {}) };
  out.row({ sessionId, at, turnId: turn.id, key: `end:${turn.id}`, kind: 'turn.completed', data });
}

/** A turn that was over goes on: if the log ends here, it did not end well. */
export function reopenTurn(conversation: Conversation, at: number | null, out: Sink): void {
  if (conversation.turn === null || conversation.turn.outcome === null) return;
  endTurn(conversation, at, 'interrupted', out, 'the tools ran, and no answer followed');
}
