/** A turn in this process: no server runs on the data folder. */
import { type DataHome, OrderError, runOnce, UsageError } from '@taffrail/server';
import { plainLine } from '@taffrail/session';
import type { PermissionQuestion } from '@taffrail/wire';
import type { Terminal } from '../terminal.js';
import { askForPermission, type Decision } from './ask.js';
import type { TurnEnding, TurnWish } from './contract.js';

export async function runHere(home: DataHome, wish: TurnWish): Promise<TurnEnding> {
  const { terminal, onRow, ...order } = wish;
  const signal = terminal.untilStopped();
  try {
    return await runOnce({
      ...order,
      home,
      env: terminal.env,
      signal,
      onRows: async (rows, turnId) => {
        for (const row of rows) await onRow(row, row.turnId === turnId);
      },
      onAsk: (question) => ask(terminal, question, signal),
    });
  } catch (error) {
    const isWrongUsage = error instanceof OrderError && (error.kind === 'refused' || error.kind === 'large');
    throw isWrongUsage ? new UsageError(error.message) : error;
  }
}

/** Where nobody can answer, nothing is allowed that must be asked for. */
async function ask(terminal: Terminal, question: PermissionQuestion, signal: AbortSignal): Promise<Decision> {
  if (!terminal.ask)
    terminal.err(
      `taffrail: ${question.tool} ${plainLine(question.subject)}: not allowed, because nobody is here to ask (see permissions in config.toml)\n`,
    );
  return (await askForPermission(terminal, question, signal)) ?? 'deny';
}
