/** A turn's calls as its log tells them: which have no result, and which were made before. Pure. */
import type { SessionState } from '@taffrail/session';

export interface OpenCall {
  callId: string;
  name: string;
  text: string;
  step: number;
}

/** The calls of a turn that have no result, in their order. */
export function openCalls({ items }: SessionState, turnId: string): OpenCall[] {
  return [...items.values()].flatMap(({ item, turnId: of, step }) =>
    item.type === 'tool_call' && of === turnId && !isAnswered(items, item.callId)
      ? [{ callId: item.callId, name: item.name, text: item.text, step: step ?? 0 }]
      : [],
  );
}

function isAnswered(items: SessionState['items'], callId: string): boolean {
  const result = items.get(`result:${callId}`)?.item;
  return result !== undefined && !('streaming' in result);
}

/** How often the same call with the same input was made in a row in this turn, up to the call `callId`, or the last. */
export function repeatsOf(state: SessionState, turnId: string, callId?: string): number {
  const calls = callsOf(state, turnId);
  const until = callId === undefined ? calls.length - 1 : calls.findIndex((call) => call.callId === callId);
  const last = calls[until];
  const other = calls.findLastIndex(
    (call, at) => at <= until && !(call.name === last?.name && call.text === last?.text),
  );
  return until - other;
}

/** How many calls of this name the turn has made, up to the call `callId` and with it. */
export function countOf(state: SessionState, turnId: string, name: string, callId: string): number {
  const calls = callsOf(state, turnId);
  const until = calls.findIndex((call) => call.callId === callId);
  return calls.filter((call, at) => at <= until && call.name === name).length;
}

function callsOf({ items }: SessionState, turnId: string) {
  return [...items.values()].flatMap(({ item, turnId: of }) =>
    item.type === 'tool_call' && of === turnId ? [item] : [],
  );
}
