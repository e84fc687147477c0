/** One root that is followed: hears of changes, waits until they settle, looks, and brings the archive up to date. */
import { statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Discovery, discoverBelow, type FoundRoot, sourceAt } from './discover.js';
import { type Ear, type Hear, type Hearing, isWithin } from './hearing.js';
import { Noted } from './noted.js';
import { knownWithin, type Reconciling, reconcile } from './reconcile.js';
import { RootWay } from './root-way.js';

export interface FollowedRootOptions extends Reconciling {
  hear: Hear;
  enqueue: (task: () => Promise<void>) => void;
  databaseIntervalMs: number;
  /** Called for every event, before it is judged. */
  onEvent: () => void;
  onTrouble: (error: unknown) => void;
  onProblem: (message: string) => void;
}

// A database is copied to be read: reading a busy one takes this part of the time at most.
const databaseShare = 0.1;

export class FollowedRoot {
  readonly #root: FoundRoot;
  readonly #options: FollowedRootOptions;
  readonly #noted: Noted;
  readonly #way: RootWay;
  readonly #ear: Ear;
  /** The folders that were entered, and their real paths. */
  readonly #folders = new Map<string, string>();
  /** Folders that could not be listed: they may be opened to us later. */
  readonly #closed = new Set<string>();
  readonly #databaseRestsUntil = new Map<string, number>();

  constructor(root: FoundRoot, options: FollowedRootOptions) {
    this.#root = root;
    this.#options = options;
    this.#noted = new Noted(() => options.enqueue(() => this.#lookAtNoted()));
    const hearing: Hearing = { heard: (path, moved) => this.#heard(path, moved), failed: options.onTrouble };
    this.#ear = options.hear(root, hearing);
    this.#way = new RootWay(root.path, () => this.#heard('', true), options.onTrouble);
  }

  /** Looks through the whole root once what was asked for before is done, and hears of its changes from then on. */
  lookThrough(): void {
    this.#noted.add('');
  }

  async stop(): Promise<void> {
    this.#noted.stop();
    this.#way.close();
    await this.#ear.close();
  }

  #heard(path: string, moved: boolean): void {
    this.#options.onEvent();
    const { importer } = this.#root;
    // A database's recent writes are in its write-ahead log.
    const log = path.replace(/-wal$/, '');
    if (importer.classify(log)) this.#noted.add(log, this.#databaseRestsUntil.get(log));
    else if (moved ? path === '' || (importer.enters?.(path) ?? true) : this.#closed.has(path)) this.#noted.add(path);
  }

  /** Each look is a task of its own: one that fails does not harm the others. */
  async #lookAtNoted(): Promise<void> {
    for (const path of this.#noted.take()) this.#options.enqueue(() => this.#look(path));
  }

  async #look(path: string): Promise<void> {
    if (this.#options.stopped()) return;
    const isFolder = isFolderAt(join(this.#root.path, path));
    if (isFolder || path === '' || this.#folders.has(path) || this.#closed.has(path)) await this.#lookBelow(path);
    if (!isFolder && path !== '') await this.#lookAtFile(path);
  }

  async #lookAtFile(path: string): Promise<void> {
    // It was read while this was noted.
    const restsUntil = this.#databaseRestsUntil.get(path) ?? 0;
    if (performance.now() < restsUntil) return this.#noted.add(path, restsUntil);
    const source = sourceAt(this.#root, path);
    if (!source && !this.#root.importer.classify(path)) return;
    const known = await knownWithin(this.#options.store, this.#root, path);
    const startedAt = performance.now();
    await reconcile(this.#options, known, source ? [source] : []);
    if (source?.format !== 'database') return;
    const [endedAt, { databaseIntervalMs }] = [performance.now(), this.#options];
    const restMs = Math.max(databaseIntervalMs, (endedAt - startedAt) / databaseShare);
    this.#databaseRestsUntil.set(path, endedAt + restMs);
  }

  async #lookBelow(folder: string): Promise<void> {
    const { sources, problems } = await this.#enter(folder);
    // Stopped meanwhile: what was opened since is closed again.
    if (this.#options.stopped()) return this.stop();
    for (const { message } of problems) this.#options.onProblem(message);
    // What lies in a folder that cannot be listed is not seen, which does not mean that it is gone.
    const unseen = problems.map(({ path }) => `${path}${sep}`);
    const known = await knownWithin(this.#options.store, this.#root, folder);
    await reconcile(
      this.#options,
      known.filter(({ path }) => !unseen.some((start) => path.startsWith(start))),
      sources,
    );
  }

  /** Hears of a folder and those below it anew: what was known by these names may be others now. */
  async #enter(folder: string): Promise<Discovery> {
    if (folder === '') this.#way.listen();
    await this.#ear.renew(folder);
    for (const path of [...this.#folders.keys(), ...this.#closed].filter((path) => isWithin(path, folder))) {
      this.#folders.delete(path);
      this.#closed.delete(path);
    }
    const entered = (path: string, real: string) => {
      this.#folders.set(path, real);
      this.#ear.enter(path);
    };
    const found = discoverBelow(this.#root, folder, { seen: new Set(this.#folders.values()), entered });
    for (const { path } of found.problems) this.#closed.add(relative(this.#root.path, path).replaceAll(sep, '/'));
    return found;
  }
}

function isFolderAt(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
