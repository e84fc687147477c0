/** All sockets: hello, heartbeats, hints that sessions or the import moved on, and waking those who follow a session. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Store } from '@taffrail/store';
import {
  capabilities,
  type DownFrame,
  protocolVersion,
  type SessionHint,
  type SessionStatus,
  type UsageTotals,
} from '@taffrail/wire';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AccessRules, foreign, unauthorised } from '../http/access.js';
import type { ImportState } from '../import/service.js';
import { SocketClient } from './socket-client.js';

const heartbeatMs = 15_000;
const hintMs = 100;
// What is appended within it travels in one frame.
const wakeMs = 10;
const stallCheckMs = 5_000;
const messageBytesMax = 64 * 1024;
const hintsPerFrame = 200;

/** Another protocol on the same port, for the same sessions. */
export interface Guest {
  /** Takes a connection over whose head the rules let pass. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** These sessions' logs have grown. */
  changed(sessionIds: readonly string[]): void;
}

export class SocketHub {
  readonly #store: Store;
  readonly #access: AccessRules;
  readonly #report: (message: string) => void;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax });
  readonly #clients = new Set<SocketClient>();
  readonly #changed = new Set<string>();
  readonly #woken = new Set<string>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #timers: NodeJS.Timeout[];
  #guests: Readonly<Record<string, Guest>> = {};
  #import: ImportState | null = null;
  #hintTimer: NodeJS.Timeout | null = null;
  #wakeTimer: NodeJS.Timeout | null = null;
  #wokenAt = 0;
  #importHasMoved = false;

  constructor(store: Store, access: AccessRules, report: (message: string) => void) {
    this.#store = store;
    this.#access = access;
    this.#report = report;
    this.#timers = [
      setInterval(() => void this.#beat(), heartbeatMs),
      setInterval(() => {
        for (const client of this.#clients) client.closeIfStalled();
      }, stallCheckMs),
    ];
  }

  /** Takes over the upgrade of `/api/v1/stream`, and of guests' paths by the same rules; everything else is refused. */
  attach(server: Server, guests: Readonly<Record<string, Guest>> = {}): void {
    this.#guests = guests;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { host, origin, authorization, cookie } = request.headers;
      const headOf = { host, origin, authorization, cookie };
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const upgrade = path === '/api/v1/stream' ? this.#upgrade : Object.hasOwn(guests, path) && guests[path]?.upgrade;
      const refusal = upgrade ? (foreign(this.#access, headOf) ?? unauthorised(this.#access, headOf)) : { status: 404 };
      if (refusal || !upgrade) {
        socket.end(`HTTP/1.1 ${refusal?.status ?? 404} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      upgrade(request, socket, head);
    });
  }

  /** Their logs have grown, or their place in the workbench has changed. Call it once the change is stored. */
  changed(sessionIds: readonly string[]): void {
    for (const guest of Object.values(this.#guests)) guest.changed(sessionIds);
    for (const id of sessionIds) {
      this.#changed.add(id);
      this.#woken.add(id);
    }
    if (this.#clients.size + this.#listeners.size === 0) this.#woken.clear();
    // At once where nothing was told for a while.
    else this.#wakeTimer ??= setTimeout(() => this.#wake(), Math.max(0, this.#wokenAt + wakeMs - Date.now()));
    this.#scheduleHints();
  }

  /** Calls back when this session's log has grown. Returns how to stop. */
  onChanged(sessionId: string, changed: () => void): () => void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners.add(changed));
    return () => {
      listeners.delete(changed);
      if (listeners.size === 0) this.#listeners.delete(sessionId);
    };
  }

  importMoved(state: ImportState): void {
    this.#import = state;
    this.#importHasMoved = true;
    this.#scheduleHints();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#hintTimer) clearTimeout(this.#hintTimer);
    if (this.#wakeTimer) clearTimeout(this.#wakeTimer);
    for (const client of this.#server.clients) client.close(1001, 'the server stops');
    this.#server.close();
  }

  readonly #upgrade: Guest['upgrade'] = (request, socket, head) =>
    this.#server.handleUpgrade(request, socket, head, (client) => void this.#welcome(client));

  async #welcome(socket: WebSocket): Promise<void> {
    const client = new SocketClient({ socket, log: this.#store, now: Date.now, report: this.#report });
    socket.on('close', () => this.#clients.delete(client));
    const open = await this.#store.queries
      .selectFrom('sessions')
      .select(['id', 'status', 'head'])
      .where('open', '=', 1)
      .execute();
    const statuses = Object.fromEntries(
      open.map(({ id, status, head }) => [id, { status: status as SessionStatus, head }]),
    );
    client.hint({ type: 'hello', protocol: protocolVersion, heartbeatMs, capabilities: [...capabilities], statuses });
    if (this.#import) client.hint({ type: 'import', status: this.#import });
    if (socket.readyState === socket.OPEN) this.#clients.add(client);
  }

  #wake(): void {
    this.#wakeTimer = null;
    this.#wokenAt = Date.now();
    const ids = [...this.#woken];
    this.#woken.clear();
    for (const client of this.#clients) client.wake(ids);
    for (const id of ids) for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  #scheduleHints(): void {
    this.#hintTimer ??= setTimeout(() => {
      this.#hintTimer = null;
      this.#sendHints().catch((error: unknown) => this.#report(String(error)));
    }, hintMs);
  }

  async #sendHints(): Promise<void> {
    if (this.#import && this.#importHasMoved) this.#hint({ type: 'import', status: this.#import });
    this.#importHasMoved = false;
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length === 0 || this.#clients.size === 0) return;
    for (let from = 0; from < ids.length; from += hintsPerFrame)
      this.#hint({ type: 'sessions', changed: await this.#hints(ids.slice(from, from + hintsPerFrame)) });
  }

  async #hints(ids: string[]): Promise<SessionHint[]> {
    const rows = await this.#store.queries
      .selectFrom('sessions')
      .select(['id', 'head', 'status', 'title', 'totals', 'open', 'position', 'parent_id'])
      .where('id', 'in', ids)
      .execute();
    return rows.map(({ id, head, status, title, totals, open, position, parent_id }) => ({
      sessionId: id,
      head,
      status: status as SessionStatus,
      title,
      totals: totals === null ? null : (JSON.parse(totals) as UsageTotals),
      open: open === 1,
      position,
      parentId: parent_id,
    }));
  }

  /** With the heads of what each client follows, so that a lost end is noticed. */
  async #beat(): Promise<void> {
    for (const client of this.#clients) {
      const places = await Promise.all(client.followed.map(async (id) => [id, await this.#store.place(id)] as const));
      const heads = places.flatMap(([id, place]) => (place ? [[id, place.head] as const] : []));
      client.hint({ type: 'heartbeat', heads: Object.fromEntries(heads) });
    }
  }

  #hint(frame: DownFrame): void {
    for (const client of this.#clients) client.hint(frame);
  }
}
