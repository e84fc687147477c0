/** A real server with settings of its own, a model server as its provider, and no key in its environment. For tests. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { KeyTest, Problem, SessionSummary, Settings } from '@taffrail/wire';
import { dataHome } from '../data-home.js';
import { serve } from '../serve.js';

/** Nobody listens on the discard port. */
export const noOllama = '127.0.0.1:9';

export class SettingsServer {
  readonly folder: string;
  readonly project: string;
  readonly models: ModelServer;
  readonly #stop = new AbortController();
  readonly #token: string;
  #base = '';
  #done: Promise<void> = Promise.resolve();

  private constructor(models: ModelServer, folder: string) {
    this.models = models;
    this.folder = folder;
    this.project = join(folder, 'project');
    mkdirSync(this.project);
    this.#token = dataHome(join(folder, 'data'), {}).token();
  }

  static async open(config = '', env: NodeJS.ProcessEnv = {}): Promise<SettingsServer> {
    const server = new SettingsServer(
      await startModelServer({ models: ['big', 'small', 'text-embedding-3'] }),
      mkdtempSync(join(tmpdir(), 'taffrail-settings-')),
    );
    server.write(config);
    await server.#listen({ PATH: process.env['PATH'], OLLAMA_HOST: noOllama, ...env });
    return server;
  }

  async #listen(env: NodeJS.ProcessEnv): Promise<void> {
    await new Promise<void>((ready, failed) => {
      this.#done = serve({
        home: dataHome(join(this.folder, 'data'), env),
        host: '127.0.0.1',
        port: 0,
        watch: false,
        importHome: this.folder,
        agents: [],
        env,
        signal: this.#stop.signal,
        onReady: ({ url }) => {
          this.#base = url;
          ready();
        },
      });
      this.#done.catch(failed);
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await this.models.close();
    rmSync(this.folder, { recursive: true });
  }

  get configPath(): string {
    return join(this.folder, 'data/config.toml');
  }

  /** What stands in a file of the data folder. */
  file(name: string): string {
    return readFileSync(join(this.folder, 'data', name), 'utf8');
  }

  /** As a person with an editor does. */
  write(config: string): void {
    writeFileSync(this.configPath, config);
  }

  order(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#base}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  async read<Answer>(path: string): Promise<Answer> {
    return (await (await this.order('GET', path)).json()) as Answer;
  }

  settings(): Promise<Settings> {
    return this.read('/settings');
  }

  /** The settings after an order that was taken. */
  async ordered(method: string, path: string, body?: unknown): Promise<Settings> {
    const response = await this.order(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as Settings;
  }

  async refused(method: string, path: string, body?: unknown): Promise<[number, string]> {
    const response = await this.order(method, path, body);
    return [response.status, ((await response.json()) as Problem).detail];
  }

  async test(id: string): Promise<KeyTest> {
    return (await (await this.order('POST', `/settings/keys/${id}/test`)).json()) as KeyTest;
  }

  async session(id: string, model?: string): Promise<void> {
    await this.ordered('POST', '/sessions', { id, cwd: this.project, ...(model ? { model } : {}) });
  }

  async ask(id: string, input: string): Promise<void> {
    await this.order('POST', `/sessions/${id}/turns`, { input });
  }

  status(id: string, status: string): Promise<SessionSummary> {
    return until(
      () => this.read<SessionSummary>(`/sessions/${id}`),
      (session) => session.status === status,
    );
  }

  async texts(id: string): Promise<string[]> {
    const { items } = await this.read<{ items: { item: { text: string } }[] }>(`/sessions/${id}/items`);
    return items.map(({ item }) => item.text);
  }
}

/** Asks again until the answer satisfies; the last one where it never does. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  satisfied: (answer: Answer) => boolean,
): Promise<Answer> {
  const deadline = Date.now() + 15_000;
  for (let last = await ask(); ; last = await ask()) {
    if (satisfied(last) || Date.now() > deadline) return last;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
