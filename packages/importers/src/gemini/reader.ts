/** Gemini CLI's JSON Lines (since 0.30 or so), one record at a time. */

import type { LineInfo, LinesReader, Sink } from '../contract.js';
import { baseOf, describe, endTurn, idAt } from '../conversation.js';
import { isObject, type JsonObject, objectsAt, shown, stringAt, timeAt } from '../json.js';
import { describeFolder } from './folder.js';
import { describeDirectories, readChange, readSummary } from './history.js';
import { readMessage } from './message.js';
import { type GeminiState, startState } from './state.js';

export const geminiLines: LinesReader<GeminiState> = {
  start: (source, siblings) => startState('gemini', source, siblings),
  read(state, record, line, out) {
    const change = record['$set'];
    if (isObject(change)) return readChange(state, change, out);
    // A rewind changes what the model sees next; the log keeps what was said and spent.
    if (stringAt(record, '$rewindTo')) return;
    const id = stringAt(record, 'id');
    if (id && stringAt(record, 'type')) {
      if (!readMessage(state, record, id, out)) out.problem('unknown_record', `message type ${shown(record['type'])}`);
      return;
    }
    if (stringAt(record, 'sessionId')) return readHeader(state, record, line, out);
    out.problem('unknown_record', 'neither a header, a message nor a change');
  },
};

/** The first line of a file, and another at each resume: the program has started anew. */
function readHeader(state: GeminiState, header: JsonObject, line: LineInfo, out: Sink): void {
  const at = timeAt(header, 'startTime');
  if (state.turn?.outcome === null) endTurn(state, null, 'interrupted', out, 'the program ended before the turn did');
  readMetadata(state, header, out);
  const summary = stringAt(header, 'summary');
  if (summary) readSummary(state, summary, at, out);
  for (const message of objectsAt(header, 'messages'))
    readMessage(state, message, stringAt(message, 'id') ?? line.hash(), out);
}

/** What a header says, in JSON Lines or at the top of a whole document. */
export function readMetadata(state: GeminiState, header: JsonObject, out: Sink): void {
  const at = timeAt(header, 'startTime');
  state.sessionId = idAt(header, 'sessionId') ?? state.sessionId;
  state.projectHash = stringAt(header, 'projectHash') ?? state.projectHash;
  if (at !== null && (state.bornAt === null || at < state.bornAt)) state.bornAt = at;
  if (state.parentId && !state.parentStated) {
    state.parentStated = true;
    describe(baseOf(state, at), 'parent', { parentId: state.parentId }, out);
  }
  if (state.cwd === null) describeFolder(state, state.registered, at, out);
  describeDirectories(state, header, at, out);
}
