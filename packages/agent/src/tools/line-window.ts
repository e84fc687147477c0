/** A window of lines out of bytes that are read in pieces: only the window is held, however long the whole is. */
import { outputBytesMax } from './contract.js';
import { headOf } from './cut-text.js';

/** What the window's last sentence needs of the answer. */
const noteBytes = 512;
const lineBytesMax = 8 * 1024;
const lineBreak = 0x0a;

export interface LineWindow {
  text: string;
  /** The number of its first and last line; `last` < `first` where nothing is in it. */
  first: number;
  last: number;
  /** Lines follow after it. */
  more: boolean;
  /** Lines in it that were cut, because each alone is too long. */
  cut: number;
}

/** Takes bytes as they come, until it says that it is full. */
export class LineCollector {
  readonly #first: number;
  readonly #end: number;
  readonly #lines: string[] = [];
  #line = 1;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #lineLength = 0;
  #bytes = 0;
  #cut = 0;
  #full = false;

  /** @param first Number of the first line, from 1. @param count How many lines at most. */
  constructor(first: number, count: number) {
    this.#first = first;
    this.#end = first + count;
  }

  get full(): boolean {
    return this.#full;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#full) {
      const found = bytes.indexOf(lineBreak, at);
      const end = found === -1 ? bytes.length : found;
      this.#hold(bytes.subarray(at, end));
      if (found === -1) return;
      this.#endLine();
      at = found + 1;
    }
  }

  /** The window, when no more bytes are to come. */
  end(): LineWindow {
    if (!this.#full && this.#lineLength > 0) this.#endLine();
    const last = this.#first + this.#lines.length - 1;
    return { text: this.#lines.join('\n'), first: this.#first, last, more: this.#full, cut: this.#cut };
  }

  #hold(part: Uint8Array): void {
    // Bytes after a full window say that there is more, and nothing else.
    if (this.#line >= this.#end) this.#full = true;
    this.#lineLength += part.length;
    if (this.#full || this.#line < this.#first) return;
    const kept = headOf(part, lineBytesMax - this.#heldBytes);
    if (kept.length === 0) return;
    this.#held.push(Uint8Array.from(kept));
    this.#heldBytes += kept.length;
  }

  #endLine(): void {
    if (this.#line >= this.#first) this.#keepLine();
    this.#line += 1;
    this.#held = [];
    this.#heldBytes = 0;
    this.#lineLength = 0;
  }

  #keepLine(): void {
    if (this.#line >= this.#end || this.#bytes + this.#heldBytes + 1 > outputBytesMax - noteBytes) {
      this.#full = true;
      return;
    }
    const missing = this.#lineLength - this.#heldBytes;
    const line = new TextDecoder().decode(Buffer.concat(this.#held)).replace(/\r$/, '');
    if (missing > 0) this.#cut += 1;
    const shown = missing > 0 ? `${line}… (${missing} bytes more)` : line;
    this.#lines.push(shown);
    this.#bytes += Buffer.byteLength(shown) + 1;
  }
}
