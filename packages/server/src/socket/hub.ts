/** Sockets: hello, heartbeats, and coalesced hints that sessions or the import moved on. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Store } from '@taffrail/store';
import { capabilities, type DownFrame, protocolVersion, type SessionHint, type UsageTotals } from '@taffrail/wire';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AccessRules, foreign, unauthorised } from '../http/access.js';
import type { ImportState } from '../import/service.js';

const heartbeatMs = 15_000;
const coalesceMs = 100;
// A client that does not read is not queued for: hints are lost to it, and its next heartbeat finds it closed.
const backlogBytesMax = 256 * 1024;
const messageBytesMax = 64 * 1024;
const hintsPerFrame = 200;

export class SocketHub {
  readonly #store: Store;
  readonly #access: AccessRules;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax });
  readonly #changed = new Set<string>();
  readonly #heartbeat: NodeJS.Timeout;
  #import: ImportState | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Store, access: AccessRules) {
    this.#store = store;
    this.#access = access;
    this.#heartbeat = setInterval(() => this.#send({ type: 'heartbeat', heads: {} }), heartbeatMs);
  }

  /** Takes over the upgrade of `/api/v1/stream`; everything else is refused. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { host, origin, authorization, cookie } = request.headers;
      const headOf = { host, origin, authorization, cookie };
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const refusal =
        path === '/api/v1/stream'
          ? (foreign(this.#access, headOf) ?? unauthorised(this.#access, headOf))
          : { status: 404 };
      if (refusal) {
        socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (client) => void this.#welcome(client));
    });
  }

  changed(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#changed.add(id);
    this.#schedule();
  }

  importMoved(state: ImportState): void {
    this.#import = state;
    this.#schedule();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    if (this.#timer) clearTimeout(this.#timer);
    for (const client of this.#server.clients) client.close(1001, 'the server stops');
    this.#server.close();
  }

  async #welcome(client: WebSocket): Promise<void> {
    // Nothing is asked of a client yet; a broken frame must not end the process.
    client.on('error', () => client.terminate());
    const open = await this.#store.queries
      .selectFrom('sessions')
      .select(['id', 'status'])
      .where('open', '=', 1)
      .execute();
    const statuses = Object.fromEntries(
      open.map(({ id, status }) => [id, { status: status as SessionHint['status'] }]),
    );
    client.send(
      JSON.stringify({
        type: 'hello',
        protocol: protocolVersion,
        heartbeatMs,
        capabilities: [...capabilities],
        statuses,
      } satisfies DownFrame),
    );
    if (this.#import) client.send(JSON.stringify({ type: 'import', status: this.#import } satisfies DownFrame));
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#flush();
    }, coalesceMs);
  }

  async #flush(): Promise<void> {
    if (this.#import) this.#send({ type: 'import', status: this.#import });
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length === 0 || this.#server.clients.size === 0) return;
    for (let from = 0; from < ids.length; from += hintsPerFrame) {
      this.#send({ type: 'sessions', changed: await this.#hints(ids.slice(from, from + hintsPerFrame)) });
    }
  }

  async #hints(ids: string[]): Promise<SessionHint[]> {
    const rows = await this.#store.queries
      .selectFrom('sessions')
      .select(['id', 'head', 'status', 'title', 'totals'])
      .where('id', 'in', ids)
      .execute();
    return rows.map(({ id, head, status, title, totals }) => ({
      sessionId: id,
      head,
      status: status as SessionHint['status'],
      title,
      totals: totals === null ? null : (JSON.parse(totals) as UsageTotals),
    }));
  }

  #send(frame: DownFrame): void {
    const text = JSON.stringify(frame);
    for (const client of this.#server.clients) {
      if (client.readyState === client.OPEN && client.bufferedAmount < backlogBytesMax) client.send(text);
    }
  }
}
