/** Follows the logs as they grow: told by the file system, without polling and without reading what has not changed. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { AsyncSubscription, Event } from '@parcel/watcher';
import type { Surroundings } from '@taffrail/importers';
import type { CommitResult, Store } from '@taffrail/store';
import { type FoundRoot, type FoundSource, rootsOf, sourceAt, uninteresting } from './discover.js';
import type { KnownSource } from './read-source.js';
import { ImportRun } from './run-import.js';

export interface FollowOptions {
  store: Store;
  surroundings: Surroundings;
  agents: readonly string[];
  /** Runs a task after those before it. */
  enqueue: (task: () => Promise<void>) => void;
  onCommit: (result: CommitResult) => void;
  onProblem: (message: string) => void;
}

// Long enough that the lines of one answer come as one reading, short enough to look immediate.
const settleMs = 60;
// A database is copied to be read: a busy one is read at most this often.
const databaseIntervalMs = 1_000;

export class Follower {
  readonly #options: FollowOptions;
  readonly #roots: FoundRoot[];
  readonly #subscriptions: AsyncSubscription[] = [];
  readonly #waiting: FSWatcher[] = [];
  readonly #dirty = new Map<string, FoundRoot>();
  readonly #databaseReads = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#roots = rootsOf(options.surroundings, options.agents);
  }

  async start(): Promise<void> {
    for (const root of this.#roots) await this.#follow(root);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#waiting) watcher.close();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.unsubscribe()));
  }

  async #follow(root: FoundRoot): Promise<void> {
    if (!existsSync(root.path)) return this.#awaitRoot(root);
    try {
      const { subscribe } = await import('@parcel/watcher');
      const heard = (error: Error | null, events: Event[]) => {
        if (error) this.#options.onProblem(`watching ${root.path}: ${error.message}`);
        else this.#note(root, events);
      };
      const subscription = await subscribe(root.path, heard, { ignore: uninteresting(root) });
      this.#subscriptions.push(subscription);
    } catch (error) {
      this.#options.onProblem(
        `cannot watch ${root.path}: ${error instanceof Error ? error.message : String(error)}; new entries are read at the next start`,
      );
    }
  }

  /** An agent that is not installed yet: wait for its folder where it will appear. */
  #awaitRoot(root: FoundRoot): void {
    let ancestor = dirname(root.path);
    while (!existsSync(ancestor) && ancestor !== dirname(ancestor)) ancestor = dirname(ancestor);
    try {
      const watcher = watch(ancestor, () => {
        const next = nextBelow(ancestor, root.path);
        if (!existsSync(next) || this.#stopped) return;
        watcher.close();
        void this.#follow(root).then(() => this.#noteAll(root));
      });
      this.#waiting.push(watcher);
    } catch {
      // A home folder that cannot be watched: the agent's logs are found at the next start.
      this.#options.onProblem(`cannot wait for ${root.path} to appear`);
    }
  }

  #note(root: FoundRoot, events: readonly Event[]): void {
    for (const event of events) {
      const path = relative(root.path, event.path).split(sep).join('/').replace(/-wal$/, '');
      if (root.importer.classify(path)) this.#dirty.set(`${root.path}\0${path}`, root);
    }
    this.#schedule(settleMs);
  }

  #noteAll(root: FoundRoot): void {
    this.#options.enqueue(async () => {
      const { discover } = await import('./discover.js');
      for (const source of discover([root]).sources) await this.#read(source);
    });
  }

  #schedule(delayMs: number): void {
    if (this.#timer || this.#dirty.size === 0 || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (const [key, root] of dirty) this.#options.enqueue(() => this.#readDirty(root, key));
    }, delayMs);
  }

  async #readDirty(root: FoundRoot, key: string): Promise<void> {
    if (this.#stopped) return;
    const source = sourceAt(root, key.slice(root.path.length + 1));
    if (!source) return this.#gone(`${root.path}/${key.slice(root.path.length + 1)}`);
    if (source.format === 'database' && this.#readLately(source)) {
      this.#dirty.set(key, root);
      return this.#schedule(databaseIntervalMs);
    }
    await this.#read(source);
  }

  #readLately(source: FoundSource): boolean {
    const last = this.#databaseReads.get(source.absolute) ?? 0;
    const now = performance.now();
    if (now - last < databaseIntervalMs) return true;
    this.#databaseReads.set(source.absolute, now);
    return false;
  }

  async #read(source: FoundSource): Promise<void> {
    const { store } = this.#options;
    const known = await store.queries
      .selectFrom('sources')
      .selectAll()
      .where('path', '=', source.absolute)
      .executeTakeFirst();
    if (
      known?.fingerprint === source.fingerprint &&
      known.importer_version === source.importer.version &&
      known.missing_since === null
    )
      return;
    if (known && known.missing_since !== null) await store.markMissing(source.absolute, false);
    const all = new Map<string, KnownSource>(known ? [[source.absolute, known]] : []);
    const run = new ImportRun({ ...this.#options, index: 'now', now: Date.now }, [source], all);
    await run.read(source);
  }

  async #gone(path: string): Promise<void> {
    const known = await this.#options.store.queries
      .selectFrom('sources')
      .select('missing_since')
      .where('path', '=', path)
      .executeTakeFirst();
    if (known?.missing_since !== null) return;
    const sessionIds = await this.#options.store.markMissing(path, true);
    this.#options.onCommit({
      changed: sessionIds.map((sessionId) => ({ sessionId, head: 0 })),
      newRows: 0,
      newRequests: 0,
      newSessions: [],
    });
  }
}

/** The folder directly below `ancestor` on the way to `path`. */
function nextBelow(ancestor: string, path: string): string {
  const first = relative(ancestor, path).split(sep)[0] ?? '';
  return `${ancestor}${ancestor.endsWith(sep) ? '' : sep}${first}`;
}
