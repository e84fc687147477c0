/** Parts of opencode's messages → items. A part is its own item, so that each of the old files can be read alone. */
import type { Item } from '@taffrail/wire';
import type { EmbeddedFile, RowDraft, Sink } from '../contract.js';
import {
  booleanAt,
  isObject,
  type JsonObject,
  jsonText,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  timeAt,
} from '../json.js';
import type { MessageRecord, PartRecord } from './shelf.js';

/** What the items of one message have in common. */
export interface ItemPlace {
  sessionId: string;
  at: number | null;
  turnId?: string;
  step?: number;
}

type PartReader = (part: PartRecord, message: MessageRecord, place: ItemPlace, out: Sink) => void;

/** Parts that are bookkeeping: snapshots of the folder, marks of steps (their figures repeat the message's), mentions. */
const silent: PartReader = () => undefined;

const readers: Record<string, PartReader> = {
  text: readText,
  reasoning: readReasoning,
  tool: readTool,
  file: readFile,
  subtask: readSubtask,
  retry: readRetry,
  agent: silent,
  compaction: silent,
  patch: silent,
  snapshot: silent,
  'step-finish': silent,
  'step-start': silent,
};

export function readPart(part: PartRecord, message: MessageRecord, place: ItemPlace, out: Sink): void {
  const type = stringAt(part.data, 'type') ?? '';
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader) reader(part, message, place, out);
  else out.problem('unknown_record', `part type ${type || 'missing'}`);
}

/** The text of a message's own words, as one. */
export function textOf(parts: PartRecord[]): string {
  return parts
    .filter((part) => part.data['type'] === 'text')
    .map((part) => stringAt(part.data, 'text') ?? '')
    .join('\n')
    .trim();
}

function emit(part: PartRecord, place: ItemPlace, data: Item, out: Sink, files: EmbeddedFile[] = []): void {
  const draft: RowDraft = {
    ...place,
    at: timeOfPart(part, place),
    key: `part:${part.id}`,
    kind: 'item.recorded',
    data,
  };
  out.row(files.length > 0 ? { ...draft, files } : draft);
}

/** A part's own time, which forks copy unchanged; else the message's. */
function timeOfPart(part: PartRecord, place: ItemPlace): number | null {
  const time = objectAt(part.data, 'time');
  return timeAt(time, 'start') ?? timeAt(time, 'created') ?? place.at;
}

function readText(part: PartRecord, message: MessageRecord, place: ItemPlace, out: Sink): void {
  const text = stringAt(part.data, 'text');
  if (text === undefined) return;
  const role = roleOf(message, part);
  // `synthetic` is written by opencode itself (file contents, reminders); `ignored` is shown, never sent.
  const harness = booleanAt(part.data, 'synthetic') || booleanAt(part.data, 'ignored');
  const author = harness ? 'harness' : role === 'user' ? 'human' : 'model';
  emit(part, place, { type: 'message', role, author, text }, out);
}

/** A part read without its message still tells whose it is: only answers are timed. */
function roleOf(message: MessageRecord, part: PartRecord): 'user' | 'assistant' {
  const role = message.data['role'];
  if (role === 'user' || role === 'assistant') return role;
  return isObject(part.data['time']) ? 'assistant' : 'user';
}

function readReasoning(part: PartRecord, _message: MessageRecord, place: ItemPlace, out: Sink): void {
  const text = stringAt(part.data, 'text') ?? '';
  const durationMs = durationOf(objectAt(part.data, 'time'));
  emit(
    part,
    place,
    {
      type: 'reasoning',
      text,
      ...(text === '' ? { hidden: true } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
    },
    out,
  );
}

function durationOf(time: JsonObject): number | undefined {
  const [start, end] = [numberAt(time, 'start'), numberAt(time, 'end')];
  return start !== undefined && end !== undefined && end >= start ? end - start : undefined;
}

function readTool(part: PartRecord, _message: MessageRecord, place: ItemPlace, out: Sink): void {
  const state = objectAt(part.data, 'state');
  const time = objectAt(state, 'time');
  const startedAt = timeAt(time, 'start') ?? place.at;
  // Some models number their calls anew in every answer, so the part's id names the call.
  const callId = part.id;
  const name = stringAt(part.data, 'tool') ?? 'unknown';
  const call: Item = { type: 'tool_call', callId, name, text: argumentsOf(state) };
  out.row({ ...place, at: startedAt, key: `call:${callId}`, kind: 'item.recorded', data: call });
  const result = resultOf(callId, state);
  if (!result) return;
  const files = objectsAt(state, 'attachments').flatMap((file) => embedded(file) ?? []);
  const at = timeAt(time, 'end') ?? startedAt;
  const draft: RowDraft = { ...place, at, key: `result:${callId}`, kind: 'item.recorded', data: result };
  out.row(files.length > 0 ? { ...draft, files } : draft);
}

/** While a call streams in, its arguments exist as raw text only. */
function argumentsOf(state: JsonObject): string {
  const input = state['input'];
  const raw = stringAt(state, 'raw');
  if (raw !== undefined && (!isObject(input) || Object.keys(input).length === 0)) return raw;
  return typeof input === 'string' ? input : jsonText(input ?? {});
}

function resultOf(callId: string, state: JsonObject): Item | null {
  const metadata = objectAt(state, 'metadata');
  const durationMs = durationOf(objectAt(state, 'time'));
  const child = stringAt(metadata, 'sessionId') ?? stringAt(metadata, 'sessionID');
  const rest = { ...(durationMs === undefined ? {} : { durationMs }), ...(child ? { childSessionId: child } : {}) };
  if (state['status'] === 'completed') {
    return { type: 'tool_result', callId, text: stringAt(state, 'output') ?? '', status: 'ok', ...rest };
  }
  if (state['status'] !== 'error') return null;
  const error = stringAt(state, 'error') ?? '';
  const interrupted = booleanAt(metadata, 'interrupted') || error === 'Tool execution aborted';
  const text = (interrupted ? stringAt(metadata, 'output') : undefined) ?? error;
  return { type: 'tool_result', callId, text, status: interrupted ? 'interrupted' : 'error', ...rest };
}

function readFile(part: PartRecord, message: MessageRecord, place: ItemPlace, out: Sink): void {
  const file = embedded(part.data);
  const mediaType = stringAt(part.data, 'mime') ?? 'application/octet-stream';
  const name = stringAt(part.data, 'filename');
  const role = roleOf(message, part);
  const author = role === 'user' ? 'human' : 'model';
  const attachments = file ? undefined : [{ mediaType, ...(name ? { name } : {}) }];
  const item: Item = { type: 'message', role, author, text: '', ...(attachments ? { attachments } : {}) };
  emit(part, place, item, out, file ? [file] : []);
}

const dataUrl = /^data:([^;,]*)(?:;[^;,]*)*;base64,/;

/** A file inside the record, as a data URL; files that are only pointed at stay where they are. */
function embedded(file: JsonObject): EmbeddedFile | null {
  const url = stringAt(file, 'url') ?? '';
  const head = dataUrl.exec(url.slice(0, 200));
  if (!head) return null;
  const name = stringAt(file, 'filename');
  const mediaType = stringAt(file, 'mime') ?? (head[1] || 'application/octet-stream');
  return { mediaType, base64: url.slice(head[0].length), ...(name ? { name } : {}) };
}

function readSubtask(part: PartRecord, _message: MessageRecord, place: ItemPlace, out: Sink): void {
  const text = stringAt(part.data, 'prompt') ?? stringAt(part.data, 'description');
  if (text) emit(part, place, { type: 'message', role: 'user', author: 'harness', text }, out);
}

function readRetry(part: PartRecord, _message: MessageRecord, place: ItemPlace, out: Sink): void {
  emit(part, place, { ...errorItem(objectAt(part.data, 'error')), retried: true }, out);
}

/** `{name, data: {message, statusCode}}` → an error item. */
export function errorItem(error: JsonObject): Extract<Item, { type: 'error' }> {
  const data = objectAt(error, 'data');
  const name = stringAt(error, 'name');
  const status = numberAt(data, 'statusCode');
  const code = status === undefined ? name : String(status);
  return { type: 'error', text: stringAt(data, 'message') ?? name ?? 'error', ...(code ? { code } : {}) };
}
