/**
 * Whose line is it? A sub-agent is a session of its own: named by `agentId` where the log has it, and in old
 * logs, which keep sub-agents inside the main file, by the first line of its chain of `parentUuid`s.
 */
import { booleanAt, type JsonObject, stringAt } from '../json.js';
import type { ClaudeState } from './state.js';

export interface Place {
  sessionId: string;
  parentId: string | null;
}

// A chain is followed from line to line; only its loose end must be kept, so a bound loses nothing real.
const sidechainEndsMax = 200;

export function placeOf(state: ClaudeState, line: JsonObject): Place {
  const sessionId = stringAt(line, 'sessionId') ?? state.fileSession;
  const agentId = state.fileAgent ?? stringAt(line, 'agentId');
  if (agentId) return subAgent(sessionId, agentId);
  if (!booleanAt(line, 'isSidechain')) return { sessionId, parentId: null };
  return subAgent(sessionId, chainStart(state, line));
}

function subAgent(sessionId: string, agentId: string): Place {
  return { sessionId: `${sessionId}.${agentId}`, parentId: sessionId };
}

function chainStart(state: ClaudeState, line: JsonObject): string {
  const uuid = stringAt(line, 'uuid') ?? 'sidechain';
  const parent = stringAt(line, 'parentUuid');
  const start = (parent && state.sidechains[parent]) || (parent ? 'sidechain' : uuid);
  state.sidechains[uuid] = start;
  const ends = Object.keys(state.sidechains);
  if (ends.length > sidechainEndsMax) delete state.sidechains[ends[0] as string];
  return start;
}
