/** Runs one program and everything that it starts, and ends all of it. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { isGroupAlive, signalGroup } from './process-table.js';

export interface ProcessOrder {
  program: string;
  args: readonly string[];
  /** `program` is a line for the system's shell. */
  shell: boolean;
  cwd: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
  /** More than this is endless: the program is ended. */
  bytesMax: number;
  /** Called as it prints, output and errors in the order they come. */
  onText(text: string): void;
  onStart(pid: number): () => void;
}

export interface ProcessEnd {
  /** `failed`: it could not be started. */
  why: 'exit' | 'timeout' | 'stopped' | 'endless' | 'failed';
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The system's code where it could not be started. */
  errorCode: string | null;
  /** Programs that it left behind: they were ended, or they hold its output where nobody can find them. */
  leftBehind: 'none' | 'ended' | 'escaped';
}

/** How long pipes may stay open, and children alive, after the program itself has ended. */
const graceMs = 1_000;
/** How long a group has to end by itself once it is asked to. */
const patienceMs = 2_000;
/** Looking means reading the whole process table, so it is done less and less often. */
const firstLookMs = 10;
const lastLookMs = 200;

type Child = ReturnType<typeof start>;

function start({ program, args, shell, cwd, env }: ProcessOrder) {
  return spawn(program, args, {
    cwd,
    env: { ...env },
    shell,
    // A session of its own: so its whole group can be ended, and it has no terminal to ask at.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

/** Reads what it prints until it is too much. A stream each has its own decoder: letters may come in two pieces. */
function listen(child: Child, { bytesMax, onText }: ProcessOrder, onEndless: () => void): void {
  let bytes = 0;
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new TextDecoder();
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      if (bytes > bytesMax) return;
      bytes += chunk.length;
      onText(decoder.decode(chunk, { stream: true }));
      if (bytes > bytesMax) onEndless();
    });
    stream.on('end', () => {
      const rest = decoder.decode();
      if (rest !== '') onText(rest);
    });
  }
}

async function waitFor(isDone: () => boolean, timeMs: number): Promise<boolean> {
  const endsAt = Date.now() + timeMs;
  for (let pauseMs = firstLookMs; !isDone(); pauseMs = Math.min(pauseMs * 2, lastLookMs)) {
    if (Date.now() >= endsAt) return false;
    await wait(pauseMs);
  }
  return true;
}

/** Asks a group to end, and ends it when it does not. */
export async function endGroup(pid: number): Promise<void> {
  const isDead = () => !isGroupAlive(pid);
  if (isDead()) return;
  signalGroup(pid, 'SIGTERM');
  if (await waitFor(isDead, patienceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await waitFor(isDead, patienceMs);
}

/** Runs it to its end. When this resolves, nothing that it started lives, and all it printed has been told. */
export async function runProcess(order: ProcessOrder): Promise<ProcessEnd> {
  const end: ProcessEnd = { why: 'exit', exitCode: null, signal: null, errorCode: null, leftBehind: 'none' };
  const child = start(order);
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) Object.assign(end, { why: 'failed', errorCode: error.code ?? 'unknown' });
      resolve();
    });
    child.once('exit', (exitCode, signal) => {
      Object.assign(end, { exitCode, signal });
      resolve();
    });
  });
  const { pid } = child;
  if (pid === undefined) {
    await exited;
    return end;
  }
  const onEnd = order.onStart(pid);
  try {
    await attend(child, pid, order, end, exited);
  } finally {
    onEnd();
  }
  return end;
}

/** Watches a running program until it is gone with all its children. */
async function attend(child: Child, pid: number, order: ProcessOrder, end: ProcessEnd, exited: Promise<void>) {
  let closed = false;
  child.once('close', () => {
    closed = true;
  });
  let cut = (_why: ProcessEnd['why']) => {};
  const cutShort = new Promise<void>((resolve) => {
    cut = (why) => {
      if (end.why === 'exit') end.why = why;
      resolve();
    };
  });
  const onAbort = () => cut('stopped');
  const timer = setTimeout(() => cut('timeout'), order.timeoutMs);
  order.signal.addEventListener('abort', onAbort);
  if (order.signal.aborted) onAbort();
  listen(child, order, () => cut('endless'));
  await Promise.race([exited, cutShort]);
  clearTimeout(timer);
  order.signal.removeEventListener('abort', onAbort);

  const isClean = end.why === 'exit' && (await waitFor(() => closed && !isGroupAlive(pid), graceMs));
  if (!isClean) {
    if (isGroupAlive(pid)) end.leftBehind = 'ended';
    await endGroup(pid);
    // Whoever has left even the session may still hold the pipes: they are not waited for.
    if (!(await waitFor(() => closed, graceMs))) end.leftBehind = 'escaped';
  }
  child.stdout.destroy();
  child.stderr.destroy();
}
