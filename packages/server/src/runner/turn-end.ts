/** The row that ends a turn, with what it took. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { Throughput, tokenFields } from '@taffrail/wire';
import type { ContextSize } from '../acp/transcript.js';

export type TurnOutcome = 'complete' | 'cancelled' | 'failed' | 'interrupted';

interface TurnEnd {
  outcome: TurnOutcome;
  reason?: string;
  contextWindow: (model: string, provider: string) => number | null;
  /** What a hosted agent itself says of its context. */
  context: ContextSize | null;
}

export function turnEnd(
  state: SessionState,
  turnId: string,
  at: number,
  { outcome, reason, contextWindow, context }: TurnEnd,
): NewRow {
  const known = throughputOf(state, turnId, contextWindow);
  const told = context ? { contextTokens: context.tokens, contextWindow: context.window } : {};
  const throughput = known && { ...known, ...told };
  const data = { outcome, ...(reason === undefined ? {} : { reason }), ...(throughput ? { throughput } : {}) };
  return { key: `turn:${turnId}:end`, at, turnId, kind: 'turn.completed', data };
}

function throughputOf(
  state: SessionState,
  turnId: string,
  contextWindow: (model: string, provider: string) => number | null,
): Throughput | null {
  const turn = state.turns.get(turnId);
  if (!turn) return null;
  const requests = [...state.requests.values()].filter((request) => request.turnId === turnId);
  const last = requests.at(-1);
  const sum = (field: (typeof tokenFields)[number]): number | null => {
    const reported = requests.flatMap((request) => request[field] ?? []);
    return reported.length === 0 ? null : reported.reduce((total, figure) => total + figure, 0);
  };
  const known = last && last.inputTokens !== null && last.outputTokens !== null;
  return {
    model: last?.model ?? null,
    startedAt: turn.startedAt,
    requests: requests.length,
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cacheReadTokens: sum('cacheReadTokens'),
    reasoningTokens: sum('reasoningTokens'),
    contextTokens: known ? (last.inputTokens ?? 0) + (last.outputTokens ?? 0) : null,
    contextWindow: last?.model ? contextWindow(last.model, last.provider ?? '') : null,
  };
}
