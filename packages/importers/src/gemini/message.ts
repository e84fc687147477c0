/** One message of a Gemini CLI conversation; the same record in JSON Lines and in whole documents. */

import type { Sink } from '../contract.js';
import { baseOf, endTurn, recordItem } from '../conversation.js';
import { isObject, type JsonObject, stringAt, timeAt } from '../json.js';
import { readModel } from './model.js';
import { readParts } from './parts.js';
import type { GeminiState } from './state.js';
import { readUser } from './user.js';

type MessageReader = (state: GeminiState, message: JsonObject, id: string, out: Sink) => void;

const readers: Record<string, MessageReader> = {
  user: readUser,
  gemini: readModel,
  qwen: readModel,
  info: readNotice,
  warning: readNotice,
  error: readError,
};

/** Reads one message; false when it is of a kind that nobody has seen. */
export function readMessage(state: GeminiState, message: JsonObject, id: string, out: Sink): boolean {
  const reader = readers[stringAt(message, 'type') ?? ''];
  reader?.(state, message, id, out);
  return reader !== undefined;
}

/** What the program told the person beside the conversation. */
function readNotice(state: GeminiState, message: JsonObject, id: string, out: Sink): void {
  const { text } = readParts(message['content']);
  const at = timeAt(message, 'timestamp');
  if (text === '') return;
  recordItem(baseOf(state, at), `message:${id}`, { type: 'message', role: 'system', author: 'harness', text }, out);
  if (text === 'Request cancelled.' && state.turn?.outcome === null) endTurn(state, at, 'cancelled', out);
}

const reasonLengthMax = 200;

function readError(state: GeminiState, message: JsonObject, id: string, out: Sink): void {
  const content = message['content'];
  const said = readParts(isObject(content) && 'message' in content ? content['message'] : content).text;
  const text = said || 'an error without a text';
  const at = timeAt(message, 'timestamp');
  recordItem(baseOf(state, at), `error:${id}`, { type: 'error', text }, out);
  const outcome = state.turn?.outcome;
  if (outcome === null || outcome === 'interrupted') endTurn(state, at, 'failed', out, text.slice(0, reasonLengthMax));
}
