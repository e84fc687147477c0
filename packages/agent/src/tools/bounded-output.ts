/** What a program prints, held in bounded memory: its beginning and its end, however much comes between. */
import { outputBytesMax } from './contract.js';
import { headOf, sizeText, tailOf } from './cut-text.js';

const keptHeadBytes = 2 * 1024 * 1024;
const keptTailBytes = 2 * 1024 * 1024;
/** What the last sentences of an outcome need. */
const noteBytes = 1024;

export class BoundedOutput {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;

  /** All that was printed. */
  get bytes(): number {
    return this.#bytes;
  }

  push(text: string): void {
    const bytes = Buffer.from(text);
    this.#bytes += bytes.length;
    const head = this.#tailBytes > 0 ? bytes.subarray(0, 0) : headOf(bytes, keptHeadBytes - this.#headBytes);
    if (head.length > 0) {
      this.#head.push(Buffer.from(head));
      this.#headBytes += head.length;
    }
    const rest = bytes.subarray(head.length);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    if (this.#tailBytes > 2 * keptTailBytes) this.#shorten();
  }

  /** All of it; where it is more than is kept, its place says what is missing. */
  whole(): Buffer {
    this.#shorten();
    const gap = this.#bytes - this.#headBytes - this.#tailBytes;
    const note = gap > 0 ? [Buffer.from(`\n… ${gap} bytes were not kept …\n`)] : [];
    return Buffer.concat([...this.#head, ...note, ...this.#tail]);
  }

  /** True where a model gets a part only. */
  get isLong(): boolean {
    return this.#bytes > outputBytesMax - noteBytes;
  }

  /** What a model gets of `whole()`. @param name Where the whole is kept. */
  static part(whole: Buffer, bytes: number, name: string): string {
    const half = Math.floor((outputBytesMax - noteBytes) / 2);
    const [head, tail] = [headOf(whole, half), tailOf(whole, half)];
    const left = bytes - head.length - tail.length;
    const note = `… ${sizeText(left)} left out here; all of it is kept as ${name}, which read opens …`;
    return `${Buffer.from(head)}\n${note}\n${Buffer.from(tail)}`;
  }

  #shorten(): void {
    const tail = tailOf(Buffer.concat(this.#tail), keptTailBytes);
    this.#tail = [Buffer.from(tail)];
    this.#tailBytes = tail.length;
  }
}
