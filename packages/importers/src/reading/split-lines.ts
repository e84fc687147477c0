/** Bytes → lines, with bounded memory: a line beyond the limit is dropped and counted, never held. */

export interface RawLine {
  /** 1-based. */
  number: number;
  /** Where the line begins and where the next one does, in bytes from the start of the file. */
  start: number;
  end: number;
  /** The line without its newline; `null` when it was too long to keep. */
  bytes: Buffer | null;
}

export interface LinePosition {
  offset: number;
  line: number;
}

const newline = 0x0a;

/**
 * Splits chunks of one file into lines. Feed it chunks in order, take what `push` returns, and at the end of the
 * file what `rest` returns: the last line without a newline, which may be torn.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #parts: Buffer[] = [];
  #held = 0;
  #dropping = false;
  #start: number;
  #number: number;

  constructor(from: LinePosition, lineBytesMax: number) {
    this.#start = from.offset;
    this.#number = from.line;
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that `chunk` completes. They may share its memory: use them before the chunk is reused. */
  push(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      lines.push(this.#complete(chunk.subarray(from, at), 1));
      from = at + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
    return lines;
  }

  /** The unfinished line at the end of the file, or `null`. */
  rest(): RawLine | null {
    return this.#held === 0 ? null : this.#complete(Buffer.alloc(0), 0);
  }

  #hold(part: Buffer): void {
    this.#held += part.length;
    if (this.#held > this.#lineBytesMax) {
      this.#dropping = true;
      this.#parts = [];
    }
    if (!this.#dropping) this.#parts.push(Buffer.from(part));
  }

  #complete(last: Buffer, newlineBytes: number): RawLine {
    const length = this.#held + last.length;
    const keep = !this.#dropping && length <= this.#lineBytesMax;
    const bytes = keep ? (this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last])) : null;
    const line = { number: this.#number, start: this.#start, end: this.#start + length + newlineBytes, bytes };
    this.#start = line.end;
    this.#number += 1;
    this.#parts = [];
    this.#held = 0;
    this.#dropping = false;
    return line;
  }
}
