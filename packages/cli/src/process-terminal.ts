/** The terminal of this process. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import picocolors from 'picocolors';
import type { Terminal } from './terminal.js';

/** `--no-color` counts wherever it stands, also when the rest of the command line is wrong. */
export function processTerminal(argv: readonly string[]): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => write(text),
    err: (text) => stderr.write(text),
    columns: stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY,
    showsProgress: stderr.isTTY === true && env['TERM'] !== 'dumb',
    colours: picocolors.createColors(wantsColours(argv, env, stdout.isTTY)),
    env,
    cwd: process.cwd(),
    now: Date.now,
    ask: process.stdin.isTTY && stderr.isTTY ? ask : null,
    untilStopped,
  };
}

function wantsColours(argv: readonly string[], env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (argv.includes('--no-color') || env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A second Ctrl-C does not wait. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
