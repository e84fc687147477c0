/** `$set` lines: changes of a session's metadata, and its whole history as the model will see it next. */

import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, idAt, recordItem } from '../conversation.js';
import { isObject, type JsonObject, objectsAt, stringAt, timeAt } from '../json.js';
import { shortHash } from '../text.js';
import { describeFolder } from './folder.js';
import { isCounted, readUsage } from './model.js';
import { readParts } from './parts.js';
import type { GeminiState } from './state.js';
import { readContext } from './user.js';

// What the program answers in the model's name to the summary that replaces older messages.
const summaryTaken = 'Got it. Thanks for the additional context!';

export function readChange(state: GeminiState, change: JsonObject, out: Sink): void {
  state.sessionId = idAt(change, 'sessionId') ?? state.sessionId;
  const at = timeAt(change, 'lastUpdated');
  const summary = stringAt(change, 'summary');
  if (summary) readSummary(state, summary, at, out);
  describeDirectories(state, change, at, out);
  if (Array.isArray(change['messages'])) readHistory(state, objectsAt(change, 'messages'), at, out);
}

/** A sub-agent's summary is its answer; a session's is what the program calls it. */
export function readSummary(state: GeminiState, summary: string, at: number | null, out: Sink): void {
  if (state.parentId) {
    endTurn(state, at, 'complete', out);
    return;
  }
  state.titled = true;
  describe(baseOf(state, at), `title:${shortHash(summary)}`, { title: summary }, out);
}

export function describeDirectories(state: GeminiState, header: JsonObject, at: number | null, out: Sink): void {
  const { directories } = header;
  const first: unknown = Array.isArray(directories) ? directories[0] : undefined;
  if (state.cwd === null && typeof first === 'string' && first !== '') describeFolder(state, first, at, out);
}

/**
 * The history as a whole, mostly without usage: after a resume, a compression, a cancelled turn. Its messages
 * stand in the log already, so nothing of it is transcript but what a compression put there.
 */
function readHistory(state: GeminiState, messages: JsonObject[], at: number | null, out: Sink): void {
  const { turn } = state;
  const told = messages.map((message, index) => readTold(state, message, messages[index + 1], at, out));
  const known = told.includes('summary') || messages.some((message) => message['id'] === turn?.id);
  if (turn?.outcome === null && !known) endTurn(state, at, 'interrupted', out, 'taken back: cancelled or failed');
}

function readTold(
  state: GeminiState,
  message: JsonObject,
  next: JsonObject | undefined,
  changedAt: number | null,
  out: Sink,
): 'message' | 'summary' {
  const id = stringAt(message, 'id');
  const at = timeAt(message, 'timestamp') ?? changedAt;
  if (message['type'] === 'gemini') {
    if (id) readLostUsage(state, message, id, at, out);
    return 'message';
  }
  const { text } = readParts(message['content']);
  if (readContext(state, text, at, out) || !isSummary(text, next)) return 'message';
  recordSummary(state, text, at, out);
  return 'summary';
}

/** Usage whose own line was lost: a history that was copied from a file keeps it. */
function readLostUsage(state: GeminiState, message: JsonObject, id: string, at: number | null, out: Sink): void {
  if (!isObject(message['tokens']) || isCounted(state, id)) return;
  readUsage(state, message, id, { sessionId: state.sessionId, at }, out);
}

function isSummary(text: string, next: JsonObject | undefined): boolean {
  if (text === '') return false;
  return (
    text.includes('<state_snapshot>') ||
    (next?.['type'] === 'gemini' && readParts(next['content']).text === summaryTaken)
  );
}

/** The summary stays at the head of every later history: it is told once. */
function recordSummary(state: GeminiState, text: string, at: number | null, out: Sink): void {
  const name = shortHash(text);
  if (state.summary === name) return;
  state.summary = name;
  recordItem(baseOf(state, at), `compaction:${name}`, { type: 'compaction', text, trigger: 'unknown' }, out);
}
