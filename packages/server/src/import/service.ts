/** The server's side of importing: runs the worker, keeps its progress, and tells whoever listens. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Surroundings } from '@taffrail/importers';
import type { Store } from '@taffrail/store';
import { agentLabel, type ImportRoot, type ImportStatus } from '@taffrail/wire';
import { type AgentLogs, inTime, isKnown, type LogQuestion, readLogs } from './agent-logs.js';
import { rootsOf } from './discover.js';
import type { WorkerNews, WorkerOrder, WorkerSetup } from './messages.js';
import { storedProblems } from './run-import.js';

export type ImportState = Omit<ImportStatus, 'roots' | 'problems'>;

export interface ImportListener {
  progressed(state: ImportState): void;
  changed(sessionIds: readonly string[]): void;
  problem(message: string): void;
}

const idle: ImportState = {
  state: 'idle',
  filesDone: 0,
  filesTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  pendingRows: 0,
  etaMs: null,
  error: null,
};

export class ImportService implements AgentLogs {
  readonly #store: Store;
  readonly #setup: WorkerSetup;
  readonly #listener: ImportListener;
  readonly #surroundings: Surroundings;
  #worker: Worker | null = null;
  #state: ImportState = idle;
  #startedAt = 0;
  /** Those who wait until logs are read, by the number of their question. */
  readonly #readers = new Map<number, () => void>();
  #questions = 0;

  constructor(store: Store, setup: WorkerSetup, listener: ImportListener) {
    this.#store = store;
    this.#setup = setup;
    this.#listener = listener;
    this.#surroundings = { home: setup.importHome, env: process.env };
  }

  start(): void {
    const worker = startWorker(this.#setup);
    worker.on('message', (news: WorkerNews) => this.#hear(news));
    worker.on('error', (error) => this.#failed(error.message));
    this.#worker = worker;
    this.#begin();
  }

  /** Looks at all roots again. */
  run(): void {
    if (!this.#worker) return;
    this.#begin();
    this.#tell({ type: 'run' });
  }

  knows(agent: string): boolean {
    return isKnown(agent);
  }

  /** By the worker where there is one: it reads one thing after the other. */
  read(question: LogQuestion): Promise<void> {
    const reading = this.#worker ? this.#asked(question) : readLogs(this.#store, question);
    return inTime(reading, (message) => this.#listener.problem(message));
  }

  #asked(question: LogQuestion): Promise<void> {
    this.#questions += 1;
    const id = this.#questions;
    this.#tell({ type: 'read', id, question });
    return new Promise((resolve) => this.#readers.set(id, resolve));
  }

  get state(): ImportState {
    return this.#state;
  }

  /** Progress, what was found where, and what could not be read. */
  async status(): Promise<ImportStatus> {
    const [roots, problems] = await Promise.all([this.#roots(), storedProblems(this.#store, null)]);
    return { ...this.#state, roots, problems: problems.slice(0, 200) };
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = null;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'stop' } satisfies WorkerOrder);
    await ended;
  }

  #tell(order: WorkerOrder): void {
    this.#worker?.postMessage(order);
  }

  #begin(): void {
    this.#startedAt = Date.now();
    this.#move({ ...idle, state: 'importing' });
  }

  #hear(news: WorkerNews): void {
    switch (news.type) {
      case 'progress':
        return this.#move({ ...this.#state, ...news.progress, state: 'importing', etaMs: this.#eta(news.progress) });
      case 'changed':
        return this.#listener.changed(news.sessionIds);
      case 'imported':
        return this.#move({ ...this.#state, state: 'indexing', etaMs: null });
      case 'indexing':
        return this.#move({ ...this.#state, state: 'indexing', pendingRows: news.pendingRows });
      case 'idle':
        return this.#move({ ...this.#state, state: 'idle', pendingRows: 0, etaMs: null });
      case 'read':
        this.#readers.get(news.id)?.();
        this.#readers.delete(news.id);
        return;
      case 'failed':
        return this.#failed(news.message);
      case 'problem':
        return this.#listener.problem(news.message);
    }
  }

  /** The archive is served as it is; the next run takes the import up where it stopped. */
  #failed(message: string): void {
    this.#listener.problem(`the import stopped: ${message}`);
    this.#move({ ...this.#state, state: 'idle', etaMs: null, error: message });
  }

  #move(state: ImportState): void {
    this.#state = state;
    this.#listener.progressed(state);
  }

  #eta({ bytesDone, bytesTotal }: { bytesDone: number; bytesTotal: number }): number | null {
    const elapsedMs = Date.now() - this.#startedAt;
    return bytesDone === 0 ? null : Math.max(0, Math.round((elapsedMs * (bytesTotal - bytesDone)) / bytesDone));
  }

  async #roots(): Promise<ImportRoot[]> {
    const rows = await this.#store.queries
      .selectFrom('sources')
      .select(['root', (builder) => builder.fn.countAll<number>().as('files')])
      .select((builder) => [builder.fn.sum<number>('size').as('bytes'), builder.fn.max('imported_at').as('last')])
      .groupBy('root')
      .execute();
    const sessions = await this.#countsByRoot();
    const problems = await this.#problemsByRoot();
    return rootsOf(this.#surroundings, this.#setup.agents).map(({ importer, path }) => {
      const row = rows.find((each) => each.root === path);
      return {
        agent: importer.agent,
        label: agentLabel(importer.agent),
        path,
        exists: existsSync(path),
        files: Number(row?.files ?? 0),
        bytes: Math.max(0, Number(row?.bytes ?? 0)),
        sessions: sessions.get(path) ?? 0,
        lastImportAt: row?.last ? new Date(row.last).toISOString() : null,
        problems: problems.get(path) ?? 0,
        capabilities: importer.capabilities,
      };
    });
  }

  async #countsByRoot(): Promise<Map<string, number>> {
    const rows = await this.#store.queries
      .selectFrom('source_sessions')
      .innerJoin('sources', 'sources.path', 'source_sessions.path')
      .select(['root', (builder) => builder.fn.count<number>('session_id').distinct().as('sessions')])
      .groupBy('root')
      .execute();
    return new Map(rows.map((row) => [row.root, Number(row.sessions)]));
  }

  async #problemsByRoot(): Promise<Map<string, number>> {
    const rows = await this.#store.queries
      .selectFrom('source_problems')
      .innerJoin('sources', 'sources.path', 'source_problems.path')
      .select(['root', (builder) => builder.fn.sum<number>('count').as('problems')])
      .groupBy('root')
      .execute();
    return new Map(rows.map((row) => [row.root, Number(row.problems)]));
  }
}

/** The built program is one folder of modules; run from source, the thread must first learn to read TypeScript. */
function startWorker(workerData: WorkerSetup): Worker {
  if (import.meta.url.endsWith('.mjs'))
    return new Worker(new URL('./import-worker.mjs', import.meta.url), { workerData });
  const source = new URL('./worker.ts', import.meta.url).href;
  return new Worker(`import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(source)})))`, {
    eval: true,
    workerData,
  });
}
