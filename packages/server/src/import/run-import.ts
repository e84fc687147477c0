/** One import: finds what changed, reads it, reports. Unchanged files are not opened. */
import type { Surroundings } from '@taffrail/importers';
import type { CommitResult, Store } from '@taffrail/store';
import type { ImportProblem, ImportReport } from '@taffrail/wire';
import { discover, type FoundSource, rootsOf } from './discover.js';
import { type ProjectOf, projectFinder } from './project.js';
import { type KnownSource, readSource } from './read-source.js';

export interface ImportProgress {
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export interface ImportOptions {
  store: Store;
  surroundings: Surroundings;
  /** Only these agents; all when empty. */
  agents: readonly string[];
  index: 'now' | 'later';
  now: () => number;
  onProgress?: (progress: ImportProgress) => void;
  onCommit?: (result: CommitResult) => void;
  /** Stops after the batch at hand; what was committed stays. */
  signal?: AbortSignal;
}

/** Imports all logs below the roots of `surroundings`. One source that cannot be read does not harm the others. */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const startedAt = options.now();
  const roots = rootsOf(options.surroundings, options.agents);
  const { sources, problems } = discover(roots);
  const known = await knownSources(options.store);
  const changed = sources.filter((source) => isChanged(source, known.get(source.absolute)));
  const run = new ImportRun(options, changed, known);
  await noteMissing(
    options,
    roots.map((root) => root.path),
    sources,
    known,
  );
  for (const source of changed) await run.read(source);
  return {
    ...run.report(),
    durationMs: options.now() - startedAt,
    problems: [
      ...problems.map(({ path, message }) => ({ path, line: null, kind: 'unreadable' as const, message, count: 1 })),
      ...(await storedProblems(options.store, run.paths)),
    ],
  };
}

/** Reads what has changed and was written since, and looks at nothing else. */
export async function importSince(options: ImportOptions, since: number): Promise<void> {
  const known = await knownSources(options.store);
  const { sources } = discover(rootsOf(options.surroundings, options.agents));
  const changed = sources.filter((source) => source.mtimeMs >= since && isChanged(source, known.get(source.absolute)));
  const run = new ImportRun(options, changed, known);
  for (const source of changed) await run.read(source);
}

type StoredSource = KnownSource & { path: string; root: string; missing_since: number | null };

async function knownSources(store: Store): Promise<Map<string, StoredSource>> {
  const rows = await store.queries
    .selectFrom('sources')
    .select([
      'path',
      'root',
      'importer_version',
      'fingerprint',
      'size',
      'offset',
      'line',
      'tail_hash',
      'state',
      'missing_since',
    ])
    .execute();
  return new Map(rows.map((row) => [row.path, row]));
}

function isChanged(source: FoundSource, known: StoredSource | undefined): boolean {
  return !known || known.fingerprint !== source.fingerprint || known.importer_version !== source.importer.version;
}

/** Sources that are gone, or back: their sessions stay and say so. */
async function noteMissing(
  options: ImportOptions,
  roots: string[],
  sources: FoundSource[],
  known: Map<string, StoredSource>,
): Promise<void> {
  const present = new Set(sources.map((source) => source.absolute));
  for (const source of known.values()) {
    const missing = roots.includes(source.root) && !present.has(source.path);
    const back = present.has(source.path) && source.missing_since !== null;
    if ((missing && source.missing_since === null) || back) await options.store.markMissing(source.path, missing);
  }
}

/** The problems of these sources as they now stand. */
export async function storedProblems(
  store: Pick<Store, 'queries'>,
  paths: readonly string[] | null,
): Promise<ImportProblem[]> {
  const rows = await store.queries.selectFrom('source_problems').selectAll().execute();
  const wanted = paths && new Set(paths);
  return rows.filter((row) => !wanted || wanted.has(row.path)) as ImportProblem[];
}

export class ImportRun {
  readonly paths: string[] = [];
  readonly #options: ImportOptions;
  readonly #known: ReadonlyMap<string, KnownSource>;
  readonly #projectOf: ProjectOf = projectFinder();
  readonly #progress: ImportProgress;
  readonly #sessions = new Set<string>();
  #bytes = 0;
  #requests = 0;
  #skippedLines = 0;

  constructor(options: ImportOptions, sources: readonly FoundSource[], known: ReadonlyMap<string, KnownSource>) {
    this.#options = options;
    this.#known = known;
    const bytesTotal = sources.reduce(
      (sum, source) => sum + Math.max(0, source.sizeBytes - (known.get(source.absolute)?.offset ?? 0)),
      0,
    );
    this.#progress = { filesDone: 0, filesTotal: sources.length, bytesDone: 0, bytesTotal };
  }

  async read(source: FoundSource): Promise<void> {
    const known = this.#known.get(source.absolute) ?? null;
    this.paths.push(source.absolute);
    try {
      const outcome = await readSource(source, known, {
        store: this.#options.store,
        projectOf: this.#projectOf,
        index: this.#options.index,
        remember: true,
        committed: (result, bytes) => this.#committed(result, bytes),
        breathe: () => this.#breathe(),
      });
      this.#bytes += outcome.bytes;
      this.#skippedLines += outcome.skippedLines;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      // Gone since it was found: the next look around says so.
      if (error.code !== 'ENOENT') await this.#noteUnreadable(source, error);
    }
    this.#progress.filesDone += 1;
    this.#options.onProgress?.(this.#progress);
  }

  report(): Omit<ImportReport, 'durationMs' | 'problems'> {
    return {
      files: this.#progress.filesDone,
      bytes: this.#bytes,
      sessions: this.#sessions.size,
      requests: this.#requests,
      skippedLines: this.#skippedLines,
    };
  }

  #committed(result: CommitResult, bytes: number): void {
    for (const { sessionId } of result.changed) this.#sessions.add(sessionId);
    this.#requests += result.newRequests;
    this.#progress.bytesDone += bytes;
    this.#options.onCommit?.(result);
    this.#options.onProgress?.(this.#progress);
  }

  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#options.signal?.throwIfAborted();
  }

  /** Remembered without a fingerprint, so that it is tried again, and named where problems are shown. */
  async #noteUnreadable(source: FoundSource, { code = 'unknown error' }: NodeJS.ErrnoException): Promise<void> {
    const known = this.#known.get(source.absolute);
    const advice = code === 'EACCES' || code === 'EPERM' ? '; check its permissions' : '';
    const message = `${code}: the file cannot be read${advice}`;
    await this.#options.store.commit({
      appends: [],
      index: 'later',
      source: {
        path: source.absolute,
        root: source.root,
        agent: source.importer.agent,
        format: source.format,
        importerVersion: known?.importer_version ?? source.importer.version,
        fingerprint: '',
        sizeBytes: -1,
        offset: known?.offset ?? 0,
        line: known?.line ?? 1,
        tailHash: known?.tail_hash ?? '',
        state: known?.state ?? 'null',
        sessionIds: [],
        problems: [{ line: null, kind: 'unreadable', message, count: 1 }],
        fromStart: false,
      },
    });
  }
}

// Trouble of this machine or of the archive, not of the file that was being read.
const ownTroubles = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT']);

function isUnreadable(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return code !== undefined && syscall !== undefined && !ownTroubles.has(code);
}
