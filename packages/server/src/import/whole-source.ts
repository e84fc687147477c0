/** A source that is read in one go: gathers what its reader yields, then commits it with how the source looked. */
import type { ProblemKind, Sink } from '@taffrail/importers';
import { Batch } from './batch.js';
import type { FoundSource } from './discover.js';
import type { ReadContext } from './read-source.js';

export class WholeSource {
  readonly #source: FoundSource;
  readonly #context: ReadContext;
  readonly #batch: Batch;
  readonly #sessions = new Set<string>();

  constructor(source: FoundSource, context: ReadContext) {
    this.#source = source;
    this.#context = context;
    this.#batch = new Batch(source.importer, context.projectOf, source.mtimeMs);
  }

  problem(kind: ProblemKind, message: string): void {
    this.#batch.problem(kind, message, null);
  }

  /** Runs a reader; what it throws becomes a problem of this kind, and what it yielded before stays. */
  attempt<Result>(kind: ProblemKind, read: (out: Sink) => Result): Result | undefined {
    const row: Sink['row'] = (draft) => {
      this.#sessions.add(draft.sessionId);
      this.#context.noticed?.(draft);
      this.#batch.add(draft);
    };
    try {
      return read({ row, problem: (problem, message) => this.problem(problem, message) });
    } catch (error) {
      this.problem(kind, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  async commit({ state, fromStart }: { state: string; fromStart: boolean }): Promise<void> {
    const { importer, absolute, root, format, fingerprint, sizeBytes } = this.#source;
    const { appends, problems } = this.#batch.take();
    const source = {
      path: absolute,
      root,
      agent: importer.agent,
      format,
      importerVersion: importer.version,
      fingerprint,
      sizeBytes,
      offset: sizeBytes,
      line: 1,
      tailHash: '',
      state,
      sessionIds: [...this.#sessions],
      problems,
      fromStart,
    };
    const result = await this.#context.store.commit({
      appends,
      index: this.#context.index,
      ...(this.#context.remember ? { source } : {}),
    });
    this.#context.problems?.(problems);
    this.#context.committed(result, sizeBytes);
    await this.#context.breathe();
  }
}
