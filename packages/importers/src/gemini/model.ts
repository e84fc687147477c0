/** The model's messages: text, thoughts, tools with their results, and what the request cost. */

import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, type RowBase, recordItem, reopenTurn, type Turn } from '../conversation.js';
import { type JsonObject, objectsAt, stringAt, timeAt } from '../json.js';
import { shortHash } from '../text.js';
import { describeFolder, seekFolder } from './folder.js';
import { readParts } from './parts.js';
import type { GeminiState } from './state.js';
import { readToolCall } from './tools.js';
import { identityOf, usageOf } from './usage.js';

/** A message is written again, whole, when its tools have run: every row is named by the message's id. */
export function readModel(state: GeminiState, message: JsonObject, id: string, out: Sink): void {
  const at = timeAt(message, 'timestamp');
  const step = state.turn ? stepOf(state.turn, id) : undefined;
  const base: RowBase = { ...baseOf(state, at), ...(step === undefined ? {} : { step }) };
  readUsage(state, message, id, base, out);
  describeModel(state, message, id, base, out);
  const parts = readParts(message['content']);
  const thoughts = thoughtsIn(message) || parts.thoughts;
  if (thoughts) recordItem(base, `thoughts:${id}`, { type: 'reasoning', text: thoughts }, out);
  const said = { type: 'message', role: 'assistant', author: 'model', text: parts.text } as const;
  if (parts.text) recordItem(base, `message:${id}`, said, out);
  const calls = objectsAt(message, 'toolCalls');
  for (const call of calls) readToolCall(state, call, base, out);
  describeFolder(state, seekFolder(state, message), at, out);
  settleTurn(state, calls, parts.text !== '' && parts.calls.length === 0, at, out);
}

// A repeated history of more requests than this would be told twice, which changes no sum.
const countedMax = 2000;

/** A message's usage, stated with every line that carries it: the request's identity keeps it one. */
export function readUsage(state: GeminiState, message: JsonObject, id: string, base: RowBase, out: Sink): void {
  const usage = usageOf(state, message, id, out);
  if (!usage) return;
  if (!isCounted(state, id)) state.counted.push(nameOf(id));
  if (state.counted.length > countedMax) state.counted.shift();
  const identity = identityOf(state, id, base.at);
  out.row({ ...base, key: `usage:${id}`, kind: 'usage.recorded', data: usage, identity });
}

export function isCounted(state: GeminiState, id: string): boolean {
  return state.counted.includes(nameOf(id));
}

function nameOf(id: string): string {
  return shortHash(id).slice(0, 6);
}

function describeModel(state: GeminiState, message: JsonObject, id: string, base: RowBase, out: Sink): void {
  const model = stringAt(message, 'model');
  if (!model || model === state.model) return;
  state.model = model;
  describe(base, `model:${id}`, { model }, out);
}

/** Thoughts come as titled paragraphs, or, without titles, as pieces of one text. */
function thoughtsIn(message: JsonObject): string {
  return objectsAt(message, 'thoughts').reduce((text, thought) => {
    const [subject, description] = [stringAt(thought, 'subject'), stringAt(thought, 'description') ?? ''];
    return subject ? `${text}${text ? '\n\n' : ''}**${subject}**\n${description}` : text + description;
  }, '');
}

/**
 * A text without calls is the answer, as far as the log tells then: calls that came with it are written only
 * when they have run, and turn the answer back into a step.
 */
function settleTurn(state: GeminiState, calls: JsonObject[], answered: boolean, at: number | null, out: Sink): void {
  const handedIn = calls.some((call) => call['name'] === 'complete_task' && call['status'] === 'success');
  if (handedIn || (calls.length === 0 && answered)) endTurn(state, at, 'complete', out);
  else if (calls.length > 0) reopenTurn(state, at, out);
}

/** The step that the message is: the one at hand when it is written again, else the next. */
function stepOf(turn: Turn, id: string): number {
  if (turn.messageId !== id) {
    if (turn.messageId !== null) turn.step += 1;
    turn.messageId = id;
  }
  return turn.step;
}
