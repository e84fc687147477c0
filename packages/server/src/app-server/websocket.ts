/** Clients on WebSockets: one message to a text frame. What is no text is passed over. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { AppServer } from './app-server.js';
import type { Line } from './connection.js';
import { messageBytesMax } from './stdio.js';

const stalledMsMax = 30_000;
const stallCheckMs = 5_000;

export class AppServerSockets {
  readonly #server: AppServer;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax });
  readonly #timer: NodeJS.Timeout;
  readonly #stalledSince = new Map<WebSocket, { at: number; backlog: number }>();

  constructor(server: AppServer) {
    this.#server = server;
    this.#timer = setInterval(() => this.#closeStalled(), stallCheckMs);
    this.#timer.unref();
  }

  /** Takes a connection over whose head was looked at: whoever comes here may come in. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#sockets.clients) client.close(1001, 'the server stops');
    this.#sockets.close();
  }

  #welcome(socket: WebSocket): void {
    const connection = this.#server.connect(lineOver(socket, () => connection.pump()));
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (!isBinary) connection.heard(String(data));
    });
    socket.on('close', () => {
      this.#stalledSince.delete(socket);
      this.#server.disconnect(connection);
    });
    // A broken line must not end the process.
    socket.on('error', () => socket.terminate());
  }

  /** One that takes nothing for long is let go; when it comes back it resumes its threads. */
  #closeStalled(): void {
    const now = this.#server.now();
    for (const socket of this.#sockets.clients) {
      const backlog = socket.bufferedAmount;
      const since = this.#stalledSince.get(socket);
      if (backlog === 0 || !since || backlog < since.backlog) this.#stalledSince.set(socket, { at: now, backlog });
      else if (now - since.at > stalledMsMax) socket.terminate();
    }
  }
}

function lineOver(socket: WebSocket, drained: () => void): Line {
  return {
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text, drained);
    },
    backlogBytes: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => {
      if (socket.isPaused) socket.resume();
    },
  };
}
