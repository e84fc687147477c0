/** What the Gemini CLI reader must remember between lines: plain JSON, small. */
import type { AgentName } from '@taffrail/wire';
import type { Siblings, Source } from '../contract.js';
import type { Conversation } from '../conversation.js';
import { folderOfSlug } from './folder.js';

export interface GeminiState extends Conversation {
  /** Whose log it is: early Qwen Code wrote the same documents. */
  agent: AgentName;
  /** The session whose folder this file lies in: it is a sub-agent's. */
  parentId: string | null;
  parentStated: boolean;
  /** When the program first wrote a header into this file; what is older was copied into it. */
  bornAt: number | null;
  /** SHA-256 of the project's folder, as the header has it. */
  projectHash: string | null;
  /** The folder as the registry of projects names it. */
  registered: string | null;
  /** The folder as it was last stated. */
  cwd: string | null;
  /** How many texts were searched for the folder, so that a long log is not searched for ever. */
  cwdTries: number;
  model: string | null;
  titled: boolean;
  /** The last environment text that was put at the conversation's head, by hash. */
  context: string | null;
  /** The last summary that replaced older messages, by hash. */
  summary: string | null;
  /** Calls whose results are known, the latest ones. */
  answered: string[];
  /** Messages whose usage was read, by short hash: a repeated history must not state it again. */
  counted: string[];
}

/** `<project>/chats/<file>`, and a sub-agent's `<project>/chats/<parent>/<file>`. */
export function startState(agent: AgentName, source: Source, siblings?: Siblings): GeminiState {
  const folders = source.path.split('/');
  const name = folders.pop() ?? source.path;
  const chats = folders.lastIndexOf('chats');
  const slug = chats > 0 ? folders[chats - 1] : undefined;
  return {
    agent,
    // Until a header names it.
    sessionId: name.replace(/\.jsonl?(\.unreadable-\d+)?$/, ''),
    parentId: chats >= 0 ? (folders[chats + 1] ?? null) : null,
    parentStated: false,
    bornAt: null,
    projectHash: null,
    registered: slug && siblings ? folderOfSlug(slug, siblings) : null,
    cwd: null,
    cwdTries: 0,
    model: null,
    titled: false,
    context: null,
    summary: null,
    turn: null,
    answered: [],
    counted: [],
  };
}
