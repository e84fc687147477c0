/** Runs one command line. Whatever goes wrong is said in one line on stderr, and in the exit code. */
import { CommanderError } from 'commander';
import { programFor } from './program.js';
import type { Terminal } from './terminal.js';

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;

/** @returns the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await programFor(terminal, argv).parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
    terminal.err(`taffrail: ${sentence(error)}\n`);
    if (terminal.env['TAFFRAIL_DEBUG'] && error instanceof Error) terminal.err(`${error.stack}\n`);
    return isWrongUsage(error) ? exitCodes.wrongUsage : exitCodes.failed;
  }
}

/** By its name: the built program holds the class more than once. */
function isWrongUsage(error: unknown): boolean {
  return error instanceof Error && error.name === 'UsageError';
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, '; ').trim();
}
