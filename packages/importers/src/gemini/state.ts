/** What the Gemini CLI reader must remember between lines: plain JSON, small. */
import type { Siblings, Source } from '../contract.js';
import { folderOfSlug } from './folder.js';
import type { TurnOutcome } from './turn.js';

export interface Turn {
  /** The id of the prompt that began it. */
  id: string;
  step: number;
  /** The model's message that the step stands for. */
  messageId: string | null;
  outcome: TurnOutcome | null;
}

export interface GeminiState {
  /** The session that lines belong to: the header's id, the file's name until a header is read. */
  sessionId: string;
  /** The session whose folder this file lies in: it is a sub-agent's. */
  parentId: string | null;
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
  parentStated: boolean;
  /** The last environment text that was put at the conversation's head, by hash. */
  context: string | null;
  /** The last summary that replaced older messages, by hash. */
  summary: string | null;
  turn: Turn | null;
  /** Calls of this turn whose results are known. */
  answered: string[];
  /** Messages whose usage was read, by short hash: a repeated history must not state it again. */
  counted: string[];
}

export function startState(source: Source, siblings?: Siblings): GeminiState {
  const [, slug, , parentId, name] = /^(?:([^/]+)\/)?(?:(chats)\/)?(?:([^/]+)\/)?([^/]+)$/.exec(source.path) ?? [];
  return {
    sessionId: (name ?? source.path).replace(/\.jsonl?$/, ''),
    parentId: parentId ?? null,
    bornAt: null,
    projectHash: null,
    registered: slug && siblings ? folderOfSlug(slug, siblings) : null,
    cwd: null,
    cwdTries: 0,
    model: null,
    titled: false,
    parentStated: false,
    context: null,
    summary: null,
    turn: null,
    answered: [],
    counted: [],
  };
}
