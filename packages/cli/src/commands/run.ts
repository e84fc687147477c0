/** `taffrail run`: one turn without a browser. The answer goes to stdout as it comes, what the agent does to stderr. */

import { resolve } from 'node:path';
import { dataHome, OrderError, runOnce, UsageError } from '@taffrail/server';
import { callLine, plainLine } from '@taffrail/session';
import type { Item, PermissionQuestion, Row } from '@taffrail/wire';
import { Failure } from '../failure.js';
import type { Setting } from '../program.js';
import type { Terminal } from '../terminal.js';

export interface RunOptions {
  cwd?: string;
  model?: string;
  session?: string;
  json?: true;
}

export async function runCommand(
  { terminal, dataDir }: Setting,
  words: readonly string[],
  options: RunOptions,
): Promise<void> {
  const prompt = words.join(' ').trim();
  if (prompt === '') throw new UsageError('run: say what the agent is to do');
  const cwd = resolve(terminal.cwd, options.cwd ?? '.');
  const writer = new AnswerWriter(terminal, cwd);
  const result = await runOnce({
    home: dataHome(dataDir, terminal.env),
    env: terminal.env,
    prompt,
    cwd,
    model: options.model,
    sessionId: options.session,
    signal: terminal.untilStopped(),
    onRows: async (rows) => {
      for (const row of rows) await (options.json ? terminal.out(`${JSON.stringify(row)}\n`) : writer.write(row));
    },
    onAsk: (question) => ask(terminal, question),
  }).catch((error: unknown) => {
    throw error instanceof OrderError && error.kind === 'refused' ? new UsageError(error.message) : error;
  });
  if (!options.json) terminal.err(terminal.colours.dim(`\n${ending(result.outcome)} Session ${result.sessionId}\n`));
  if (result.outcome === 'failed') throw new Failure(result.reason ?? 'the turn failed');
  if (result.outcome !== 'complete') throw new Failure(`the turn was ${result.outcome}`);
}

const ending = (outcome: string): string => (outcome === 'complete' ? 'Done.' : `The turn was ${outcome}.`);

/** Where nobody can answer, nothing is allowed that must be asked for. */
async function ask(
  terminal: Terminal,
  { tool, subject, pattern, childSessionId }: PermissionQuestion,
): Promise<'allow' | 'always' | 'deny'> {
  if (!terminal.ask) {
    terminal.err(
      `taffrail: ${tool} ${plainLine(subject)}: not allowed, because nobody is here to ask (see permissions in config.toml)\n`,
    );
    return 'deny';
  }
  const answer = await terminal.ask(
    `${childSessionId === undefined ? '' : 'A sub-agent asks. '}${tool}: ${plainLine(subject)}\nAllow? [y]es, [a]lways "${plainLine(pattern)}", [N]o: `,
  );
  const word = answer.trim().toLowerCase();
  return word === 'y' || word === 'yes' ? 'allow' : word === 'a' || word === 'always' ? 'always' : 'deny';
}

/** Text as it comes; of everything else a line. */
class AnswerWriter {
  readonly #terminal: Terminal;
  readonly #cwd: string;
  readonly #parts = new Map<string, { item: Item; written: number }>();
  #isLineOpen = false;

  constructor(terminal: Terminal, cwd: string) {
    this.#terminal = terminal;
    this.#cwd = cwd;
  }

  async write(row: Row): Promise<void> {
    if (row.kind === 'item.recorded') await this.#item(row.partId ?? '', row.data);
    if (row.kind === 'text.appended') await this.#more(row.partId ?? '', row.data.offset, row.data.text);
    if (row.kind === 'turn.waiting') this.#note(`waiting: ${row.data.reason}`);
    if (row.kind === 'attempt.discarded') this.#note(`${row.data.keyId}/${row.data.model}: ${row.data.message}`);
  }

  async #item(id: string, item: Item): Promise<void> {
    const known = this.#parts.get(id) ?? { item, written: 0 };
    this.#parts.set(id, { ...known, item });
    if (item.type === 'message' && item.author === 'model') {
      await this.#more(id, known.written, item.text.slice(known.written));
      if (!item.streaming && this.#isLineOpen) await this.#endLine();
    }
    if (item.type === 'tool_call' && !item.streaming) this.#note(`● ${item.name} ${callLine(item.text, this.#cwd)}`);
    if (item.type === 'tool_result' && !item.streaming && item.status !== 'ok')
      this.#note(`  ${plainLine(item.text).slice(0, 200)}`);
    if (item.type === 'error') this.#note(item.text);
  }

  async #more(id: string, offset: number, text: string): Promise<void> {
    const part = this.#parts.get(id);
    if (part?.item.type !== 'message' || part.item.author !== 'model' || text === '') return;
    part.written = offset + text.length;
    this.#isLineOpen = !text.endsWith('\n');
    await this.#terminal.out(text);
  }

  #note(text: string): void {
    this.#terminal.err(`${this.#terminal.colours.dim(text)}\n`);
  }

  async #endLine(): Promise<void> {
    this.#isLineOpen = false;
    await this.#terminal.out('\n');
  }
}
