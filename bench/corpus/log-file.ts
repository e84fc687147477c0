/** One log being written: lines gathered in memory up to a bound, then appended; its times are those of its lines. */
import { closeSync, mkdirSync, openSync, utimesSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const heldBytesMax = 1024 * 1024;

/** What was written by all logs of a corpus. */
export interface Written {
  files: number;
  lines: number;
  bytes: number;
}

export class LogFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #written: Written;
  #held: string[] = [];
  #heldBytes = 0;
  #lastAt = 0;
  /** Bytes written or held so far. */
  bytes = 0;

  constructor(path: string, written: Written) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#fd = openSync(path, 'w');
    this.#written = written;
    written.files += 1;
  }

  /** A record as one line; `at` is when it was written. */
  record(record: object, at: number): void {
    this.text(`${JSON.stringify(record)}\n`, at);
    this.#written.lines += 1;
  }

  /** Text as it is: a blank line, a torn one. */
  text(text: string, at: number): void {
    const length = Buffer.byteLength(text);
    this.#held.push(text);
    this.#heldBytes += length;
    this.bytes += length;
    this.#lastAt = Math.max(this.#lastAt, at);
    if (this.#heldBytes >= heldBytesMax) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
    utimesSync(this.#path, this.#lastAt / 1000, this.#lastAt / 1000);
    this.#written.bytes += this.bytes;
  }

  #flush(): void {
    writeSync(this.#fd, this.#held.join(''));
    this.#held = [];
    this.#heldBytes = 0;
  }
}
