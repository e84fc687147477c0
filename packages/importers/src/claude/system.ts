/** System lines: compactions and errors; and prompts that were queued while the agent worked. */
import type { Item } from '@taffrail/wire';
import type { RowDraft, Sink } from '../contract.js';
import { type JsonObject, numberAt, objectAt, stringAt } from '../json.js';
import { turnOf } from './assistant.js';
import type { Thread } from './state.js';
import type { LinePlace } from './turns.js';

type ItemBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId'>;

export function readSystem(thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const base = { sessionId: place.sessionId, at: place.at, ...turnOf(thread) };
  if (line['subtype'] === 'compact_boundary') readCompaction(thread, line, place, base, out);
  else if (line['subtype'] === 'api_error') readError(line, place, base, out);
}

function readCompaction(thread: Thread, line: JsonObject, place: LinePlace, base: ItemBase, out: Sink): void {
  const meta = objectAt(line, 'compactMetadata');
  const trigger = meta['trigger'] === 'auto' || meta['trigger'] === 'manual' ? meta['trigger'] : 'unknown';
  const key = `compaction:${place.fallbackKey}`;
  const item: Extract<Item, { type: 'compaction' }> = {
    type: 'compaction',
    text: '',
    trigger,
    ...sizeAt(meta, 'preTokens', 'tokensBefore'),
    ...sizeAt(meta, 'postTokens', 'tokensAfter'),
  };
  thread.compaction = { key, item };
  out.row({ ...base, key, kind: 'item.recorded', data: item });
}

function sizeAt<Name extends string>(meta: JsonObject, key: string, name: Name): { [Key in Name]?: number } {
  const size = numberAt(meta, key);
  return size !== undefined && Number.isSafeInteger(size) && size >= 0
    ? ({ [name]: size } as { [Key in Name]: number })
    : {};
}

function readError(line: JsonObject, place: LinePlace, base: ItemBase, out: Sink): void {
  const error = objectAt(line, 'error');
  const text = stringAt(error, 'formatted') ?? stringAt(error, 'message') ?? stringAt(line, 'content') ?? 'API error';
  const code = numberAt(error, 'status');
  const retried = numberAt(line, 'retryInMs') !== undefined;
  const data: Item = { type: 'error', text, retried, ...(code === undefined ? {} : { code: String(code) }) };
  out.row({ ...base, key: `error:${place.fallbackKey}`, kind: 'item.recorded', data });
}

/** What a person typed while the agent worked is handed to the model beside the next tool result. */
export function readAttachment(thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const attachment = objectAt(line, 'attachment');
  const text = stringAt(attachment, 'prompt');
  if (attachment['type'] !== 'queued_command' || !text) return;
  const author = stringAt(attachment, 'commandMode') === 'task-notification' ? 'harness' : 'human';
  const base = { sessionId: place.sessionId, at: place.at, ...turnOf(thread), key: `queued:${place.fallbackKey}` };
  out.row({ ...base, kind: 'item.recorded', data: { type: 'message', role: 'user', author, text } });
}
