/** A turn in the terminal: text to stdout as it comes, of everything else a line to stderr. */
import { callLine, plainLine } from '@taffrail/session';
import type { Item, Row } from '@taffrail/wire';
import type { Terminal } from '../terminal.js';

export class AnswerWriter {
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
    if (row.kind === 'budget.warned') this.#note(row.data.text);
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
