/**
 * The app-server: the sessions of this data folder for clients that speak the Codex app-server protocol. A thread is a
 * session and a turn a turn, on the same runner and log as the web app's, so that both watch the same thing.
 */
import type { PriceTable, Store } from '@taffrail/store';
import { type LiveStatus, liveStatuses, type SessionStatus } from '@taffrail/wire';
import { OrderError } from '../runner/order-error.js';
import type { Runner } from '../runner/runner.js';
import type { RunSettings } from '../runner/settings.js';
import { Connection, type Line } from './connection.js';
import { loadThread } from './follower.js';
import { OpenApprovals } from './open-approvals.js';
import { decidedBy } from './translate/approvals.js';
import type { Around } from './translate/rows.js';
import { statusOf } from './translate/turns.js';
import type { RequestId } from './wire/json-rpc.js';
import type { Notification } from './wire/notifications.js';
import type { ThreadStatus } from './wire/thread.js';

export interface AppServerParts {
  store: Store;
  runner: Runner;
  /** As they are now: they may change while it runs. */
  settings: () => RunSettings;
  prices: PriceTable;
  dataDir: string;
  /** Where a thread works when its client names no folder. */
  cwd: string;
  /** When nobody else ran sessions here: an unfinished turn from before is nobody's. `null` where that is not known. */
  aloneAt: number | null;
  report: (message: string) => void;
  now: () => number;
}

// Names that clients gave their inputs; only who is told of an input as it comes needs them.
const clientIdsMax = 2_000;

export class AppServer {
  readonly parts: AppServerParts;
  readonly approvals = new OpenApprovals();
  /** How the threads stand that clients have opened here, as it was last told. */
  readonly #loaded = new Map<string, string>();
  readonly #connections = new Set<Connection>();
  readonly #clientIds = new Map<string, string>();

  constructor(parts: AppServerParts) {
    this.parts = parts;
  }

  get store(): Store {
    return this.parts.store;
  }

  get now(): () => number {
    return this.parts.now;
  }

  get loaded(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  get clientIds(): ReadonlyMap<string, string> {
    return this.#clientIds;
  }

  connect(line: Line): Connection {
    const connection = new Connection(this, line);
    this.#connections.add(connection);
    return connection;
  }

  disconnect(connection: Connection): void {
    connection.close();
    this.#connections.delete(connection);
  }

  /** These sessions' logs have grown. Call it once the rows are stored. */
  changed(sessionIds: readonly string[]): void {
    for (const connection of this.#connections) connection.wake(sessionIds);
    for (const id of sessionIds)
      if (this.#loaded.has(id)) void this.#tellStatus(id).catch((error: unknown) => this.report(String(error)));
  }

  report(message: string): void {
    this.parts.report(`app-server: ${message}`);
  }

  around(threadId: string): Around {
    const { prices } = this.parts;
    return {
      threadId,
      clientIds: this.#clientIds,
      windowOf: (model, provider) => prices.contextWindow(model, provider),
    };
  }

  /** A thread is opened by a client. Where it was not open before, everybody is told how it stands. */
  load(threadId: string, status: ThreadStatus, { silent = false }: { silent?: boolean } = {}): void {
    const isNew = !this.#loaded.has(threadId);
    this.#loaded.set(threadId, JSON.stringify(status));
    if (isNew && !silent) this.broadcast({ method: 'thread/status/changed', params: { threadId, status } });
  }

  isLoaded(threadId: string): boolean {
    return this.#loaded.has(threadId);
  }

  unload(threadId: string): void {
    this.#loaded.delete(threadId);
    for (const connection of this.#connections) connection.unfollow(threadId);
  }

  nameInput(inputId: string, clientId: string): void {
    this.#clientIds.set(inputId, clientId);
    const [oldest] = this.#clientIds.keys();
    if (this.#clientIds.size > clientIdsMax && oldest !== undefined) this.#clientIds.delete(oldest);
  }

  broadcast(message: Notification, except?: Connection): void {
    for (const connection of this.#connections) if (connection !== except) connection.tell(message);
  }

  /** Those who follow the thread are told by its log. */
  broadcastToOthers(threadId: string, message: Notification): void {
    for (const connection of this.#connections) if (!connection.followed.includes(threadId)) connection.tell(message);
  }

  /** A client's answer to what it was asked. The first one counts; a later one has nothing to answer any more. */
  async answered(id: RequestId, result: unknown): Promise<void> {
    const asked = this.approvals.find(id);
    const decided = decidedBy(result);
    if (!asked || !decided) return;
    const { runner } = this.parts;
    try {
      await runner.answer(asked.threadId, asked.permissionId, decided.decision);
      if (decided.stops) await runner.interrupt(asked.threadId);
    } catch (error) {
      if (!(error instanceof OrderError)) this.report(String(error));
    }
  }

  async #tellStatus(threadId: string): Promise<void> {
    const status = await this.#statusNow(threadId);
    if (!status) return;
    const text = JSON.stringify(status);
    if (this.#loaded.get(threadId) === text || !this.#loaded.has(threadId)) return;
    this.#loaded.set(threadId, text);
    this.broadcastToOthers(threadId, { method: 'thread/status/changed', params: { threadId, status } });
  }

  async #statusNow(threadId: string): Promise<ThreadStatus | null> {
    const place = await this.store.place(threadId);
    if (!place) return null;
    // What it waits for stands in its log: a person's answer, or a key.
    const waiting = place.status === 'waiting' ? await loadThread(this.store, threadId) : null;
    return waiting ? statusOf(waiting.state) : statusOf({ status: liveStatus(place.status), permissions: new Map() });
  }
}

const liveStatus = (status: SessionStatus): LiveStatus => liveStatuses.find((known) => known === status) ?? 'idle';
