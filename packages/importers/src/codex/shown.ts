/**
 * What Codex shows of its tokens when a thread is resumed: the latest `token_count`, for the turn that was the current one
 * when it was written. One without figures counts for the turn; the figures stay those of the one before.
 */
import type { UsageShown } from '@taffrail/wire';
import type { Sink } from '../contract.js';
import { isObject, type JsonObject, numberAt, objectAt } from '../json.js';
import type { CodexState, Place } from './state.js';

const turnsMax = 64;

export function noteTurn(state: CodexState, turnId: string): void {
  state.turnIds = [...state.turnIds.filter((known) => known !== turnId), turnId].slice(-turnsMax);
}

/** A `token_count` event. */
export function readShown(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  const info = event['info'];
  if (isObject(info)) {
    state.shown = {
      total: figuresOf(objectAt(info, 'total_token_usage')),
      last: figuresOf(objectAt(info, 'last_token_usage')),
      contextWindow: wholeAt(info, 'model_context_window') || null,
    };
  }
  tellShown(state, place, out);
}

/** `thread_rolled_back`: the turns are gone, what they used is not; it is shown with the last turn that is left. */
export function readRollback(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  const count = numberAt(event, 'num_turns') ?? 0;
  const left = state.turnIds.slice(0, Math.max(0, state.turnIds.length - count));
  if (left.length === 0) return;
  state.turnIds = left;
  tellShown(state, place, out);
}

function tellShown(state: CodexState, place: Place, out: Sink): void {
  if (!state.shown) return;
  const current = state.turn?.id;
  const turnId = current !== undefined && state.turnIds.includes(current) ? current : state.turnIds.at(-1);
  out.row({
    sessionId: state.sessionId,
    at: place.at,
    ...(turnId === undefined ? {} : { turnId }),
    key: 'shown',
    kind: 'usage.shown',
    data: state.shown,
  });
}

function figuresOf(usage: JsonObject): UsageShown['total'] {
  return {
    totalTokens: wholeAt(usage, 'total_tokens'),
    inputTokens: wholeAt(usage, 'input_tokens'),
    outputTokens: wholeAt(usage, 'output_tokens'),
    cacheReadTokens: wholeAt(usage, 'cached_input_tokens'),
    cacheWriteTokens: wholeAt(usage, 'cache_write_input_tokens'),
    cacheWrite1hTokens: null,
    reasoningTokens: wholeAt(usage, 'reasoning_output_tokens'),
  };
}

/** What is no count is unknown here; it was reported as a problem where the request was read. */
function wholeAt(value: JsonObject, key: string): number | null {
  const found = numberAt(value, key);
  return found !== undefined && Number.isSafeInteger(found) && found >= 0 ? found : null;
}
