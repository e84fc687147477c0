/** A client on two streams, led to the server that runs already: what it says goes there, and what is said comes back. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningServer } from '../running/claim.js';
import { UsageError } from '../usage-error.js';
import { LineSplitter, type Streams } from './stdio.js';

const backlogBytesMax = 256 * 1024;

const lastId = 'taffrail: the input has ended';

/** Requests are answered in their order: once this one is, all that the client has asked are. */
async function answered(socket: WebSocket): Promise<void> {
  const last = new Promise<void>((resolve) => {
    socket.on('message', (data) => isLast(String(data)) && resolve());
    socket.once('close', () => resolve());
  });
  socket.send(JSON.stringify({ id: lastId, method: 'thread/loaded/list', params: {} }));
  await last;
}

const isLast = (text: string): boolean => text.startsWith(`{"id":${JSON.stringify(lastId)}`);

/**
 * Until the client's input ends, the server goes or `signal` says stop.
 * @throws UsageError where the server does not take it, or goes away.
 */
export async function leadTo(
  { url, token }: RunningServer,
  { input, output }: Streams,
  signal: AbortSignal,
): Promise<void> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/app-server`, {
    headers: { authorization: `Bearer ${token}` },
  });
  try {
    await once(socket, 'open');
  } catch (error) {
    throw new UsageError(`the server at ${url} takes no client: ${error instanceof Error ? error.message : error}`);
  }
  const lines = new LineSplitter((text) => {
    socket.send(text, () => input.isPaused() && socket.bufferedAmount < backlogBytesMax && input.resume());
    if (socket.bufferedAmount >= backlogBytesMax) input.pause();
  });
  socket.on('message', (data) => {
    const text = String(data);
    // What the client does not take waits in the server, which knows how much of it is too much.
    if (!isLast(text) && !output.write(`${text}\n`)) socket.pause();
  });
  output.on('drain', () => socket.resume());
  const ended = await new Promise<'input' | 'server'>((resolve) => {
    input.on('data', (chunk: Buffer) => lines.push(chunk));
    input.once('end', () => resolve('input'));
    output.once('error', () => resolve('input'));
    signal.addEventListener('abort', () => resolve('input'), { once: true });
    socket.on('error', () => resolve('server'));
    socket.once('close', () => resolve('server'));
    if (signal.aborted) resolve('input');
  });
  lines.end();
  input.destroy();
  if (ended === 'server') throw new UsageError(`the server at ${url} has ended`);
  if (!signal.aborted) await answered(socket);
  socket.close();
}
