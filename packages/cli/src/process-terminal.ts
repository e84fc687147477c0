/**
 * The terminal of this process. Its streams are only looked at by who needs them, and text goes past them to stdout: to
 * set them up takes as long as to sum a report.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { coloursThat } from './format/colours.js';
import type { Terminal } from './terminal.js';

/** `--no-color` counts wherever it stands, also when the rest of the command line is wrong. */
export function processTerminal(argv: readonly string[]): Terminal {
  const { env } = process;
  const isDumb = env['TERM'] === 'dumb';
  return {
    out: write,
    err: (text) => void streams.stderr.write(text),
    get columns() {
      return streams.stdout.isTTY ? streams.stdout.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get showsProgress() {
      return streams.stderr.isTTY === true && !isDumb;
    },
    get colours() {
      return coloursThat(coloursWanted(argv, env) ?? (streams.stdout.isTTY && !isDumb));
    },
    env,
    cwd: process.cwd(),
    now: Date.now,
    get ask() {
      return process.stdin.isTTY && streams.stderr.isTTY ? ask : null;
    },
    untilStopped,
  };
}

/** `null` where nobody says. */
function coloursWanted(argv: readonly string[], env: NodeJS.ProcessEnv): boolean | null {
  if (argv.includes('--no-color') || env['NO_COLOR']) return false;
  return env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : null;
}

async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: streams.stderr });
  // While a line is read, Ctrl-C comes as a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    streams.stderr.write('\n');
    return null;
  } finally {
    lines.close();
  }
}

const streams = {
  get stdout() {
    return endingQuietly(process.stdout);
  },
  get stderr() {
    return endingQuietly(process.stderr);
  },
};

function endingQuietly(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!stream.listeners('error').includes(onWriteError)) stream.on('error', onWriteError);
  return stream;
}

/** Whoever reads our output may stop early (`| head`): that ends the program, it is no failure. */
function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

let streaming = false;

async function write(text: string): Promise<void> {
  const rest = streaming ? text : writeAtOnce(Buffer.from(text));
  if (rest.length > 0 && !streams.stdout.write(rest)) await once(streams.stdout, 'drain');
}

/** What could not be written without waiting. From then on all goes through the stream, so that nothing overtakes it. */
function writeAtOnce(bytes: Buffer): Buffer {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    streaming = (error as NodeJS.ErrnoException).code === 'EAGAIN';
    if (!streaming) onWriteError(error as NodeJS.ErrnoException);
  }
  return bytes.subarray(written);
}

/** A second Ctrl-C does not wait. */
function untilStopped(again: () => void = () => process.exit(1)): AbortSignal {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) again();
    else stop.abort(name);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
