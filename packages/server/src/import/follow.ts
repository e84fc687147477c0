/** Follows the logs as they grow: told by the file system, without polling and without reading what has not changed. */
import type { Surroundings } from '@taffrail/importers';
import type { CommitResult, Store } from '@taffrail/store';
import { rootsOf } from './discover.js';
import { FollowedRoot } from './followed-root.js';
import { hearFolders } from './hear-folders.js';
import { hearTree } from './hear-tree.js';
import type { Hear } from './hearing.js';
import { watchTrouble } from './watch-trouble.js';

export interface FollowOptions {
  store: Store;
  surroundings: Surroundings;
  agents: readonly string[];
  /** Runs a task after those before it. */
  enqueue: (task: () => Promise<void>) => void;
  onCommit: (result: CommitResult) => void;
  /** Each problem is told once. */
  onProblem: (message: string) => void;
  /** How changes are heard of; what suits the system when left out. */
  hear?: Hear;
  /** How long a database that was read is left alone at least. A second when left out. */
  databaseIntervalMs?: number;
}

// The system keeps some 16,000 events and drops those after them without a word. So many at once may be all it kept.
const eventsAtOnceMax = 4_096;

export class Follower {
  readonly #options: FollowOptions;
  readonly #roots: FollowedRoot[];
  readonly #problems = new Set<string>();
  #eventsAtOnce = 0;
  #stopped = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#roots = rootsOf(options.surroundings, options.agents).map(
      (root) =>
        new FollowedRoot(root, {
          hear: process.platform === 'linux' ? hearFolders : hearTree,
          databaseIntervalMs: 1_000,
          ...options,
          stopped: () => this.#stopped,
          onEvent: () => this.#countEvent(),
          onTrouble: (error) => this.#tell(watchTrouble(error)),
          onProblem: (message) => this.#tell(message),
        }),
    );
  }

  /**
   * Looks through all roots once the tasks that are enqueued now, or as soon as this has resolved, are done; hears of
   * changes from then on. So what came after the import's own look is not missed.
   */
  start(): Promise<void> {
    for (const root of this.#roots) root.lookThrough();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#roots.map((root) => root.stop()));
  }

  /** All events that wait are delivered before an immediate runs. */
  #countEvent(): void {
    if (this.#eventsAtOnce === 0)
      setImmediate(() => {
        this.#eventsAtOnce = 0;
      });
    this.#eventsAtOnce += 1;
    if (this.#eventsAtOnce === eventsAtOnceMax) for (const root of this.#roots) root.lookThrough();
  }

  #tell(message: string): void {
    if (this.#problems.has(message)) return;
    this.#problems.add(message);
    this.#options.onProblem(message);
  }
}
