/** Assistant lines: one line per content block of an API message, each repeating the message's id and usage. */
import type { RowDraft, Sink } from '../contract.js';
import { booleanAt, type JsonObject, objectAt, objectsAt, stringAt } from '../json.js';
import { shortHash } from '../text.js';
import type { ClaudeState, OpenMessage, Thread } from './state.js';
import { identityOf, thinkingDuration, usageOf } from './usage.js';

export interface LinePlace {
  sessionId: string;
  at: number | null;
  /** Names the line where nothing in it does. */
  fallbackKey: string;
}

export function readAssistant(state: ClaudeState, thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const message = objectAt(line, 'message');
  if (stringAt(message, 'model') === '<synthetic>') return readSynthetic(thread, line, message, place, out);
  const open = openMessage(thread, line, message, place);
  const base = {
    sessionId: place.sessionId,
    at: place.at,
    ...(thread.turnId ? { turnId: thread.turnId } : {}),
    step: thread.step,
  };
  for (const block of contentBlocks(message)) readBlock(open, line, block, base, out);
  const usage = usageOf(line, message, open, out);
  if (usage) {
    const identity = identityOf(state, line, open, place.at);
    out.row({ ...base, key: `usage:${open.id}`, kind: 'usage.recorded', data: usage, identity });
  }
  const model = stringAt(message, 'model');
  if (model && model !== thread.model) {
    thread.model = model;
    out.row({
      sessionId: place.sessionId,
      at: place.at,
      key: `model:${place.fallbackKey}`,
      kind: 'session.described',
      data: { model },
    });
  }
  if (stringAt(message, 'stop_reason') === 'end_turn') completeTurn(thread, place, 'complete', out);
}

export function completeTurn(thread: Thread, place: LinePlace, outcome: 'complete' | 'interrupted', out: Sink): void {
  const turnId = thread.turnId;
  if (!turnId) return;
  const { sessionId, at } = place;
  out.row({ sessionId, at, turnId, key: `end:${turnId}`, kind: 'turn.completed', data: { outcome } });
}

/** Continues the message of the line before, or begins the next step. */
function openMessage(thread: Thread, line: JsonObject, message: JsonObject, place: LinePlace): OpenMessage {
  const id = stringAt(message, 'id') ?? stringAt(line, 'requestId') ?? place.fallbackKey;
  if (thread.message?.id !== id) {
    if (thread.message) thread.step += 1;
    thread.message = { id, contentLength: 0, callsTool: false, finished: false, text: null };
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
  switch (block['type']) {
    case 'text':
      return readText(open, stringAt(block, 'text') ?? '', base, out);
    case 'thinking':
    case 'redacted_thinking':
      return readThinking(open, line, stringAt(block, 'thinking') ?? '', base, out);
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return readToolUse(open, block, base, out);
    default:
      return out.problem('unknown_record', `assistant block ${String(block['type'])}`);
  }
}

// A longer block is not watched for growth: the reader's memory is stored with every batch.
const rememberedTextMax = 64 * 1024;

function readText(open: OpenMessage, text: string, base: ItemBase, out: Sink): void {
  if (text === '') return;
  const grown = open.text !== null && text.length > open.text.text.length && text.startsWith(open.text.text);
  const key = grown && open.text ? open.text.key : `${open.id}:text:${shortHash(text)}`;
  open.contentLength += text.length - (grown && open.text ? open.text.text.length : 0);
  open.text = text.length <= rememberedTextMax ? { key, text } : null;
  out.row({ ...base, key, kind: 'item.recorded', data: { type: 'message', role: 'assistant', author: 'model', text } });
}

function readThinking(open: OpenMessage, line: JsonObject, text: string, base: ItemBase, out: Sink): void {
  open.contentLength += text.length;
  const durationMs = thinkingDuration(line);
  out.row({
    ...base,
    key: `${open.id}:thinking:${shortHash(text)}`,
    kind: 'item.recorded',
    data: {
      type: 'reasoning',
      text,
      ...(text === '' ? { hidden: true } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
    },
  });
}

function readToolUse(open: OpenMessage, block: JsonObject, base: ItemBase, out: Sink): void {
  const text = JSON.stringify(block['input'] ?? {});
  const callId = stringAt(block, 'id') ?? `${open.id}:${shortHash(text)}`;
  open.callsTool = true;
  open.contentLength += text.length;
  const name = stringAt(block, 'name') ?? 'unknown';
  out.row({ ...base, key: `call:${callId}`, kind: 'item.recorded', data: { type: 'tool_call', callId, name, text } });
}

/** Lines the program wrote itself in the model's name: an API error it gave up on, or a note about an interruption. */
function readSynthetic(thread: Thread, line: JsonObject, message: JsonObject, place: LinePlace, out: Sink): void {
  const text = contentBlocks(message)
    .map((block) => stringAt(block, 'text') ?? '')
    .join('\n');
  if (text === '') return;
  const base = { sessionId: place.sessionId, at: place.at, ...(thread.turnId ? { turnId: thread.turnId } : {}) };
  const key = `synthetic:${place.fallbackKey}`;
  if (booleanAt(line, 'isApiErrorMessage'))
    out.row({ ...base, key, kind: 'item.recorded', data: { type: 'error', text } });
  else
    out.row({
      ...base,
      key,
      kind: 'item.recorded',
      data: { type: 'message', role: 'assistant', author: 'harness', text },
    });
}
