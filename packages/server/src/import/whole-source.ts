/** A source whose records come in one go or in slices: gathers what its reader yields, and commits it with how far it is. */
import type { ProblemKind, Sink } from '@taffrail/importers';
import { Batch } from './batch.js';
import type { FoundSource } from './discover.js';
import { withHosts } from './hosted-rows.js';
import type { ReadContext } from './read-source.js';

interface CommitWords {
  /** What reading goes on from. */
  state: string;
  /** The source is read from its beginning, and this is the first that is committed of it. */
  fromStart: boolean;
  /** All is read: the source need not be opened again until it looks different. */
  last: boolean;
}

export class WholeSource {
  /** True once a commit did not succeed: the trouble is with the archive, not with the source. */
  failed = false;
  readonly sink: Sink;
  readonly #source: FoundSource;
  readonly #context: ReadContext;
  readonly #batch: Batch;
  readonly #sessions = new Set<string>();

  constructor(source: FoundSource, context: ReadContext) {
    this.#source = source;
    this.#context = context;
    this.#batch = new Batch(source.importer, context.projectOf, { notAfter: source.mtimeMs });
    this.sink = {
      row: (draft) => {
        this.#sessions.add(draft.sessionId);
        this.#context.noticed?.(draft);
        this.#batch.add(draft);
      },
      problem: (kind, message) => this.problem(kind, message),
    };
  }

  get full(): boolean {
    return this.#batch.full;
  }

  problem(kind: ProblemKind, message: string): void {
    this.#batch.problem(kind, message, null);
  }

  async commit(words: CommitWords): Promise<void> {
    const { appends: told, problems } = this.#batch.take();
    const appends = await withHosts(this.#context.store, told);
    const source = this.#context.remember ? { source: this.#checkpoint(words, problems) } : {};
    try {
      const result = await this.#context.store.commit({ appends, index: this.#context.index, ...source });
      this.#context.problems?.(problems);
      this.#context.committed(result, words.last ? this.#source.sizeBytes : 0);
      await this.#context.breathe();
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  /** Unfinished work must not look finished: only the last commit carries how the source looked. */
  #checkpoint({ state, fromStart, last }: CommitWords, problems: ReturnType<Batch['take']>['problems']) {
    const { importer, absolute, root, format, fingerprint, sizeBytes } = this.#source;
    return {
      path: absolute,
      root,
      agent: importer.agent,
      format,
      importerVersion: importer.version,
      fingerprint: last ? fingerprint : '',
      sizeBytes: last ? sizeBytes : -1,
      offset: sizeBytes,
      line: 1,
      tailHash: '',
      state,
      sessionIds: [...this.#sessions],
      problems,
      fromStart,
    };
  }
}
