/** How a tool says no: one sentence for the model, thrown where it is found out and answered in one place. */
import type { Tool, ToolOutcome, ToolPlace } from './contract.js';
import { cutMiddle } from './cut-text.js';

/** What the model did wrong. It never leaves this room: `answering` turns it into an outcome. */
export class Refusal extends Error {}

/** Sentences for what a file system may answer; anything else is told by its code. */
const systemSentences: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EPERM: 'Permission denied',
  EROFS: 'The file system is read-only',
  ENOSPC: 'No space is left on the disk',
  EDQUOT: 'The disk quota is used up',
  EISDIR: 'It is a folder',
  ENOTDIR: 'A part of the path is a file, not a folder',
  ENAMETOOLONG: 'The name is too long',
  ENOENT: 'It no longer exists',
  ELOOP: 'It was swapped for a link meanwhile',
  EMFILE: 'Too many files are open: try again',
  EBUSY: 'It is in use: try again',
};

function systemCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

function failureText(error: unknown): string | null {
  if (error instanceof Refusal) return error.message;
  const code = systemCode(error);
  return code === null ? null : `${systemSentences[code] ?? 'The system refused'} (${code}).`;
}

/**
 * Makes a tool keep the contract's word: what the model or the file system did wrong becomes an outcome, a stopped turn
 * is told as such, and no text is longer than a model gets. A bug is still thrown.
 */
export function answering<Input>(tool: Tool<Input>): Tool<Input> {
  const run = async (input: Input, place: ToolPlace): Promise<ToolOutcome> => {
    if (place.signal.aborted) return { status: 'interrupted', text: 'Stopped before it began.' };
    try {
      const outcome = await tool.run(input, place);
      return { ...outcome, text: cutMiddle(outcome.text) };
    } catch (error) {
      if (place.signal.aborted) return { status: 'interrupted', text: 'Stopped.' };
      const text = failureText(error);
      if (text === null) throw error;
      return { status: 'error', text: cutMiddle(text) };
    }
  };
  return { ...tool, run };
}

/** The system's error code where `error` has one of these. */
export function isSystemError(error: unknown, ...codes: string[]): boolean {
  return codes.includes(systemCode(error) ?? '');
}
