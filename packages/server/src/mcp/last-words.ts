/** The end of what a program writes to its errors: why it ended is mostly said there. */

const keptBytesMax = 4 * 1024;
const linesMax = 3;
const charactersMax = 500;

export class LastWords {
  #kept = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const all = chunk.length >= keptBytesMax ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.from(all.subarray(Math.max(0, all.length - keptBytesMax)));
  }

  /** Its last lines as one, with strokes between them; empty where it said nothing. */
  get text(): string {
    const lines = this.#kept
      .toString('utf8')
      .split('\n')
      .map((line) => line.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim())
      .filter((line) => line !== '');
    return lines.slice(-linesMax).join(' / ').slice(-charactersMax);
  }
}
