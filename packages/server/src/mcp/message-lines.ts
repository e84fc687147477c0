/** What a server prints, taken apart into messages: one line of JSON each. What grows without an end is refused. */

/** An image of the size that models are shown, in letters, and three times as much. */
export const messageBytesMax = 16 * 1024 * 1024;
/** So much that is no message may come between two: some print greetings where only messages belong. */
const noiseBytesMax = 1024 * 1024;
/** A buffer that grew beyond this is let go after its line. */
const keptBytesMax = 256 * 1024;
const firstBytes = 16 * 1024;
const newline = 0x0a;

/** The server sends more than it may. */
export class TooMuchError extends Error {}

export class MessageLines {
  readonly #onMessage: (value: unknown) => void;
  #buffer = Buffer.alloc(0);
  #length = 0;
  #noise = 0;

  constructor(onMessage: (value: unknown) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws TooMuchError */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#hold(chunk.subarray(start, end));
      this.#take();
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  #hold(part: Buffer): void {
    const length = this.#length + part.length;
    if (length > messageBytesMax) throw new TooMuchError('it sent a message of more than 16 MB');
    if (length > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(firstBytes, 2 ** Math.ceil(Math.log2(length))));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    part.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  #take(): void {
    const line = this.#buffer.toString('utf8', 0, this.#length);
    const bytes = this.#length;
    this.#length = 0;
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.alloc(0);
    const value = objectIn(line);
    if (value !== null) {
      this.#noise = 0;
      this.#onMessage(value);
      return;
    }
    this.#noise += bytes + 1;
    if (this.#noise > noiseBytesMax) throw new TooMuchError('it prints what are no messages');
  }
}

function objectIn(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
