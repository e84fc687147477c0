/** A client on two streams: one message to a line, until the input ends. */
import type { Readable, Writable } from 'node:stream';
import type { AppServer } from './app-server.js';
import type { Line } from './connection.js';

export const messageBytesMax = 16 * 1024 * 1024;

export interface Streams {
  input: Readable;
  output: Writable;
}

/** Serves the client until its input ends or `signal` says stop; what it asked before is still answered. */
export async function serveStreams(server: AppServer, { input, output }: Streams, signal: AbortSignal): Promise<void> {
  const connection = server.connect(lineOver(input, output));
  const lines = new LineSplitter((text) => connection.heard(text));
  output.on('drain', () => connection.pump());
  try {
    await new Promise<void>((resolve) => {
      input.on('data', (chunk: Buffer) => lines.push(chunk));
      input.once('end', resolve);
      input.once('close', resolve);
      // Nobody reads any more: there is nobody to serve.
      output.once('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    lines.end();
    await connection.settled();
  } finally {
    server.disconnect(connection);
    // A client that keeps its end open must not keep the process.
    input.destroy();
  }
}

function lineOver(input: Readable, output: Writable): Line {
  return {
    send: (text) => void output.write(`${text}\n`),
    backlogBytes: () => output.writableLength,
    pause: () => void input.pause(),
    resume: () => void (input.isPaused() && input.resume()),
  };
}

const newline = 0x0a;

/** Bytes into lines. One that is too long is passed over to its end, and never held. */
export class LineSplitter {
  readonly #heard: (text: string) => void;
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isTooLong = false;

  constructor(heard: (text: string) => void, bytesMax: number = messageBytesMax) {
    this.#heard = heard;
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      this.#take(chunk.subarray(from, end));
      this.end();
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
  }

  /** The line ends here. */
  end(): void {
    const text = this.#isTooLong ? '' : Buffer.concat(this.#parts).toString('utf8').trim();
    this.#parts = [];
    this.#bytes = 0;
    this.#isTooLong = false;
    if (text !== '') this.#heard(text);
  }

  #take(part: Buffer): void {
    if (part.length === 0 || this.#isTooLong) return;
    this.#bytes += part.length;
    this.#isTooLong = this.#bytes > this.#bytesMax;
    if (this.#isTooLong) this.#parts = [];
    else this.#parts.push(part);
  }
}
