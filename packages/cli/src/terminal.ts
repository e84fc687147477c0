/** What a command sees of the world it runs in: where to write, how wide it is, and when to stop. */
import type { Colours } from './format/colours.js';

export interface Terminal {
  /** Writes to stdout; resolves when more may be written, so that a slow reader does not fill the memory. */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** Columns of stdout; `Infinity` where nobody looks at it directly. */
  columns: number;
  /** stderr is looked at: progress may be drawn there. */
  showsProgress: boolean;
  colours: Colours;
  env: NodeJS.ProcessEnv;
  cwd: string;
  now: () => number;
  /** Asks whoever sits there; `null` where nobody does. The answer is `null` where `signal` ended the question first. */
  ask: ((question: string, signal: AbortSignal) => Promise<string | null>) | null;
  /**
   * From here on the command ends itself when it is asked to stop: the reason is the signal's name (Ctrl-C: SIGINT). Asked
   * `again` it ends at once, unless it says what to do then.
   */
  untilStopped(again?: () => void): AbortSignal;
}
