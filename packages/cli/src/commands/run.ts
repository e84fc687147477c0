/**
 * `taffrail run`: one turn without a browser. The answer goes to stdout as it comes, what the agent does to stderr. Where a
 * server runs on the data folder the turn runs there, and outlives this process.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { dataHome, serverOrClaim, UsageError } from '@taffrail/server';
import { fileLimits } from '@taffrail/wire';
import { archiveNeeded } from '../archive/open.js';
import { sessionNamed } from '../archive/session-ids.js';
import { Failure } from '../failure.js';
import type { Setting } from '../program.js';
import { AnswerWriter } from '../running/answer-writer.js';
import type { GivenFile, TurnEnding, TurnWish } from '../running/contract.js';
import { runHere } from '../running/run-here.js';
import { runThere } from '../running/run-there.js';
import type { Terminal } from '../terminal.js';

export interface RunOptions {
  cwd?: string;
  model?: string;
  session?: string;
  file?: string[];
  json?: true;
}

export async function runCommand(setting: Setting, words: readonly string[], options: RunOptions): Promise<void> {
  const { terminal, dataDir } = setting;
  const prompt = words.join(' ').trim();
  if (prompt === '') throw new UsageError('run: say what the agent is to do');
  const cwd = resolve(terminal.cwd, options.cwd ?? '.');
  const writer = new AnswerWriter(terminal, cwd);
  const wish: TurnWish = {
    terminal,
    prompt,
    cwd,
    model: options.model,
    sessionId: options.session === undefined ? undefined : await idOf(setting, options.session),
    files: (options.file ?? []).map((path) => fileAt(resolve(terminal.cwd, path))),
    onRow: async (row, isOfTurn) => {
      if (options.json) await terminal.out(`${JSON.stringify(row)}\n`);
      else if (isOfTurn) await writer.write(row);
    },
  };
  const ending = await run(dataHome(dataDir, terminal.env), wish);
  if (!options.json) sayEnd(terminal, ending);
  if (ending.outcome === 'failed') throw new Failure(ending.reason ?? 'the turn failed');
  const why = ending.reason === null ? '' : `: ${ending.reason}`;
  if (ending.outcome !== 'complete') throw new Failure(`the turn was ${ending.outcome}${why}`);
}

async function run(home: ReturnType<typeof dataHome>, wish: TurnWish): Promise<TurnEnding> {
  const place = await serverOrClaim(home);
  if ('server' in place) return runThere(place.server, wish);
  try {
    return await runHere(home, wish);
  } finally {
    place.lock.release();
  }
}

async function idOf(setting: Setting, text: string): Promise<string> {
  let found = '';
  await archiveNeeded(setting, async ({ store }) => {
    found = (await sessionNamed(store, text)).id;
  });
  return found;
}

/** @throws UsageError where it cannot be read, or is more than can be given along. */
function fileAt(path: string): GivenFile {
  try {
    const { size } = statSync(path);
    if (size > fileLimits.bytesMax) throw new UsageError(`--file: ${path} is larger than 10 MB`);
    return { name: basename(path), bytes: Buffer.from(readFileSync(path)) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--file: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function sayEnd({ err, colours }: Terminal, { outcome, sessionId }: TurnEnding): void {
  const words = outcome === 'complete' ? 'Done.' : `The turn ${outcome === 'failed' ? '' : 'was '}${outcome}.`;
  err(colours.dim(`\n${words} Session ${sessionId}\n`));
}
