/** The shell against a real WebSocket server: frames arrive, a closed line comes back. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createSocketShell, type SocketLike, type SocketShell } from './shell.js';
import type { SocketState } from './state.js';

const hello = JSON.stringify({ type: 'hello', protocol: 1, heartbeatMs: 15_000, capabilities: [], statuses: {} });
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(onConnection: (socket: WebSocket, count: number) => void): Promise<string> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  let count = 0;
  server.on('connection', (socket) => {
    count += 1;
    onConnection(socket, count);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate();
    http.close();
  });
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function shellFor(url: string) {
  const seen: string[] = [];
  const states: SocketState['name'][] = [];
  let notify = () => {};
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      notify = () => done() && resolve();
      notify();
    });
  const note = (what: string) => {
    seen.push(what);
    notify();
  };
  const shell: SocketShell = createSocketShell({
    open: () => new WebSocket(url) as unknown as SocketLike,
    onFrame: (frame) => note(frame.type),
    onState: (state) => {
      states.push(state.name);
      notify();
    },
    onResync: () => note('resync'),
    onReport: (report) => note(`report ${report.kind}`),
    now: Date.now,
    random: () => 0,
  });
  cleanups.push(() => shell.send({ type: 'stop' }));
  return { shell, seen, states, until };
}

describe('the socket shell', () => {
  it('delivers frames in order and reports noise between them', async () => {
    const url = await serve((socket) => {
      for (const text of [hello, '{"type":"noise"}', '{"type":"heartbeat","heads":{}}']) socket.send(text);
    });
    const { shell, seen, until } = shellFor(url);
    shell.send({ type: 'start' });
    await until(() => seen.length === 3);
    expect(seen).toEqual(['hello', 'report unknown', 'heartbeat']);
  });

  it('comes back after the server closed the line, at once when the network says so, and asks for a resync', async () => {
    const url = await serve((socket, count) => {
      socket.send(hello);
      if (count === 1) setTimeout(() => socket.terminate(), 20);
    });
    const { shell, seen, states, until } = shellFor(url);
    shell.send({ type: 'start' });
    await until(() => states.includes('waiting'));
    shell.send({ type: 'online' });
    await until(() => seen.includes('resync'));
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
  });
});
