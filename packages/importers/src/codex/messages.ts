/** Messages, reasoning and compactions as the model saw them (response items). */
import type { EmbeddedFile, Sink } from '../contract.js';
import { type JsonObject, objectsAt, stringAt } from '../json.js';
import { shortHash } from '../text.js';
import { isHumanPart, kindsOf } from './harness-text.js';
import { type CodexState, type Place, rowBase } from './state.js';
import { beginStep, startPrompt } from './turns.js';

export function readMessage(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const { role } = item;
  if (role === 'assistant') readAnswer(state, item, place, out);
  else if (role === 'user') readUser(state, item, place, out);
  else readHarness(state, textOf(partsOf(item)), `harness:${keyOf(item, place)}`, 'system', place, out);
}

const keyOf = (item: JsonObject, place: Place): string => stringAt(item, 'id') ?? place.hash();

function partsOf(item: JsonObject): JsonObject[] {
  const text = stringAt(item, 'content');
  return text ? [{ type: 'input_text', text }] : objectsAt(item, 'content');
}

function textOf(parts: readonly JsonObject[]): string {
  return parts
    .map((part) => stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '')
    .filter((text) => text !== '')
    .join('\n');
}

function readAnswer(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const text = textOf(partsOf(item));
  if (text === '') return;
  beginStep(state);
  const key = `message:${keyOf(item, place)}`;
  state.lastSaid = {
    key,
    length: text.length,
    hash: shortHash(text),
    turnId: state.turn?.id ?? null,
    step: state.turn?.step ?? null,
  };
  out.row({
    ...rowBase(state, place),
    key,
    kind: 'item.recorded',
    data: { type: 'message', role: 'assistant', author: 'model', text },
  });
}

/** A person's words and the program's may share one message: each becomes an item with its author. */
function readUser(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const parts = partsOf(item);
  const kinds = kindsOf(item, parts.length);
  const human = parts.filter((part, at) => isHumanPart(part, kinds?.[at]));
  const harness = parts.filter((part) => !human.includes(part));
  readHarness(state, textOf(harness), `harness:${keyOf(item, place)}`, 'user', place, out);
  const text = textOf(human);
  const files = human.map(imageOf).filter((file) => file !== null);
  if (text === '' && files.length === 0) return;
  startPrompt(state, text, place, out);
  out.row({
    ...rowBase(state, place),
    key: `message:${keyOf(item, place)}`,
    kind: 'item.recorded',
    data: { type: 'message', role: 'user', author: 'human', text },
    ...(files.length > 0 ? { files } : {}),
  });
}

function readHarness(
  state: CodexState,
  text: string,
  key: string,
  role: 'user' | 'system',
  place: Place,
  out: Sink,
): void {
  if (text === '') return;
  // Between turns the program says what the next one is to know.
  const base = state.turn && !state.turn.open ? { sessionId: state.sessionId, at: place.at } : rowBase(state, place);
  out.row({ ...base, key, kind: 'item.recorded', data: { type: 'message', role, author: 'harness', text } });
}

/** The picture in a part, where it is embedded. */
export function imageOf(part: JsonObject): EmbeddedFile | null {
  const found = /^data:([\w.+/-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(stringAt(part, 'image_url') ?? '');
  return found?.[1] && found[2] ? { mediaType: found[1], base64: found[2] } : null;
}

/** What agents of one team tell each other; the task that starts a sub-agent comes this way. */
export function readAgentMessage(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const parts = objectsAt(item, 'content');
  const text = textOf(
    parts.map((part) => ({ text: stringAt(part, 'text') ?? stringAt(part, 'encrypted_content') ?? '' })),
  );
  readHarness(state, text, `message:${keyOf(item, place)}`, 'user', place, out);
}

export function readReasoning(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const summary = textOf(objectsAt(item, 'summary'));
  const text = summary === '' ? textOf(objectsAt(item, 'content')) : summary;
  beginStep(state);
  const data = { type: 'reasoning' as const, text, ...(text === '' ? { hidden: true } : {}) };
  out.row({ ...rowBase(state, place), key: `reasoning:${keyOf(item, place)}`, kind: 'item.recorded', data });
}

/** The summary that takes the place of what was said before. The model's own wording of it becomes the same item. */
export function readCompaction(state: CodexState, record: JsonObject, place: Place, out: Sink): void {
  const text = stringAt(record, 'message') ?? '';
  const said = state.lastSaid;
  const isSummary =
    said !== null && said.turnId === (state.turn?.id ?? null) && shortHash(text.slice(-said.length)) === said.hash;
  const base = rowBase(state, place);
  const trigger = state.turn?.prompted ? ('auto' as const) : ('unknown' as const);
  out.row({
    ...base,
    ...(isSummary && said.step !== null ? { step: said.step } : {}),
    key: isSummary ? said.key : `compaction:${stringAt(record, 'window_id') ?? place.hash()}`,
    kind: 'item.recorded',
    data: { type: 'compaction', text: isSummary ? text.slice(-said.length) : text, trigger },
  });
  state.lastSaid = null;
}
