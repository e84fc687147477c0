/** Qwen Code's JSON Lines, one record at a time. */
import type { LinesReader, Sink } from '../contract.js';
import { baseOf, describe, idAt } from '../conversation.js';
import { isObject, type JsonObject, shown, stringAt, timeAt } from '../json.js';
import { readAssistant } from './assistant.js';
import { readClaim } from './claim.js';
import { copiedFrom, type LinePlace } from './place.js';
import { agentSession, type QwenState, startState } from './state.js';
import { readSystem } from './system.js';
import { readToolResult, readUser } from './user.js';

type RecordReader = (state: QwenState, line: JsonObject, place: LinePlace, out: Sink) => void;

const readers: Record<string, RecordReader> = {
  user: readUser,
  assistant: readAssistant,
  tool_result: readToolResult,
  system: readSystem,
};

export const qwenLines: LinesReader<QwenState> = {
  start: startState,
  read(state, record, line, out) {
    const session = idAt(record, 'sessionId') ?? state.fileSession;
    const type = stringAt(record, 'type');
    if (!type && isObject(record['models'])) {
      readClaim(record, session, line, out);
      return;
    }
    const reader = readers[type ?? ''];
    if (!reader) {
      out.problem('unknown_record', `record type ${shown(type ?? 'missing')}`);
      return;
    }
    const agentId = idAt(record, 'agentId') ?? state.agent?.id;
    if (agentId && !state.agent) state.agent = { id: agentId, parentAgentId: null, model: null, title: null };
    state.sessionId = agentId ? agentSession(session, agentId) : session;
    const place = { id: stringAt(record, 'uuid') ?? line.hash(), at: timeAt(record, 'timestamp'), session };
    describeLine(state, record, place, out);
    reader(state, record, place, out);
  },
};

/** States the session's surroundings when they change; every line repeats them. */
function describeLine(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const cwd = stringAt(line, 'cwd');
  const branch = stringAt(line, 'gitBranch');
  const agentVersion = stringAt(line, 'version');
  const forkedFrom = copiedFrom(line);
  const data = {
    ...(cwd ? { cwd } : {}),
    ...(branch && branch !== 'HEAD' ? { branch } : {}),
    ...(agentVersion && agentVersion !== 'unknown' ? { agentVersion } : {}),
    ...(forkedFrom ? { forkedFrom } : {}),
    ...(state.agent ? subAgentData(state, place) : {}),
  };
  const said = JSON.stringify(data);
  if (said === '{}' || state.said === said) return;
  state.said = said;
  describe(baseOf(state, place.at), `place:${place.id}`, data, out);
}

function subAgentData({ agent }: QwenState, { session }: LinePlace) {
  const parentId = agent?.parentAgentId ? agentSession(session, agent.parentAgentId) : session;
  return { parentId, ...(agent?.title ? { title: agent.title } : {}) };
}
