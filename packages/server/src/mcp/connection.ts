/** One connection to a server: started when it is first wanted, held while it is used, let go after a while without. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ToolPlace } from '@taffrail/agent';
import type { CallOrder, CallResult, McpClient } from './client.js';
import { type ListedTools, listedTools } from './listed-tools.js';
import type { Patience } from './patience.js';
import type { McpServer } from './servers.js';

export type Standing =
  /** Nobody has wanted it yet, or not for a while. `ended`: why it is not there any more, where that was its own doing. */
  | { kind: 'unused'; ended: string | null }
  | { kind: 'starting' }
  | { kind: 'connected' }
  | { kind: 'failed'; why: string };

export interface ConnectionOrder {
  server: McpServer;
  root: string;
  env: () => Readonly<Record<string, string>>;
  started: ToolPlace['started'];
  patience: Patience;
  now: () => number;
}

const noTools: ListedTools = { tools: [], leftOut: [] };
/** A server may say again and again that its tools have changed. */
const relistMs = 1_000;

export class Connection {
  readonly server: McpServer;
  readonly #order: ConnectionOrder;
  #standing: Standing = { kind: 'unused', ended: null };
  #client: McpClient | null = null;
  #tools = noTools;
  /** When it was started, and when that failed. */
  #startedAt = 0;
  #failedAt = 0;
  #starting: Promise<void> | null = null;
  #relisting: Promise<void> | null = null;
  #isStale = false;
  #holds = 0;
  #idle: NodeJS.Timeout | null = null;
  #closed: Promise<void> | null = null;
  readonly #stop = new AbortController();

  constructor(order: ConnectionOrder) {
    this.#order = order;
    this.server = order.server;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Those of its last list: they stay while it is away, so that a call starts it again, and go when it cannot be. */
  get listed(): ListedTools {
    return this.#standing.kind === 'failed' ? noTools : this.#tools;
  }

  /** Keeps it from being let go. The returned function ends that. */
  hold(): () => void {
    this.#holds += 1;
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#idle = setTimeout(() => void this.#letGo(), this.#order.patience.idleMs).unref();
    };
  }

  /** Starts it where it is not there. Resolves when it is, or cannot be; or after so long, while it goes on starting. */
  async ready(waitMs: number, signal: AbortSignal): Promise<void> {
    const starting = this.#start();
    const since = this.#order.now() - this.#startedAt;
    if (starting !== null) await untilDone(starting, Math.max(0, waitMs - since), signal);
  }

  /** @throws Error that says why nothing came of it. */
  async call(order: Omit<CallOrder, 'waitMs'>): Promise<CallResult> {
    const { LostSessionError } = await import('./client.js');
    try {
      return await this.#callOnce(order);
    } catch (error) {
      if (!(error instanceof LostSessionError)) throw error;
      await this.#letGo();
      return await this.#callOnce(order);
    }
  }

  /** Ends it for good. */
  close(): Promise<void> {
    this.#stop.abort();
    if (this.#idle) clearTimeout(this.#idle);
    // One that has just started is there to be ended.
    this.#closed ??= Promise.resolve(this.#starting).then(() => this.#letGo());
    return this.#closed;
  }

  /** What failed may be tried again at once: somebody has seen it work. */
  forgive(): void {
    this.#failedAt = Number.NEGATIVE_INFINITY;
  }

  async #callOnce(order: Omit<CallOrder, 'waitMs'>): Promise<CallResult> {
    const { startMs, callMs } = this.#order.patience;
    await this.ready(startMs, order.signal);
    if (!this.#client) throw new Error(this.#whyNot());
    return await this.#client.call({ ...order, waitMs: callMs });
  }

  #whyNot(): string {
    if (this.#closed !== null) return 'its settings were changed';
    return this.#standing.kind === 'failed' ? this.#standing.why : 'it is not there yet';
  }

  /** `null` where there is nothing to wait for. */
  #start(): Promise<void> | null {
    if (this.#client || this.#closed !== null) return null;
    if (this.#starting !== null) return this.#starting;
    const { now, patience } = this.#order;
    const isResting = this.#standing.kind === 'failed' && now() - this.#failedAt < patience.restMs;
    if (isResting) return null;
    this.#startedAt = now();
    this.#standing = { kind: 'starting' };
    this.#starting = this.#connect().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #connect(): Promise<void> {
    const { server, patience, now } = this.#order;
    const tooLong = AbortSignal.timeout(patience.giveUpMs);
    const signal = AbortSignal.any([tooLong, this.#stop.signal]);
    try {
      if (server.trouble !== null) throw new Error(server.trouble);
      const client = await this.#open(signal);
      this.#client = client;
      this.#tools = listedTools(server.name, await client.tools(signal));
      this.#standing = { kind: 'connected' };
    } catch (error) {
      const late = `it had not started after ${Math.round(patience.giveUpMs / 1_000)} s`;
      const why = tooLong.aborted ? late : error instanceof Error ? error.message : String(error);
      await this.#letGo();
      this.#failedAt = now();
      this.#standing = { kind: 'failed', why };
    }
  }

  async #open(signal: AbortSignal): Promise<McpClient> {
    const { McpClient } = await import('./client.js');
    signal.throwIfAborted();
    const { server, root, env, started } = this.#order;
    const heard = { onToolsChanged: () => this.#relist(), onClosed: (client: McpClient) => this.#lost(client) };
    return await McpClient.open({ server, root, env: env(), started, ...heard }, signal);
  }

  /** It is started again when it is next wanted. */
  #lost(client: McpClient): void {
    if (client !== this.#client) return;
    this.#client = null;
    this.#standing = { kind: 'unused', ended: client.why };
  }

  async #letGo(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (this.#standing.kind === 'connected') this.#standing = { kind: 'unused', ended: null };
    await client?.close();
  }

  #relist(): void {
    this.#isStale = true;
    this.#relisting ??= this.#list().finally(() => {
      this.#relisting = null;
    });
  }

  async #list(): Promise<void> {
    while (this.#isStale && this.#client) {
      this.#isStale = false;
      const signal = AbortSignal.any([AbortSignal.timeout(this.#order.patience.startMs), this.#stop.signal]);
      // Where it does not answer its last list stands.
      const found = await this.#client.tools(signal).catch(() => null);
      if (found) this.#tools = listedTools(this.server.name, found);
      await wait(relistMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}

/** Resolves when the work is done, after so long, or when the signal says so. */
function untilDone(work: Promise<void>, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal.addEventListener('abort', end, { once: true });
    void work.then(end, end);
    if (signal.aborted) end();
  });
}
