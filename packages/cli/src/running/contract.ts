/** One turn as the command line orders it, wherever it runs. */
import type { Row, turnOutcomes } from '@taffrail/wire';
import type { Terminal } from '../terminal.js';

export interface GivenFile {
  name: string;
  bytes: Buffer<ArrayBuffer>;
}

export interface TurnWish {
  terminal: Terminal;
  prompt: string;
  cwd: string;
  model: string | undefined;
  /** Goes on in this session rather than in a new one. */
  sessionId: string | undefined;
  files: readonly GivenFile[];
  /** Rows as they are stored, in their order; other turns of the session may have some among them. */
  onRow: (row: Row, isOfTurn: boolean) => Promise<void>;
}

export interface TurnEnding {
  sessionId: string;
  outcome: (typeof turnOutcomes)[number];
  reason: string | null;
}
