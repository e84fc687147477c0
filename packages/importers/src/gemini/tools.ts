/** Tool calls and their results, which Gemini CLI logs together once the tools have run. */

import type { EmbeddedFile, Sink } from '../contract.js';
import { idAt, type RowBase, recordItem } from '../conversation.js';
import { type JsonObject, jsonText, stringAt, timeAt } from '../json.js';
import { type Parts, partList, readParts } from './parts.js';
import type { GeminiState } from './state.js';

// More calls than these never run at once.
const answeredMax = 200;

const statuses = { success: 'ok', error: 'error', cancelled: 'interrupted' } as const;

/** One entry of a model message's `toolCalls`. */
export function readToolCall(state: GeminiState, call: JsonObject, base: RowBase, out: Sink): void {
  const name = stringAt(call, 'name') ?? 'unknown';
  const text = jsonText(call['args'] ?? {});
  const callId = stringAt(call, 'id') ?? `${name}:${state.answered.length}`;
  recordItem(base, `call:${callId}`, { type: 'tool_call', callId, name, text }, out);
  const status = statuses[call['status'] as keyof typeof statuses];
  if (!status) return;
  if (!state.answered.includes(callId)) state.answered.push(callId);
  if (state.answered.length > answeredMax) state.answered.shift();
  const result = readParts(call['result']);
  const childSessionId = idAt(call, 'agentId');
  answer(
    { ...base, at: timeAt(call, 'timestamp') ?? base.at },
    { callId, text: resultText(call, result), status, childSessionId, files: result.files },
    out,
  );
}

/** Results that went back to the model without a record of the calls: told only where nothing else told them. */
export function readAnswers(state: GeminiState, parts: Parts, base: RowBase, out: Sink): void {
  for (const { id, text, failed } of parts.answers) {
    if (!id || state.answered.includes(id)) continue;
    answer(base, { callId: id, text, status: failed ? 'error' : 'ok', childSessionId: undefined, files: [] }, out);
  }
}

interface ToolAnswer {
  callId: string;
  text: string;
  status: 'ok' | 'error' | 'interrupted';
  childSessionId: string | undefined;
  files: EmbeddedFile[];
}

function answer(base: RowBase, { callId, text, status, childSessionId, files }: ToolAnswer, out: Sink): void {
  const child = childSessionId ? { childSessionId } : {};
  recordItem(base, `result:${callId}`, { type: 'tool_result', callId, text, status, ...child }, out, files);
}

/** What the model was given; where nothing was, what the person was shown. */
function resultText(call: JsonObject, result: Parts): string {
  const given = [...result.answers.map((answered) => answered.text), result.text].filter((text) => text !== '');
  if (given.length > 0 || partList(call['result']).length > 0) return given.join('\n');
  return stringAt(call, 'resultDisplay') ?? '';
}
