/** pi's session files, one entry at a time; versions 1 to 3 differ in ids and names only. */
import type { LinesReader, Sink } from '../contract.js';
import { baseOf, describe, idAt, recordItem } from '../conversation.js';
import { type JsonObject, numberAt, objectAt, shown, stringAt, timeAt } from '../json.js';
import { describeModel, readMessage } from './message.js';
import { type EntryPlace, type PiState, sessionOfPath, startState } from './state.js';

type EntryReader = (state: PiState, entry: JsonObject, place: EntryPlace, out: Sink) => void;

const readers: Record<string, EntryReader> = {
  session: readHeader,
  message: (state, entry, place, out) => readMessage(state, objectAt(entry, 'message'), place, out),
  // An extension's message has its content in the entry itself.
  custom_message: (state, entry, place, out) => readMessage(state, { ...entry, role: 'custom' }, place, out),
  branch_summary: (state, entry, place, out) => readMessage(state, { ...entry, role: 'branchSummary' }, place, out),
  compaction: readCompaction,
  model_change: (state, entry, place, out) => describeModel(state, modelOf(entry), place, out),
  thinking_level_change: readEffort,
  session_info: readName,
};

// Bookmarks and the private notes of extensions.
const silentTypes = new Set(['custom', 'label']);

export const piLines: LinesReader<PiState> = {
  start: startState,
  read(state, entry, line, out) {
    const type = stringAt(entry, 'type') ?? '';
    const place = { id: stringAt(entry, 'id') ?? line.hash(), at: timeAt(entry, 'timestamp') };
    const reader = readers[type];
    if (reader) reader(state, entry, place, out);
    else if (!silentTypes.has(type)) out.problem('unknown_record', `entry type ${shown(type || 'missing')}`);
  },
};

function readHeader(state: PiState, header: JsonObject, place: EntryPlace, out: Sink): void {
  const parent = stringAt(header, 'parentSession') ?? stringAt(header, 'branchedFrom');
  state.sessionId = idAt(header, 'id') ?? state.sessionId;
  state.bornAt = place.at;
  state.forked = parent !== undefined;
  const cwd = stringAt(header, 'cwd');
  const forkedFrom = parent ? sessionOfPath(parent) : undefined;
  const data = { ...(cwd ? { cwd } : {}), ...(forkedFrom ? { forkedFrom } : {}) };
  if (Object.keys(data).length > 0) describe(baseOf(state, place.at), 'header', data, out);
  describeModel(state, modelOf(header), place, out);
  readEffort(state, header, place, out);
}

/** The model in the three ways it was written: apart from its provider, behind it, and by another name. */
function modelOf(entry: JsonObject): string | undefined {
  return stringAt(entry, 'modelId') ?? stringAt(entry, 'model')?.replace(/^[^/]+\//, '');
}

function readEffort(state: PiState, entry: JsonObject, place: EntryPlace, out: Sink): void {
  const effort = stringAt(entry, 'thinkingLevel');
  if (effort) describe(baseOf(state, place.at), `effort:${place.id}`, { effort }, out);
}

/** The name that a person gave the session. */
function readName(state: PiState, entry: JsonObject, place: EntryPlace, out: Sink): void {
  const title = stringAt(entry, 'name')?.trim();
  if (!title) return;
  state.titled = true;
  describe(baseOf(state, place.at), `title:${place.id}`, { title }, out);
}

function readCompaction(state: PiState, entry: JsonObject, place: EntryPlace, out: Sink): void {
  const before = numberAt(entry, 'tokensBefore');
  const tokens = before !== undefined && Number.isInteger(before) && before >= 0 ? { tokensBefore: before } : {};
  const text = stringAt(entry, 'summary') ?? '';
  recordItem(
    baseOf(state, place.at),
    `compaction:${place.id}`,
    { type: 'compaction', text, trigger: 'unknown', ...tokens },
    out,
  );
}
