/** A real app-server on a real socket, over a real runner, store and model server. For tests. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { priceTable } from '@taffrail/store';
import { parseConfig } from '../config.js';
import { Bench, configFor, secrets } from '../runner/runner-for-tests.js';
import { RunSettings } from '../runner/settings.js';
import { AppServer } from './app-server.js';
import { TestClient } from './client-for-tests.js';
import { AppServerSockets } from './websocket.js';

export class AppBench {
  readonly bench: Bench;
  readonly server: AppServer;
  readonly sockets: AppServerSockets;
  readonly #http: Server;
  readonly #clients: TestClient[] = [];

  private constructor(bench: Bench) {
    this.bench = bench;
    const env = { FIRST_SECRET: secrets.first, SECOND_SECRET: secrets.second };
    const settings = new RunSettings(parseConfig(configFor(bench.models.url), 'config.toml'), env);
    this.server = new AppServer({
      store: bench.store,
      runner: bench.runner,
      settings: () => settings,
      // The same window as the runner's, so that what is told live and what is told again can be compared.
      prices: { ...priceTable({}), contextWindow: () => 200_000 },
      dataDir: bench.folder,
      cwd: bench.project,
      aloneAt: null,
      report: (message) => bench.reports.push(message),
      now: Date.now,
    });
    bench.onChanged = (ids) => this.server.changed(ids);
    this.sockets = new AppServerSockets(this.server);
    this.#http = createServer();
    this.#http.on('upgrade', (request, socket, head) => this.sockets.upgrade(request, socket, head));
  }

  static async open(): Promise<AppBench> {
    const made = new AppBench(await Bench.open());
    await new Promise<void>((resolve) => made.#http.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** A client that has introduced itself. */
  async client(capabilities: object | null = null): Promise<TestClient> {
    const client = new TestClient(this.url);
    this.#clients.push(client);
    return client.initialized(capabilities);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.sockets.close();
    this.#http.close();
    await this.bench.close();
  }
}

export const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
