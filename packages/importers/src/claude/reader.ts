/** Claude Code's JSON Lines, one record at a time. */
import type { LineInfo, LinesReader, RowDraft, Sink } from '../contract.js';
import { type JsonObject, numberAt, objectAt, stringAt, timeAt } from '../json.js';
import { type LinePlace, readAssistant } from './assistant.js';
import { placeOf } from './sidechain.js';
import { type ClaudeState, startState, type Thread, threadOf } from './state.js';
import { claimOf } from './usage.js';
import { readUser } from './user.js';

type RecordReader = (state: ClaudeState, thread: Thread, line: JsonObject, place: LinePlace, out: Sink) => void;

/** Record types that say nothing about the conversation or its usage, in the versions seen. */
const silentTypes = new Set([
  'api-request',
  'api-request-blob',
  'api-request-shape',
  'atis-latch',
  'attachment',
  'file-history-snapshot',
  'last-prompt',
  'mode',
  'permission-mode',
  'pr-link',
  'progress',
  'summary',
  'tag',
  'agent-name',
  'agent-color',
  'tools-used',
  'worktree-state',
]);

const readers: Record<string, RecordReader> = {
  assistant: readAssistant,
  user: (_state, thread, line, place, out) => readUser(thread, line, place, out),
  system: (_state, thread, line, place, out) => readSystem(thread, line, place, out),
  'queue-operation': (state, _thread, line) => noteBirth(state, line),
  'cost-state': (_state, _thread, line, place, out) =>
    out.row({
      sessionId: place.sessionId,
      at: place.at,
      key: `claim:${place.fallbackKey}`,
      kind: 'usage.claimed',
      data: claimOf(line, out),
    }),
  'custom-title': (_state, thread, line, place, out) => readTitle(thread, stringAt(line, 'customTitle'), place, out),
  'ai-title': (_state, thread, line, place, out) => readTitle(thread, stringAt(line, 'aiTitle'), place, out),
};

export const claudeLines: LinesReader<ClaudeState> = {
  start: startState,
  read(state, line, info, out) {
    const type = stringAt(line, 'type') ?? '';
    const reader = readers[type];
    if (!reader) {
      if (!silentTypes.has(type)) out.problem('unknown_record', `record type ${type || 'missing'}`);
      return;
    }
    const { sessionId, parentId } = placeOf(state, line);
    const place = { sessionId, at: timeAt(line, 'timestamp'), fallbackKey: keyOf(line, info) };
    if (type !== 'queue-operation' && type !== 'cost-state') describe(state, line, { ...place, parentId }, out);
    reader(state, threadOf(state, sessionId), line, place, out);
  },
};

function keyOf(line: JsonObject, info: LineInfo): string {
  return stringAt(line, 'uuid') ?? info.hash();
}

function noteBirth(state: ClaudeState, line: JsonObject): void {
  const at = timeAt(line, 'timestamp');
  if (at !== null && (state.bornAt === null || at < state.bornAt)) state.bornAt = at;
}

/** States the session's surroundings when they change; most lines repeat them. */
function describe(
  state: ClaudeState,
  line: JsonObject,
  place: LinePlace & { parentId: string | null },
  out: Sink,
): void {
  const cwd = stringAt(line, 'cwd');
  const branch = stringAt(line, 'gitBranch');
  const agentVersion = stringAt(line, 'version');
  const origin = stringAt(line, 'requestSessionId');
  const forkedFrom = origin !== undefined && origin !== place.sessionId && !place.parentId ? origin : undefined;
  const data = {
    ...(cwd ? { cwd } : {}),
    ...(branch && branch !== 'HEAD' ? { branch } : {}),
    ...(agentVersion ? { agentVersion } : {}),
    ...(place.parentId ? { parentId: place.parentId } : {}),
    ...(forkedFrom ? { forkedFrom } : {}),
  };
  const said = JSON.stringify(data);
  if (said === '{}' || state.described[place.sessionId] === said) return;
  state.described[place.sessionId] = said;
  out.row({
    sessionId: place.sessionId,
    at: place.at,
    key: `place:${place.fallbackKey}`,
    kind: 'session.described',
    data,
  });
}

function readTitle(thread: Thread, title: string | undefined, place: LinePlace, out: Sink): void {
  if (!title) return;
  thread.titled = true;
  out.row({
    sessionId: place.sessionId,
    at: place.at,
    key: `title:${place.fallbackKey}`,
    kind: 'session.described',
    data: { title },
  });
}

type ItemBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId'>;

function readSystem(thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const base = { sessionId: place.sessionId, at: place.at, ...(thread.turnId ? { turnId: thread.turnId } : {}) };
  switch (line['subtype']) {
    case 'compact_boundary':
      return readCompaction(thread, line, place, base, out);
    case 'api_error':
      return readError(line, place, base, out);
    default:
      return;
  }
}

function readCompaction(thread: Thread, line: JsonObject, place: LinePlace, base: ItemBase, out: Sink): void {
  const meta = objectAt(line, 'compactMetadata');
  const [before, after] = [numberAt(meta, 'preTokens'), numberAt(meta, 'postTokens')];
  const trigger = meta['trigger'] === 'auto' || meta['trigger'] === 'manual' ? meta['trigger'] : 'unknown';
  const key = `compaction:${place.fallbackKey}`;
  const item = {
    type: 'compaction' as const,
    text: '',
    trigger: trigger as 'auto' | 'manual' | 'unknown',
    ...(before === undefined ? {} : { tokensBefore: before }),
    ...(after === undefined ? {} : { tokensAfter: after }),
  };
  thread.compaction = { key, item };
  out.row({ ...base, key, kind: 'item.recorded', data: item });
}

function readError(line: JsonObject, place: LinePlace, base: ItemBase, out: Sink): void {
  const error = objectAt(line, 'error');
  const text = stringAt(error, 'formatted') ?? stringAt(error, 'message') ?? stringAt(line, 'content') ?? 'API error';
  const code = numberAt(error, 'status');
  const retried = numberAt(line, 'retryInMs') !== undefined;
  const data = { type: 'error' as const, text, retried, ...(code === undefined ? {} : { code: String(code) }) };
  out.row({ ...base, key: `error:${place.fallbackKey}`, kind: 'item.recorded', data });
}
