/** A question for permission, on the terminal. */
import { plainLine } from '@taffrail/session';
import type { PermissionQuestion } from '@taffrail/wire';
import type { Terminal } from '../terminal.js';

export type Decision = 'allow' | 'always' | 'deny';

/** `null` where nobody is here to ask, or `signal` says that it need not be answered any more. */
export async function askForPermission(
  terminal: Terminal,
  { tool, subject, pattern, childSessionId }: PermissionQuestion,
  signal: AbortSignal,
): Promise<Decision | null> {
  if (!terminal.ask) return null;
  const who = childSessionId === undefined ? '' : 'A sub-agent asks. ';
  const question = `${who}${tool}: ${plainLine(subject)}\nAllow? [y]es, [a]lways "${plainLine(pattern)}", [N]o: `;
  const word = (await terminal.ask(question, signal))?.trim().toLowerCase();
  if (word === undefined) return null;
  return word === 'y' || word === 'yes' ? 'allow' : word === 'a' || word === 'always' ? 'always' : 'deny';
}
