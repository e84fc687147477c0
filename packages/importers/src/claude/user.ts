/** User lines: a person's prompt, what the program says in their name, and the results of tools. */
import type { EmbeddedFile, Sink } from '../contract.js';
import { booleanAt, isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from '../json.js';
import { titleFrom } from '../text.js';
import { completeTurn, type LinePlace } from './assistant.js';
import type { Thread } from './state.js';

const interruption = '[Request interrupted by user';
// What the program wraps its own words in when it speaks through the user's role.
const harnessTag =
  /^\s*<(system-reminder|command-name|command-message|local-command|bash-|task-notification|user-memory|ide_)/;

export function readUser(thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const message = objectAt(line, 'message');
  const blocks = userBlocks(message);
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  for (const block of results) readToolResult(thread, line, block, place, results.length === 1, out);
  const text = blocks
    .filter((block) => block['type'] === 'text')
    .map((block) => stringAt(block, 'text') ?? '')
    .join('\n');
  const files = imagesIn(blocks);
  if (text === '' && files.length === 0) return;
  if (booleanAt(line, 'isCompactSummary')) return readSummary(thread, text, place, out);
  readMessage(thread, line, { text, files }, place, out);
}

function userBlocks(message: JsonObject): JsonObject[] {
  const text = stringAt(message, 'content');
  return text ? [{ type: 'text', text }] : objectsAt(message, 'content');
}

function readMessage(
  thread: Thread,
  line: JsonObject,
  said: { text: string; files: EmbeddedFile[] },
  place: LinePlace,
  out: Sink,
): void {
  const uuid = stringAt(line, 'uuid') ?? place.fallbackKey;
  const interrupted = said.text.startsWith(interruption);
  const human = !interrupted && !booleanAt(line, 'isMeta') && !harnessTag.test(said.text);
  if (human) startTurn(thread, uuid, said.text, place, out);
  out.row({
    sessionId: place.sessionId,
    at: place.at,
    ...(thread.turnId ? { turnId: thread.turnId } : {}),
    key: `user:${uuid}`,
    kind: 'item.recorded',
    data: { type: 'message', role: 'user', author: human ? 'human' : 'harness', text: said.text },
    ...(said.files.length > 0 ? { files: said.files } : {}),
  });
  if (interrupted) completeTurn(thread, place, 'interrupted', out);
}

function startTurn(thread: Thread, turnId: string, prompt: string, place: LinePlace, out: Sink): void {
  const { sessionId, at } = place;
  thread.turnId = turnId;
  thread.step = 0;
  thread.message = null;
  out.row({ sessionId, at, turnId, key: `turn:${turnId}`, kind: 'turn.started', data: {} });
  const title = thread.titled ? undefined : titleFrom(prompt);
  if (!title) return;
  thread.titled = true;
  out.row({ sessionId, at, key: `title:${place.fallbackKey}`, kind: 'session.described', data: { title } });
}

/** The summary follows the mark of the compaction, whose item it completes. */
function readSummary(thread: Thread, text: string, place: LinePlace, out: Sink): void {
  const { key, item } = thread.compaction ?? {
    key: `compaction:${place.fallbackKey}`,
    item: { type: 'compaction' as const, text: '', trigger: 'unknown' as const },
  };
  thread.compaction = null;
  out.row({ sessionId: place.sessionId, at: place.at, key, kind: 'item.recorded', data: { ...item, text } });
}

function readToolResult(
  thread: Thread,
  line: JsonObject,
  block: JsonObject,
  place: LinePlace,
  only: boolean,
  out: Sink,
): void {
  const callId = stringAt(block, 'tool_use_id') ?? place.fallbackKey;
  const extra = only && isObject(line['toolUseResult']) ? line['toolUseResult'] : {};
  const durationMs = numberAt(extra, 'totalDurationMs') ?? numberAt(extra, 'durationMs');
  const status = booleanAt(extra, 'interrupted') ? 'interrupted' : booleanAt(block, 'is_error') ? 'error' : 'ok';
  const files = imagesIn(objectsAt(block, 'content'));
  const agentId = stringAt(extra, 'agentId');
  out.row({
    sessionId: place.sessionId,
    at: place.at,
    ...(thread.turnId ? { turnId: thread.turnId } : {}),
    step: thread.step,
    key: `result:${callId}`,
    kind: 'item.recorded',
    data: {
      type: 'tool_result',
      callId,
      text: resultText(block),
      status,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(agentId ? { childSessionId: `${place.sessionId}.${agentId}` } : {}),
    },
    ...(files.length > 0 ? { files } : {}),
  });
}

function resultText(block: JsonObject): string {
  const text = stringAt(block, 'content');
  if (text) return text;
  return objectsAt(block, 'content')
    .map((part) => stringAt(part, 'text') ?? '')
    .filter((part) => part !== '')
    .join('\n');
}

function imagesIn(blocks: JsonObject[]): EmbeddedFile[] {
  return blocks
    .filter((block) => block['type'] === 'image' || block['type'] === 'document')
    .map((block) => objectAt(block, 'source'))
    .filter((source) => source['type'] === 'base64' && stringAt(source, 'data') !== undefined)
    .map((source) => ({
      mediaType: stringAt(source, 'media_type') ?? 'application/octet-stream',
      base64: stringAt(source, 'data') ?? '',
    }));
}
