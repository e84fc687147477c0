/** Copilot's conversation: prompts, answers, tool calls and their results, compactions. */
import type { EmbeddedFile, Sink } from '../contract.js';
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from '../json.js';
import { titleFrom } from '../text.js';
import { type CopilotState, callOf, noteCall, type Place, rowBase, type Thread } from './state.js';
import { readCompactionUsage, readMessageOutput } from './usage.js';

export function readUserMessage(_state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const text = stringAt(data, 'content') ?? '';
  const files = imagesIn(data);
  const source = stringAt(data, 'source');
  const human = (source === undefined || source === 'user') && !/^\s*<system_notification>/.test(text);
  // An agent's task begins its sub-agent's turn just as a person's prompt does.
  if (human || source?.startsWith('agent-'))
    startTurn(thread, stringAt(data, 'interactionId') ?? place.eventId, place, out);
  if (human) nameAfter(thread, text, place, out);
  if (text === '' && files.length === 0) return;
  out.row({
    ...rowBase(thread, place),
    key: `user:${place.eventId}`,
    kind: 'item.recorded',
    data: { type: 'message', role: 'user', author: human ? 'human' : 'harness', text },
    ...(files.length > 0 ? { files } : {}),
  });
}

function startTurn(thread: Thread, turnId: string, place: Place, out: Sink): void {
  if (thread.turnId === turnId && thread.open) return;
  Object.assign(thread, { turnId, step: 0, open: true, callsTool: false });
  out.row({ sessionId: place.sessionId, at: place.at, turnId, key: `turn:${turnId}`, kind: 'turn.started', data: {} });
}

function nameAfter(thread: Thread, prompt: string, place: Place, out: Sink): void {
  const title = thread.titled ? undefined : titleFrom(prompt);
  if (title) setTitle(thread, title, place, out);
}

export function setTitle(thread: Thread, title: string, place: Place, out: Sink): void {
  thread.titled = true;
  out.row({ sessionId: place.sessionId, at: place.at, key: 'title', kind: 'session.described', data: { title } });
}

function imagesIn(data: JsonObject): EmbeddedFile[] {
  return objectsAt(data, 'attachments').flatMap((attachment) => {
    const [base64, mediaType, name] = [
      stringAt(attachment, 'data'),
      stringAt(attachment, 'mimeType'),
      stringAt(attachment, 'displayName'),
    ];
    return base64 && mediaType ? [{ mediaType, base64, ...(name ? { name } : {}) }] : [];
  });
}

/** `assistant.turn_start`: the program's word for one round trip, numbered within the interaction. */
export function readStepStart(_state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const interaction = stringAt(data, 'interactionId');
  if (interaction && interaction !== thread.turnId) startTurn(thread, interaction, place, out);
  const step = numberAt(data, 'turnId');
  if (step !== undefined && Number.isInteger(step) && step >= 0) thread.step = step;
  thread.callsTool = false;
}

export function readStepEnd(_state: CopilotState, thread: Thread, _data: JsonObject, place: Place, out: Sink): void {
  if (!thread.callsTool) endTurn(thread, { outcome: 'complete' }, place, out);
}

export function readAbort(_state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  endTurn(thread, { outcome: 'interrupted', reason: stringAt(data, 'reason') ?? 'interrupted' }, place, out);
}

export function readError(_state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const text = stringAt(data, 'message') ?? stringAt(data, 'errorMessage') ?? 'error';
  const code = numberAt(data, 'statusCode') ?? stringAt(data, 'errorType');
  const item = { type: 'error' as const, text, ...(code === undefined ? {} : { code: String(code) }) };
  out.row({ ...rowBase(thread, place), key: `error:${place.eventId}`, kind: 'item.recorded', data: item });
  endTurn(thread, { outcome: 'failed', reason: text }, place, out);
}

type Ending = { outcome: 'complete' | 'failed' | 'interrupted'; reason?: string };

function endTurn(thread: Thread, data: Ending, place: Place, out: Sink): void {
  const { turnId } = thread;
  if (!turnId || !thread.open) return;
  thread.open = false;
  out.row({ sessionId: place.sessionId, at: place.at, turnId, key: `end:${turnId}`, kind: 'turn.completed', data });
}

export function readAnswer(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const id = stringAt(data, 'messageId') ?? place.eventId;
  const base = rowBase(thread, place);
  const reasoning = stringAt(data, 'reasoningText') ?? '';
  const hidden = 'reasoningOpaque' in data || 'encryptedContent' in data;
  if (reasoning !== '' || hidden) {
    out.row({
      ...base,
      key: `reasoning:${id}`,
      kind: 'item.recorded',
      data: { type: 'reasoning', text: reasoning, ...(reasoning === '' ? { hidden: true } : {}) },
    });
  }
  const text = stringAt(data, 'content');
  if (text)
    out.row({
      ...base,
      key: `message:${id}`,
      kind: 'item.recorded',
      data: { type: 'message', role: 'assistant', author: 'model', text },
    });
  const requests = objectsAt(data, 'toolRequests');
  thread.callsTool = requests.length > 0;
  for (const request of requests) readCall(state, thread, request, stringAt(request, 'name'), place, out);
  readMessageOutput(state, thread, data, place, out);
}

function readCall(
  state: CopilotState,
  thread: Thread,
  call: JsonObject,
  name: string | undefined,
  place: Place,
  out: Sink,
): void {
  const callId = stringAt(call, 'toolCallId') ?? place.eventId;
  const given = call['arguments'];
  const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
  noteCall(state, callId, { sessionId: place.sessionId, startedAt: null });
  out.row({
    ...rowBase(thread, place),
    key: `call:${callId}`,
    kind: 'item.recorded',
    data: { type: 'tool_call', callId, name: name ?? 'unknown', text },
  });
}

/** The call itself stands in the answer that asked for it, unless a person asked for the tool. */
export function readToolStart(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const callId = stringAt(data, 'toolCallId') ?? place.eventId;
  if (!callOf(state, callId)) readCall(state, thread, data, stringAt(data, 'toolName'), place, out);
  noteCall(state, callId, { sessionId: place.sessionId, startedAt: place.at });
}

export function readToolEnd(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const callId = stringAt(data, 'toolCallId') ?? place.eventId;
  const call = callOf(state, callId);
  delete state.calls[callId];
  const exitCode = numberAt(objectAt(data, 'shellExecution'), 'exitCode') ?? 0;
  const failed = data['success'] === false || exitCode !== 0;
  const durationMs =
    call?.startedAt != null && place.at !== null && place.at >= call.startedAt ? place.at - call.startedAt : undefined;
  out.row({
    ...rowBase(thread, place),
    key: `result:${callId}`,
    kind: 'item.recorded',
    data: {
      type: 'tool_result',
      callId,
      text: resultText(data),
      status: failed ? 'error' : 'ok',
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(call?.childSessionId ? { childSessionId: call.childSessionId } : {}),
    },
  });
}

function resultText(data: JsonObject): string {
  const result = data['result'];
  if (typeof result === 'string') return result;
  const error = data['error'];
  const failure = typeof error === 'string' ? error : isObject(error) ? stringAt(error, 'message') : undefined;
  return stringAt(objectAt(data, 'result'), 'content') ?? failure ?? '';
}

export function readCompaction(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  readCompactionUsage(state, thread, data, place, out);
  if (data['success'] === false) return;
  const [before, after] = [numberAt(data, 'preCompactionTokens'), numberAt(data, 'postCompactionTokens')];
  const stated = stringAt(data, 'trigger');
  const item = {
    type: 'compaction' as const,
    text: stringAt(data, 'summaryContent') ?? '',
    trigger:
      stated === undefined ? ('unknown' as const) : stated === 'manual' ? ('manual' as const) : ('auto' as const),
    ...(isCount(before) ? { tokensBefore: before } : {}),
    ...(isCount(after) ? { tokensAfter: after } : {}),
  };
  out.row({ ...rowBase(thread, place), key: `compaction:${place.eventId}`, kind: 'item.recorded', data: item });
}

const isCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 0;
