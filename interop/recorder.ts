/** Stands between a client and the server, and writes down what the server says. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface Recorded {
  message: Record<string, unknown>;
  /** The method that an answer answers. */
  answers: string | null;
}

export class Recorder {
  readonly recorded: Recorded[] = [];
  readonly #server: WebSocketServer;
  readonly #target: string;

  private constructor(server: WebSocketServer, target: string) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client, request) => this.#join(client, request.headers.authorization ?? ''));
  }

  /** @param target the server's own address. */
  static async open(target: string): Promise<Recorder> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new Recorder(server, target);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #join(client: WebSocket, authorization: string): void {
    const upstream = new WebSocket(this.#target, { headers: { authorization } });
    const asked = new Map<unknown, string>();
    const waiting: string[] = [];
    client.on('message', (data) => {
      const text = String(data);
      const { id, method } = JSON.parse(text) as { id?: unknown; method?: string };
      if (method !== undefined && id !== undefined) asked.set(id, method);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else waiting.push(text);
    });
    upstream.on('open', () => {
      for (const text of waiting.splice(0)) upstream.send(text);
    });
    upstream.on('message', (data) => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      const isAnswer = message['method'] === undefined;
      this.recorded.push({ message, answers: isAnswer ? (asked.get(message['id']) ?? null) : null });
      client.send(String(data));
    });
    client.on('close', () => upstream.close());
    upstream.on('close', () => client.close());
    for (const socket of [client, upstream]) socket.on('error', () => socket.terminate());
  }
}
