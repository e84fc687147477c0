/** What a call tells while it runs, for whoever watches; its result says the rest. */

const charactersMax = 32 * 1024;

export class ShownOutput {
  readonly #send: (offset: number, text: string) => void;
  #length: number;

  /** @param shown How much of it the log has already. */
  constructor(send: (offset: number, text: string) => void, shown = 0) {
    this.#send = send;
    this.#length = shown;
  }

  add(text: string): void {
    const fitting = text.slice(0, Math.max(0, charactersMax - this.#length));
    if (fitting === '') return;
    this.#send(this.#length, fitting);
    this.#length += fitting.length;
  }
}
