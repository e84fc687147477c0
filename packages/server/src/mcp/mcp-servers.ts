/** All connections to MCP servers: one to a program for each folder that sessions work in, one to each server elsewhere. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ToolPlace } from '@taffrail/agent';
import { Connection, type Standing } from './connection.js';
import type { ListedTools } from './listed-tools.js';
import { type Patience, usualPatience } from './patience.js';
import { type McpServer, serversFor } from './servers.js';
import { TurnServers } from './turn-servers.js';

export interface McpServersOptions {
  /** As they are configured now. */
  servers: () => readonly McpServer[];
  /** For programs: without secrets, and with the variable by which they are known to be ours. */
  env: () => Readonly<Record<string, string>>;
  started: ToolPlace['started'];
  now: () => number;
  patience?: Patience;
}

export interface McpTestResult extends ListedTools {
  /** `null` where it works. */
  problem: string | null;
  at: number;
  durationMs: number;
}

export class McpServers {
  readonly #options: McpServersOptions;
  readonly #patience: Patience;
  readonly #connections = new Map<string, Connection>();
  /** Under way, and what came of them since the server's start. */
  readonly #testing = new Map<string, Promise<McpTestResult>>();
  readonly #tests = new Map<string, { server: McpServer; result: McpTestResult }>();
  readonly #closing = new Set<Promise<void>>();
  readonly #tested = new Set<Connection>();

  constructor(options: McpServersOptions) {
    this.#options = options;
    this.#patience = options.patience ?? usualPatience;
  }

  /** What a turn in this folder has. It waits a while for servers that start, and has to be released. */
  async forTurn(order: { root: string; mayUse: (name: string) => boolean; signal: AbortSignal }): Promise<TurnServers> {
    const { root, mayUse, signal } = order;
    const servers = () => serversFor(this.#options.servers(), mayUse);
    const turn = new TurnServers(() => servers().map((server) => this.#connection(server, root)));
    await turn.ready(this.#patience.startMs, signal);
    return turn;
  }

  /** Ends what is configured otherwise than before, or not any more. For when settings have changed. */
  settle(): void {
    for (const [key, connection] of this.#connections)
      if (!this.#isConfigured(connection.server)) this.#forget(key, connection);
    for (const [name, { server }] of this.#tests) if (!this.#isConfigured(server)) this.#tests.delete(name);
  }

  /** How a server's connections stand, and what it has; and what came of its last test. */
  view({ name }: Pick<McpServer, 'name'>): {
    standings: Standing[];
    listed: ListedTools | null;
    tested: McpTestResult | null;
  } {
    const own = [...this.#connections.values()].filter(({ server }) => server.name === name);
    const tested = this.#tests.get(name)?.result ?? null;
    const listed = own.findLast(({ standing }) => standing.kind === 'connected')?.listed ?? null;
    return { standings: own.map(({ standing }) => standing), listed, tested };
  }

  /** Connects once in an empty folder. The same again while it is under way is the same test. */
  test(server: McpServer): Promise<McpTestResult> {
    const running = this.#testing.get(server.name);
    if (running !== undefined) return running;
    const test = this.#test(server).finally(() => this.#testing.delete(server.name));
    this.#testing.set(server.name, test);
    return test;
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    for (const [key, connection] of this.#connections) this.#forget(key, connection);
    await Promise.all([...this.#closing, ...[...this.#tested].map((connection) => connection.close())]);
    await Promise.allSettled(this.#testing.values());
  }

  #connection(server: McpServer, root: string): Connection {
    const isProgram = server.address.kind === 'stdio';
    const key = JSON.stringify([server.name, isProgram ? root : null]);
    const known = this.#connections.get(key);
    if (known && isDeepStrictEqual(known.server, server)) return known;
    if (known) this.#forget(key, known);
    const connection = this.#newConnection(server, isProgram ? root : homedir());
    this.#connections.set(key, connection);
    return connection;
  }

  #newConnection(server: McpServer, root: string): Connection {
    const { env, started, now } = this.#options;
    return new Connection({ server, root, env, started, now, patience: this.#patience });
  }

  #isConfigured(server: McpServer): boolean {
    return this.#options.servers().some((one) => one.isEnabled && isDeepStrictEqual(one, server));
  }

  #forget(key: string, connection: Connection): void {
    this.#connections.delete(key);
    const closing = connection.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async #test(server: McpServer): Promise<McpTestResult> {
    const startedAt = this.#options.now();
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'taffrail-mcp-')));
    const connection = this.#newConnection(server, folder);
    this.#tested.add(connection);
    try {
      await connection.ready(this.#patience.giveUpMs, new AbortController().signal);
      const { standing, listed } = connection;
      const at = this.#options.now();
      const problem = standing.kind === 'failed' ? standing.why : standing.kind === 'connected' ? null : 'it was ended';
      const result = { ...listed, problem, at, durationMs: Math.max(0, at - startedAt) };
      if (this.#isConfigured(server) || !server.isEnabled) this.#tests.set(server.name, { server, result });
      if (problem === null) this.#forgive(server.name);
      return result;
    } finally {
      await connection.close();
      this.#tested.delete(connection);
      await rm(folder, { recursive: true, force: true });
    }
  }

  #forgive(name: string): void {
    for (const connection of this.#connections.values()) if (connection.server.name === name) connection.forgive();
  }
}
