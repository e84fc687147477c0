/**
 * Whose line is it? A sub-agent is a session of its own: named by `agentId` where the log has it, and in old
 * logs, which keep sub-agents inside the main file, by the first line of its chain of `parentUuid`s.
 */
import { booleanAt, type JsonObject, stringAt } from '../json.js';
import { type ClaudeState, remember, remembered } from './state.js';

export interface Place {
  sessionId: string;
  parentId: string | null;
}

// A chain is followed from line to line; only its loose end must be kept, so a bound loses nothing real.
const sidechainEndsMax = 200;

export function placeOf(state: ClaudeState, line: JsonObject): Place {
  const sessionId = stringAt(line, 'sessionId') ?? state.fileSession;
  if (state.fileAgent) return subAgent(sessionId, state.fileAgent);
  if (!booleanAt(line, 'isSidechain')) return { sessionId, parentId: null };
  return subAgent(sessionId, stringAt(line, 'agentId') ?? chainStart(state, line));
}

function subAgent(sessionId: string, agentId: string): Place {
  return { sessionId: `${sessionId}.${agentId}`, parentId: sessionId };
}

function chainStart(state: ClaudeState, line: JsonObject): string {
  const uuid = stringAt(line, 'uuid') ?? 'sidechain';
  const parent = stringAt(line, 'parentUuid');
  const start = parent ? (remembered(state.sidechains, parent) ?? 'sidechain') : uuid;
  remember(state.sidechains, uuid, start, sidechainEndsMax);
  return start;
}
