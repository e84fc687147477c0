/** `message` entries: what was said, by whom, with what tools, and what it cost. */
import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, type RowBase, recordItem, reopenTurn, startTurn } from '../conversation.js';
import { booleanAt, type JsonObject, jsonText, numberAt, objectsAt, shown, stringAt } from '../json.js';
import { titleFrom } from '../text.js';
import { contentOf } from './content.js';
import type { EntryPlace, PiState } from './state.js';
import { identityOf, usageOf } from './usage.js';

type MessageReader = (state: PiState, message: JsonObject, place: EntryPlace, out: Sink) => void;

const readers: Record<string, MessageReader> = {
  user: readUser,
  assistant: readAssistant,
  toolResult: readToolResult,
  bashExecution: readCommand,
  custom: readHarness,
  // What extensions' messages were called before version 3.
  hookMessage: readHarness,
  branchSummary: readHarness,
  compactionSummary: readHarness,
};

export function readMessage(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const role = stringAt(message, 'role') ?? '';
  const reader = readers[role];
  if (reader) reader(state, message, place, out);
  else out.problem('unknown_record', `message of ${shown(role || 'nobody')}`);
}

function readUser(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const { text, files } = contentOf(message);
  if (text === '' && files.length === 0) return;
  startTurn(state, place.id, place.at, out);
  const base = baseOf(state, place.at);
  recordItem(base, `message:${place.id}`, { type: 'message', role: 'user', author: 'human', text }, out, files);
  const title = state.titled ? undefined : titleFrom(text);
  if (!title) return;
  state.titled = true;
  describe(base, `title:${place.id}`, { title }, out);
}

function readAssistant(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const base = { ...baseOf(state, place.at), ...(state.turn ? { step: state.turn.step } : {}) };
  readUsage(state, message, place, base, out);
  describeModel(state, stringAt(message, 'model'), place, out);
  const whole = stringAt(message, 'content');
  const blocks = whole ? [{ type: 'text', text: whole }] : objectsAt(message, 'content');
  blocks.forEach((block, index) => {
    readBlock(block, base, `${place.id}:${index}`, out);
  });
  settleTurn(state, message, place, base, out);
  if (state.turn) state.turn.step += 1;
}

function readUsage(state: PiState, message: JsonObject, place: EntryPlace, base: RowBase, out: Sink): void {
  const usage = usageOf(message, place, out);
  if (!usage) return;
  const identity = identityOf(state, usage.attemptId, message);
  out.row({ ...base, key: `usage:${usage.attemptId}`, kind: 'usage.recorded', data: usage, identity });
}

/** States the model where it changes: entries say it with every answer and when a person picks another one. */
export function describeModel(state: PiState, model: string | undefined, place: EntryPlace, out: Sink): void {
  if (!model || model === state.model) return;
  state.model = model;
  describe(baseOf(state, place.at), `model:${place.id}`, { model }, out);
}

function readBlock(block: JsonObject, base: RowBase, name: string, out: Sink): void {
  const text = stringAt(block, 'text') ?? '';
  const thinking = stringAt(block, 'thinking') ?? '';
  switch (block['type']) {
    case 'text':
      if (text) recordItem(base, `text:${name}`, { type: 'message', role: 'assistant', author: 'model', text }, out);
      break;
    case 'thinking':
      recordItem(
        base,
        `thinking:${name}`,
        { type: 'reasoning', text: thinking, ...(thinking ? {} : { hidden: true }) },
        out,
      );
      break;
    case 'toolCall':
      readToolCall(block, base, name, out);
      break;
    default:
      out.problem('unknown_record', `assistant block ${shown(block['type'])}`);
  }
}

function readToolCall(block: JsonObject, base: RowBase, name: string, out: Sink): void {
  const callId = stringAt(block, 'id') ?? name;
  const text = jsonText(block['arguments'] ?? {});
  const tool = stringAt(block, 'name') ?? 'unknown';
  recordItem(base, `call:${callId}`, { type: 'tool_call', callId, name: tool, text }, out);
}

const reasonLengthMax = 200;

function settleTurn(state: PiState, message: JsonObject, place: EntryPlace, base: RowBase, out: Sink): void {
  const error = stringAt(message, 'errorMessage');
  switch (message['stopReason']) {
    case 'stop':
    case 'length':
      endTurn(state, place.at, 'complete', out);
      break;
    case 'aborted':
      endTurn(state, place.at, 'cancelled', out);
      break;
    case 'error':
      recordItem(base, `error:${place.id}`, { type: 'error', text: error ?? 'an error without a text' }, out);
      endTurn(state, place.at, 'failed', out, error?.slice(0, reasonLengthMax));
      break;
    default:
      reopenTurn(state, place.at, out);
  }
}

function readToolResult(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const { text, files } = contentOf(message);
  const callId = stringAt(message, 'toolCallId') ?? place.id;
  const status = booleanAt(message, 'isError') ? 'error' : 'ok';
  const base = { ...baseOf(state, place.at), ...(state.turn ? { step: Math.max(0, state.turn.step - 1) } : {}) };
  recordItem(base, `result:${callId}`, { type: 'tool_result', callId, text, status }, out, files);
}

/** A command that a person ran through pi (`!command`), with what it printed. */
function readCommand(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const base = baseOf(state, place.at);
  const text = `!${stringAt(message, 'command') ?? ''}`;
  recordItem(base, `message:${place.id}`, { type: 'message', role: 'user', author: 'human', text }, out);
  const exitCode = numberAt(message, 'exitCode');
  const ending = booleanAt(message, 'cancelled') ? '\n(cancelled)' : exitCode ? `\n(exit code ${exitCode})` : '';
  const output = `${stringAt(message, 'output') ?? ''}${ending}`;
  if (output)
    recordItem(base, `output:${place.id}`, { type: 'message', role: 'system', author: 'harness', text: output }, out);
}

/** What extensions put into the conversation. */
function readHarness(state: PiState, message: JsonObject, place: EntryPlace, out: Sink): void {
  const { text, files } = contentOf(message);
  const said = text || (stringAt(message, 'summary') ?? '');
  if (said === '' && files.length === 0) return;
  const data = { type: 'message', role: 'system', author: 'harness', text: said } as const;
  recordItem(baseOf(state, place.at), `message:${place.id}`, data, out, files);
}
