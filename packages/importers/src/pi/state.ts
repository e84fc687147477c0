/** What the pi reader must remember between lines: plain JSON, small. */
import type { Source } from '../contract.js';
import type { Conversation } from '../conversation.js';

export interface PiState extends Conversation {
  /** The file's header: when the session began, and whether it began as a copy of another one. */
  bornAt: number | null;
  forked: boolean;
  model: string | null;
  titled: boolean;
}

/** `<time>_<session id>.jsonl`: the name serves until the header is read. */
export function startState(source: Source): PiState {
  return {
    sessionId: sessionOfPath(source.path) ?? source.path,
    turn: null,
    bornAt: null,
    forked: false,
    model: null,
    titled: false,
  };
}

/** The session whose file this is, from the file's name. */
export function sessionOfPath(path: string): string | undefined {
  const name = path
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.jsonl$/, '');
  return name?.split('_').at(-1) || undefined;
}

/** What names an entry and says when it was written. */
export interface EntryPlace {
  /** The entry's own id; files of the first version have none. */
  id: string;
  at: number | null;
}
