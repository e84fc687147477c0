/** Assistant lines: one line per content block of an API message, each repeating the message's id and usage. */
import type { RowDraft, Sink } from '../contract.js';
import { booleanAt, type JsonObject, jsonText, numberAt, objectAt, objectsAt, stringAt } from '../json.js';
import { shortHash } from '../text.js';
import type { ClaudeState, OpenMessage, Thread } from './state.js';
import { readResultBlock } from './tool-result.js';
import { continueTurn, endTurn, type LinePlace } from './turns.js';
import { identityOf, usageOf } from './usage.js';

export function readAssistant(state: ClaudeState, thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const message = objectAt(line, 'message');
  if (stringAt(message, 'model') === '<synthetic>') readSynthetic(thread, line, message, place, out);
  else readAnswer(state, thread, line, message, place, out);
}

function readAnswer(
  state: ClaudeState,
  thread: Thread,
  line: JsonObject,
  message: JsonObject,
  place: LinePlace,
  out: Sink,
): void {
  continueTurn(thread, place, out);
  const open = openMessage(thread, line, message, place);
  const base: ItemBase = { sessionId: place.sessionId, at: place.at, ...turnOf(thread), step: thread.step };
  for (const block of contentBlocks(message)) readBlock(open, line, block, base, out);
  const usage = usageOf(line, message, open, out);
  if (usage) {
    const identity = identityOf(state, line, open, place.at);
    out.row({ ...base, key: `usage:${open.id}`, kind: 'usage.recorded', data: usage, identity });
  }
  const model = stringAt(message, 'model');
  if (model && model !== thread.model) {
    thread.model = model;
    const { sessionId, at, fallbackKey } = place;
    out.row({ sessionId, at, key: `model:${fallbackKey}`, kind: 'session.described', data: { model } });
  }
  if (restingReasons.has(stringAt(message, 'stop_reason') ?? '')) endTurn(thread, place, { outcome: 'complete' }, out);
}

/** Why a message ended when the model did not ask for a tool or a pause. */
const restingReasons = new Set(['end_turn', 'stop_sequence', 'max_tokens', 'refusal', 'model_context_window_exceeded']);

export function turnOf(thread: Thread): { turnId?: string } {
  return thread.turnId ? { turnId: thread.turnId } : {};
}

/** Continues the message of the line before, or begins the next step. */
function openMessage(thread: Thread, line: JsonObject, message: JsonObject, place: LinePlace): OpenMessage {
  const id = stringAt(message, 'id') ?? stringAt(line, 'requestId') ?? place.fallbackKey;
  if (thread.message?.id !== id) {
    if (thread.message) thread.step += 1;
    thread.message = { id, contentLength: 0, lastBlock: null, finished: false, text: null };
  }
  if (stringAt(message, 'stop_reason')) thread.message.finished = true;
  return thread.message;
}

function contentBlocks(message: JsonObject): JsonObject[] {
  const text = stringAt(message, 'content');
  return text ? [{ type: 'text', text }] : objectsAt(message, 'content');
}

type ItemBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'>;

function readBlock(open: OpenMessage, line: JsonObject, block: JsonObject, base: ItemBase, out: Sink): void {
  const type = stringAt(block, 'type') ?? 'missing';
  if (type === 'text') readText(open, stringAt(block, 'text') ?? '', base, out);
  else if (type === 'thinking' || type === 'redacted_thinking') readThinking(open, line, block, base, out);
  else if (type.endsWith('tool_use')) readToolUse(open, block, base, out);
  else if (type.endsWith('tool_result'))
    readResultBlock(block, {}, { ...base, fallbackKey: `${open.id}:${type}` }, out);
  else out.problem('unknown_record', `assistant block ${type}`);
}

function readText(open: OpenMessage, text: string, base: ItemBase, out: Sink): void {
  if (text === '') return;
  const before = open.text;
  const grown =
    before !== null && text.length > before.length && shortHash(text.slice(0, before.length)) === before.hash;
  const hash = shortHash(text);
  const key = grown ? before.key : `${open.id}:text:${hash}`;
  open.contentLength += text.length - (grown ? before.length : 0);
  open.lastBlock = 'text';
  open.text = { key, length: text.length, hash };
  out.row({ ...base, key, kind: 'item.recorded', data: { type: 'message', role: 'assistant', author: 'model', text } });
}

function readThinking(open: OpenMessage, line: JsonObject, block: JsonObject, base: ItemBase, out: Sink): void {
  const text = stringAt(block, 'thinking') ?? '';
  // Hidden thinking is told apart by what it is hidden in.
  const hash = shortHash(text || (stringAt(block, 'signature') ?? stringAt(block, 'data') ?? ''));
  const durationMs = numberAt(line, 'thinkingDurationMs');
  open.contentLength += text.length;
  open.lastBlock = 'thinking';
  const known = {
    ...(text === '' ? { hidden: true } : {}),
    ...(durationMs === undefined || durationMs < 0 ? {} : { durationMs }),
  };
  out.row({
    ...base,
    key: `${open.id}:thinking:${hash}`,
    kind: 'item.recorded',
    data: { type: 'reasoning', text, ...known },
  });
}

function readToolUse(open: OpenMessage, block: JsonObject, base: ItemBase, out: Sink): void {
  const text = jsonText(block['input'] ?? {});
  const callId = stringAt(block, 'id') ?? `${open.id}:${shortHash(text)}`;
  open.contentLength += text.length;
  open.lastBlock = 'tool';
  const name = stringAt(block, 'name') ?? 'unknown';
  out.row({ ...base, key: `call:${callId}`, kind: 'item.recorded', data: { type: 'tool_call', callId, name, text } });
}

/** Lines the program wrote itself in the model's name: an API error it gave up on, or a note about an interruption. */
function readSynthetic(thread: Thread, line: JsonObject, message: JsonObject, place: LinePlace, out: Sink): void {
  const text = contentBlocks(message)
    .map((block) => stringAt(block, 'text') ?? '')
    .join('\n');
  if (text === '') return;
  const base = { sessionId: place.sessionId, at: place.at, ...turnOf(thread), key: `synthetic:${place.fallbackKey}` };
  if (booleanAt(line, 'isApiErrorMessage')) {
    out.row({ ...base, kind: 'item.recorded', data: { type: 'error', text } });
    if (!thread.ended) endTurn(thread, place, { outcome: 'failed', reason: text }, out);
  } else
    out.row({ ...base, kind: 'item.recorded', data: { type: 'message', role: 'assistant', author: 'harness', text } });
}
