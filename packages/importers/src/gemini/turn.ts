/** Where a Gemini CLI conversation stands: its turns, their steps, and how they ended. */
import type { RowDraft, Sink } from '../contract.js';
import type { GeminiState, Turn } from './state.js';

export type TurnOutcome = Extract<RowDraft, { kind: 'turn.completed' }>['data']['outcome'];

export function startTurn(state: GeminiState, id: string, at: number | null, out: Sink): void {
  if (state.turn?.id === id) return;
  if (state.turn?.outcome === null) endTurn(state, at, 'interrupted', out);
  state.turn = { id, step: 0, messageId: null, outcome: null };
  state.answered = [];
  out.row({ sessionId: state.sessionId, at, turnId: id, key: `turn:${id}`, kind: 'turn.started', data: {} });
}

/** States how the turn ended. Stated again only when it turns out otherwise: the log tells of calls after the text. */
export function endTurn(state: GeminiState, at: number | null, outcome: TurnOutcome, out: Sink, reason?: string): void {
  const { turn } = state;
  if (!turn || turn.outcome === outcome) return;
  turn.outcome = outcome;
  const data = { outcome, ...(reason ? { reason } : {}) };
  out.row({ sessionId: state.sessionId, at, turnId: turn.id, key: `end:${turn.id}`, kind: 'turn.completed', data });
}

/** The step that the model's message `id` is: the one at hand when it is written again, else the next. */
export function stepOf(turn: Turn, id: string): number {
  if (turn.messageId !== id) {
    if (turn.messageId !== null) turn.step += 1;
    turn.messageId = id;
  }
  return turn.step;
}
