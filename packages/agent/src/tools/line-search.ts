/** Looks for an expression line by line, in a thread of its own: an expression that never ends is ended with it. */
import { Worker } from 'node:worker_threads';

export interface FoundLine {
  /** From 1. */
  number: number;
  text: string;
  /** False for a line that is only near one. */
  hit: boolean;
}

export interface FoundLines {
  lines: FoundLine[];
  hits: number;
}

const lineLengthMax = 400;

// Text, not a file: the built program is one file, and a thread needs a source that is there under its own name.
const source = `
const { parentPort, workerData } = require('node:worker_threads');
const { pattern, flags, lineLengthMax } = workerData;
const expression = new RegExp(pattern, flags);
const shown = (line) => (line.length > lineLengthMax ? line.slice(0, lineLengthMax) + '…' : line);
parentPort.on('message', ({ bytes, context, hitsMax }) => {
  const lines = new TextDecoder().decode(bytes).split(/\\r?\\n/);
  if (lines[lines.length - 1] === '') lines.pop();
  const found = new Map();
  let hits = 0;
  for (let index = 0; index < lines.length && hits < hitsMax; index += 1) {
    if (!expression.test(lines[index])) continue;
    hits += 1;
    const last = Math.min(lines.length - 1, index + context);
    for (let near = Math.max(0, index - context); near <= last; near += 1) {
      const hit = near === index || (found.get(near) || {}).hit === true;
      found.set(near, { number: near + 1, text: shown(lines[near]), hit });
    }
  }
  parentPort.postMessage({ lines: [...found.values()], hits });
});
`;

export class LineSearch {
  readonly #worker: Worker;
  #answer: (found: FoundLines | null) => void = () => {};

  /** @param pattern A valid expression. */
  constructor(pattern: string, flags: string) {
    const workerData = { pattern, flags, lineLengthMax };
    this.#worker = new Worker(source, { eval: true, workerData, env: {}, stdin: false, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (found: FoundLines) => this.#answer(found));
    // An expression may also use up the thread's memory or stack.
    this.#worker.on('error', () => this.#answer(null));
    this.#worker.on('exit', () => this.#answer(null));
  }

  /**
   * The lines of a file in which the expression is found, with those near them. One file at a time.
   * @param timeMs After this, and when the search is ended meanwhile, the answer is `null`: ask no more then.
   */
  find(bytes: Uint8Array, context: number, hitsMax: number, timeMs: number): Promise<FoundLines | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(null), timeMs);
      this.#answer = (found) => {
        clearTimeout(timer);
        resolve(found);
      };
      this.#worker.postMessage({ bytes, context, hitsMax });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
