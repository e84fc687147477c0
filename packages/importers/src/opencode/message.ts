/** opencode's messages → turns, items, errors and usage. An answer is one request; its turn is named by the prompt. */
import type { Sink } from '../contract.js';
import { booleanAt, isObject, type JsonObject, objectAt, shown, stringAt, timeAt } from '../json.js';
import { errorItem, type ItemPlace, readPart, textOf } from './parts.js';
import type { MessageRecord, PartRecord, Shelf } from './shelf.js';
import { requestsOf } from './usage.js';

/** Everything a message says, with its parts. */
export function readMessage(message: MessageRecord, shelf: Shelf, out: Sink): void {
  const parts = shelf.parts(message);
  const place = placeOf(message, shelf);
  describeModel(message, shelf, place, out);
  if (message.data['role'] === 'user') readPrompt(message, parts, place, out);
  else if (message.data['role'] === 'assistant') readAnswer(message, parts, shelf, place, out);
  else out.problem('unknown_record', `message role ${shown(message.data['role'])}`);
}

/** What one part says, when it is read alone. A summary is one item made of several parts: it is read as a whole. */
export function readPartAlone(part: PartRecord, message: MessageRecord, shelf: Shelf, out: Sink): void {
  if (isSummary(message.data)) readSummary(message, shelf.parts(message), shelf, placeOf(message, shelf), out);
  else readPart(part, message, placeOf(message, shelf), out);
}

function placeOf(message: MessageRecord, shelf: Shelf): ItemPlace {
  const { sessionId, data } = message;
  const at = timeAt(objectAt(data, 'time'), 'created');
  const prompt = stringAt(data, 'parentID');
  if (data['role'] === 'assistant' && prompt) return { sessionId, at, turnId: prompt, step: shelf.stepOf(message) };
  return data['role'] === 'user' ? { sessionId, at, turnId: message.id } : { sessionId, at };
}

function readPrompt(message: MessageRecord, parts: PartRecord[], place: ItemPlace, out: Sink): void {
  const { sessionId, at } = place;
  out.row({ sessionId, at, turnId: message.id, key: `turn:${message.id}`, kind: 'turn.started', data: {} });
  for (const part of parts) readPart(part, message, place, out);
}

function readAnswer(message: MessageRecord, parts: PartRecord[], shelf: Shelf, place: ItemPlace, out: Sink): void {
  startTurn(message, shelf, place, out);
  if (isSummary(message.data)) readSummary(message, parts, shelf, place, out);
  else for (const part of parts) readPart(part, message, place, out);
  const time = objectAt(message.data, 'time');
  const at = timeAt(time, 'completed') ?? place.at;
  readError(message, { ...place, at }, out);
  const created = shelf.sessionCreated(message.sessionId, place.at ?? 0);
  for (const { index, usage, identity } of requestsOf(message, parts, created, out)) {
    const key = `usage:${message.id}${index === 0 ? '' : `:${index}`}`;
    out.row({ ...place, at, key, kind: 'usage.recorded', data: usage, identity });
  }
  completeTurn(message, shelf, { ...place, at }, out);
}

/** An answer may be read before its prompt, whose turn it ends: so it begins the turn as well. */
function startTurn(message: MessageRecord, shelf: Shelf, place: ItemPlace, out: Sink): void {
  const { sessionId, turnId } = place;
  if (!turnId) return;
  const prompt = shelf.message(message.sessionId, turnId);
  const at = prompt ? timeAt(objectAt(prompt.data, 'time'), 'created') : place.at;
  out.row({ sessionId, at, turnId, key: `turn:${turnId}`, kind: 'turn.started', data: {} });
}

function isSummary(data: JsonObject): boolean {
  // On prompts `summary` is an object with the changes made; on answers it marks a compaction.
  return data['role'] === 'assistant' && booleanAt(data, 'summary');
}

/** A compaction: an answer whose text replaces what came before. What asked for it says who wanted it. */
function readSummary(message: MessageRecord, parts: PartRecord[], shelf: Shelf, place: ItemPlace, out: Sink): void {
  const prompt = shelf.message(message.sessionId, stringAt(message.data, 'parentID') ?? '');
  const asked = prompt ? shelf.parts(prompt).find((part) => part.data['type'] === 'compaction') : undefined;
  const trigger = asked ? (booleanAt(asked.data, 'auto') ? 'auto' : 'manual') : 'unknown';
  const data = { type: 'compaction' as const, text: textOf(parts), trigger: trigger as 'auto' | 'manual' | 'unknown' };
  out.row({ ...place, key: `compaction:${message.id}`, kind: 'item.recorded', data });
  for (const part of parts.filter((each) => each.data['type'] !== 'text')) readPart(part, message, place, out);
}

function readError(message: MessageRecord, place: ItemPlace, out: Sink): void {
  const error = message.data['error'];
  if (!isObject(error) || isAbort(error)) return;
  out.row({ ...place, key: `error:${message.id}`, kind: 'item.recorded', data: errorItem(error) });
}

function isAbort(error: JsonObject): boolean {
  return error['name'] === 'MessageAbortedError';
}

/** The turn rests when its last answer asked for no tool, failed, or was stopped. */
function completeTurn(message: MessageRecord, shelf: Shelf, place: ItemPlace, out: Sink): void {
  const { sessionId, at, turnId } = place;
  const data = outcomeOf(message.data);
  if (!data || !turnId || !isLastOfTurn(message, shelf)) return;
  out.row({ sessionId, at, turnId, key: `end:${turnId}`, kind: 'turn.completed', data });
}

function outcomeOf(data: JsonObject): { outcome: 'complete' | 'interrupted' | 'failed'; reason?: string } | null {
  const error = data['error'];
  if (isObject(error)) {
    return isAbort(error) ? { outcome: 'interrupted' } : { outcome: 'failed', reason: errorItem(error).text };
  }
  const finish = stringAt(data, 'finish');
  const completed = timeAt(objectAt(data, 'time'), 'completed') !== null;
  return completed && finish && finish !== 'tool-calls' && finish !== 'unknown' ? { outcome: 'complete' } : null;
}

/** Files are read in any order: an answer ends its turn only where no later one goes on with it. */
function isLastOfTurn(message: MessageRecord, shelf: Shelf): boolean {
  const ids = shelf.messageIds(message.sessionId);
  const next = ids[ids.indexOf(message.id) + 1];
  const following = next ? shelf.message(message.sessionId, next) : null;
  return following?.data['parentID'] !== message.data['parentID'];
}

/** The newest message says what the session runs on now; older ones say nothing, in whatever order they are read. */
function describeModel(message: MessageRecord, shelf: Shelf, place: ItemPlace, out: Sink): void {
  if (shelf.messageIds(message.sessionId).at(-1) !== message.id) return;
  const chosen = objectAt(message.data, 'model');
  const model = stringAt(message.data, 'modelID') ?? stringAt(chosen, 'modelID');
  const variant = stringAt(message.data, 'variant') ?? stringAt(chosen, 'variant');
  const data = { ...(model ? { model } : {}), ...(variant && variant !== 'default' ? { effort: variant } : {}) };
  if (Object.keys(data).length === 0) return;
  out.row({ sessionId: place.sessionId, at: place.at, key: `model:${message.id}`, kind: 'session.described', data });
}
