/** A latch: whoever comes waits until it is opened; once open it stays so. */
export class Latch {
  /** Resolves when somebody waits here, or has passed. */
  readonly reached: Promise<void>;
  readonly #opened: Promise<void>;
  #come: () => void = () => undefined;
  #open: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#come = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  /** Waits for the opening: true when open, false when `gone` aborts first. */
  passed(gone: AbortSignal): Promise<boolean> {
    this.#come();
    return new Promise((resolve) => {
      const leave = () => resolve(false);
      if (gone.aborted) return leave();
      gone.addEventListener('abort', leave, { once: true });
      void this.#opened.then(() => {
        gone.removeEventListener('abort', leave);
        resolve(true);
      });
    });
  }
}
