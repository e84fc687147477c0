/** Claude Code's JSON Lines, one record at a time. */
import type { SessionDescription } from '@taffrail/wire';
import type { LineInfo, LinesReader, Sink } from '../contract.js';
import { type JsonObject, stringAt, timeAt } from '../json.js';
import { readAssistant } from './assistant.js';
import { placeOf } from './sidechain.js';
import { type ClaudeState, remember, remembered, startState, type Thread, threadOf } from './state.js';
import { readAttachment, readSystem } from './system.js';
import type { LinePlace } from './turns.js';
import { claimOf } from './usage.js';
import { readUser } from './user.js';

type RecordReader = (state: ClaudeState, thread: Thread, line: JsonObject, place: LinePlace, out: Sink) => void;

/** Lines of a conversation; they also say where and with which version it takes place. */
const conversation: Record<string, RecordReader> = {
  assistant: readAssistant,
  user: (_state, thread, line, place, out) => readUser(thread, line, place, out),
  system: (_state, thread, line, place, out) => readSystem(thread, line, place, out),
  attachment: (_state, thread, line, place, out) => readAttachment(thread, line, place, out),
};

/** Lines about a session. */
const notes: Record<string, RecordReader> = {
  'queue-operation': (state, _thread, line) => noteBirth(state, line),
  'cost-state': (_state, _thread, line, place, out) =>
    out.row({
      sessionId: place.sessionId,
      at: place.at,
      key: `claim:${place.fallbackKey}`,
      kind: 'usage.claimed',
      data: claimOf(line, out),
    }),
  summary: (state, _thread, line) => noteSummary(state, line),
  'custom-title': (_state, thread, line, place, out) => readTitle(thread, stringAt(line, 'customTitle'), place, out),
  'ai-title': (_state, thread, line, place, out) => readTitle(thread, stringAt(line, 'aiTitle'), place, out),
};

/** Record types that say nothing about the conversation or its usage, in the versions seen. */
const silentTypes = new Set([
  'agent-color',
  'agent-name',
  'api-request',
  'api-request-blob',
  'api-request-shape',
  'atis-latch',
  'file-history-snapshot',
  'last-prompt',
  'mode',
  'permission-mode',
  'pr-link',
  // Copies of sub-agents' lines, shown in the parent while they work: never counted.
  'progress',
  'tag',
  'tools-used',
  'worktree-state',
]);

export const claudeLines: LinesReader<ClaudeState> = {
  start: startState,
  read(state, line, info, out) {
    const type = stringAt(line, 'type') ?? '';
    if (Object.hasOwn(conversation, type)) readConversation(state, type, line, info, out);
    else if (Object.hasOwn(notes, type)) readNote(state, type, line, info, out);
    else if (!silentTypes.has(type)) out.problem('unknown_record', `record type ${type || 'missing'}`);
  },
};

function readConversation(state: ClaudeState, type: string, line: JsonObject, info: LineInfo, out: Sink): void {
  const { sessionId, parentId } = placeOf(state, line);
  const place = { sessionId, at: timeAt(line, 'timestamp'), fallbackKey: keyOf(line, info) };
  const thread = threadOf(state, sessionId);
  if (type !== 'attachment') describe(state, line, { ...place, parentId }, out);
  readTitle(thread, titleFor(state, line), place, out);
  conversation[type]?.(state, thread, line, place, out);
  state.begun = true;
  thread.lastAt = place.at ?? thread.lastAt;
}

function readNote(state: ClaudeState, type: string, line: JsonObject, info: LineInfo, out: Sink): void {
  const sessionId = stringAt(line, 'sessionId') ?? state.fileSession;
  const place = { sessionId, at: timeAt(line, 'timestamp'), fallbackKey: keyOf(line, info) };
  notes[type]?.(state, threadOf(state, sessionId), line, place, out);
}

function keyOf(line: JsonObject, info: LineInfo): string {
  return stringAt(line, 'uuid') ?? info.hash();
}

/** A file that begins with the program's own mark was begun then: older lines in it were copied. */
function noteBirth(state: ClaudeState, line: JsonObject): void {
  const at = timeAt(line, 'timestamp');
  if (!state.begun && at !== null && state.bornAt === null) state.bornAt = at;
}

const titlesMax = 50;

/** Old versions write titles of many conversations at the head of a file; one counts where its line follows. */
function noteSummary(state: ClaudeState, line: JsonObject): void {
  const leaf = stringAt(line, 'leafUuid');
  const title = stringAt(line, 'summary');
  if (leaf && title) remember(state.titles, leaf, title, titlesMax);
}

function titleFor(state: ClaudeState, line: JsonObject): string | undefined {
  const uuid = stringAt(line, 'uuid');
  return uuid ? remembered(state.titles, uuid) : undefined;
}

function readTitle(thread: Thread, title: string | undefined, place: LinePlace, out: Sink): void {
  if (!title) return;
  thread.titled = true;
  const { sessionId, at, fallbackKey } = place;
  out.row({ sessionId, at, key: `title:${fallbackKey}`, kind: 'session.described', data: { title } });
}

/** States the session's surroundings when they change; most lines repeat them, some leave a part of them out. */
function describe(
  state: ClaudeState,
  line: JsonObject,
  place: LinePlace & { parentId: string | null },
  out: Sink,
): void {
  const { sessionId, parentId } = place;
  const cwd = stringAt(line, 'cwd');
  const branch = stringAt(line, 'gitBranch');
  const agentVersion = stringAt(line, 'version');
  const effort = stringAt(line, 'effort');
  const origin = stringAt(line, 'requestSessionId');
  const forkedFrom = origin !== undefined && origin !== sessionId && !parentId ? origin : undefined;
  const data = {
    ...(cwd ? { cwd } : {}),
    ...(branch && branch !== 'HEAD' ? { branch } : {}),
    ...(agentVersion ? { agentVersion } : {}),
    ...(effort ? { effort } : {}),
    ...(parentId ? { parentId } : {}),
    ...(forkedFrom ? { forkedFrom } : {}),
  };
  const before: SessionDescription = remembered(state.described, sessionId) ?? {};
  const known = Object.entries(data).every(([key, value]) => before[key as keyof SessionDescription] === value);
  if (known) return;
  remember(state.described, sessionId, { ...before, ...data }, describedMax);
  out.row({ sessionId, at: place.at, key: `place:${place.fallbackKey}`, kind: 'session.described', data });
}

const describedMax = 200;
