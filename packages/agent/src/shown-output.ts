/** What a call tells while it runs, for whoever watches; its result says the rest. */

const charactersMax = 32 * 1024;

export class ShownOutput {
  readonly #send: (offset: number, text: string) => void;
  #length = 0;

  constructor(send: (offset: number, text: string) => void) {
    this.#send = send;
  }

  add(text: string): void {
    const fitting = text.slice(0, Math.max(0, charactersMax - this.#length));
    if (fitting === '') return;
    this.#send(this.#length, fitting);
    this.#length += fitting.length;
  }
}
