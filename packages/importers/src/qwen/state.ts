/** What the Qwen Code reader must remember between lines: plain JSON, small. */
import type { Siblings, Source } from '../contract.js';
import { type Conversation, idAt } from '../conversation.js';
import { type JsonObject, stringAt } from '../json.js';

/** The sub-agent whose own transcript a file is. */
export interface SubAgent {
  id: string;
  /** The conversation that started it: another sub-agent's id, or `null` for the session itself. */
  parentAgentId: string | null;
  model: string | null;
  title: string | null;
}

export interface QwenState extends Conversation {
  /** The session that a line without `sessionId` belongs to: the file's name. */
  fileSession: string;
  agent: SubAgent | null;
  said: string;
  model: string | null;
  titled: boolean;
  /** Figures of the latest requests that telemetry lines told: the answers' lines repeat them. */
  told: string[];
  /** Figures that an answer's line told before any telemetry line did, with the request's name. */
  untold: Record<string, string>;
  /** Sub-agents' requests by their figures: the records that told them, to tell equal requests apart. */
  agentRequests: Record<string, string[]>;
  /** How long calls took, from telemetry, until their results come. */
  durations: Record<string, number>;
  /** Calls that started sub-agents. */
  children: Record<string, string>;
}

export function startState(source: Source, siblings?: Siblings): QwenState {
  const name =
    source.path
      .split('/')
      .at(-1)
      ?.replace(/\.jsonl$/, '') ?? source.path;
  const [, folder, agent] = /^(.*subagents\/([^/]+))\/agent-[^/]+\.jsonl$/.exec(source.path) ?? [];
  const meta = folder && siblings ? siblings.readJson(`${folder}/${name}.meta.json`) : null;
  const subAgent = agent ? subAgentFrom(name, meta ?? {}) : null;
  return {
    sessionId: agent ?? name,
    fileSession: agent ?? name,
    agent: subAgent,
    turn: null,
    said: '',
    model: null,
    titled: subAgent !== null && subAgent.title !== null,
    told: [],
    untold: {},
    agentRequests: {},
    durations: {},
    children: {},
  };
}

function subAgentFrom(name: string, meta: JsonObject): SubAgent {
  return {
    id: idAt(meta, 'agentId') ?? name.replace(/^agent-/, ''),
    parentAgentId: idAt(meta, 'parentAgentId') ?? null,
    model: stringAt(meta, 'model') ?? null,
    title: stringAt(meta, 'description') ?? null,
  };
}

// What is looked for again is near; what is far was settled long ago.
const rememberedMax = 100;

/** Remembers the latest entries of a record only. */
export function remember<Value>(memory: Record<string, Value>, key: string, value: Value): void {
  delete memory[key];
  memory[key] = value;
  const keys = Object.keys(memory);
  if (keys.length > rememberedMax) delete memory[keys[0] as string];
}

export function rememberIn(memory: string[], value: string): void {
  if (!memory.includes(value)) memory.push(value);
  if (memory.length > rememberedMax) memory.shift();
}

/** A sub-agent is a session of its own. */
export function agentSession(sessionId: string, agentId: string): string {
  return `${sessionId}.${agentId}`;
}
