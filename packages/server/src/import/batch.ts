/** Drafts → batches: fills in times and projects, gathers rows by session, and says when a batch is full. */
import type { Importer, RowDraft } from '@taffrail/importers';
import type { NewFile, NewRow, SessionAppend, SourceProblem } from '@taffrail/store';
import type { ProjectOf } from './project.js';

const rowsMax = 2_000;
const charactersMax = 4 * 1024 * 1024;
// A file full of broken lines must not fill the archive with complaints: the rest is only counted.
const problemsPerFileMax = 100;

export class Batch {
  readonly #agent: string;
  readonly #mappingVersion: number;
  readonly #projectOf: ProjectOf;
  readonly #problems = new Map<string, SourceProblem>();
  #rows = new Map<string, NewRow[]>();
  #claims = new Map<string, number>();
  /** By session: it includes what stands before it, so it goes last. */
  #shown = new Map<string, NewRow>();
  #rowCount = 0;
  #characters = 0;
  readonly #notAfter: number;
  #lastAt: number | null;
  /** Rows without a time before any that carries one. */
  #timeless: NewRow[] = [];

  /**
   * A record without a time follows the one before it (`lastAt`), or goes with the first that carries one; where
   * there is none, it is as old as its file (`notAfter`).
   */
  constructor(
    importer: Pick<Importer, 'agent' | 'version'>,
    projectOf: ProjectOf,
    times: { notAfter: number; lastAt?: number | null },
  ) {
    this.#agent = importer.agent;
    this.#mappingVersion = importer.version;
    this.#projectOf = projectOf;
    this.#notAfter = times.notAfter;
    this.#lastAt = times.lastAt ?? null;
  }

  get lastAt(): number | null {
    return this.#lastAt;
  }

  get full(): boolean {
    return this.#rowCount >= rowsMax || this.#characters >= charactersMax;
  }

  get empty(): boolean {
    return this.#rowCount === 0;
  }

  add(draft: RowDraft): void {
    if (draft.at !== null) this.#noteTime(draft.at);
    const row = this.#rowFrom(draft);
    const rows = this.#rows.get(draft.sessionId) ?? [];
    this.#rows.set(draft.sessionId, rows);
    this.#characters += charactersIn(draft);
    if (row.kind === 'usage.shown') {
      if (!this.#shown.has(draft.sessionId)) this.#rowCount += 1;
      if (this.#lastAt === null) this.#timeless.push(row);
      this.#shown.set(draft.sessionId, row);
      return;
    }
    // Of a running total only the last one of a batch counts. Items are kept in each form they had, so that a form
    // told again is known, and the log does not depend on where batches end.
    const claim = row.kind === 'usage.claimed' ? `${draft.sessionId}\u0000${row.data.source}` : null;
    const known = claim === null ? undefined : this.#claims.get(claim);
    if (known !== undefined) {
      rows[known] = row;
      return;
    }
    if (claim !== null) this.#claims.set(claim, rows.length);
    if (this.#lastAt === null) this.#timeless.push(row);
    rows.push(row);
    this.#rowCount += 1;
  }

  problem(kind: string, message: string, line: number | null): void {
    const told = this.#problems.size < problemsPerFileMax || this.#problems.has(`${kind}\u0000${message}`);
    const key = `${kind}\u0000${told ? message : ''}`;
    const known = this.#problems.get(key);
    if (known) known.count += 1;
    else this.#problems.set(key, { line, kind, message: told ? message : 'more of this kind', count: 1 });
  }

  /** What has gathered since the last time. */
  take(): { appends: SessionAppend[]; problems: SourceProblem[] } {
    const appends = [...this.#rows].map(([sessionId, rows]) => ({
      sessionId,
      agent: this.#agent,
      origin: 'imported' as const,
      mappingVersion: this.#mappingVersion,
      rows: this.#shown.has(sessionId) ? [...rows, this.#shown.get(sessionId) as NewRow] : rows,
    }));
    const problems = [...this.#problems.values()]
      .filter((problem) => problem.count > 0)
      .map((problem) => ({ ...problem }));
    this.#rows = new Map();
    this.#timeless = [];
    this.#claims = new Map();
    this.#shown = new Map();
    for (const problem of this.#problems.values()) problem.count = 0;
    this.#rowCount = 0;
    this.#characters = 0;
    return { appends, problems };
  }

  #noteTime(at: number): void {
    this.#lastAt = at;
    for (const row of this.#timeless) row.at = at;
    this.#timeless = [];
  }

  #rowFrom(draft: RowDraft): NewRow {
    const at = draft.at ?? this.#lastAt ?? this.#notAfter;
    if (draft.kind === 'session.described' && draft.data.cwd)
      return { ...draft, at, data: { ...draft.data, project: this.#projectOf(draft.data.cwd) } };
    if (draft.kind === 'item.recorded') return { ...draft, at, files: draft.files?.map(fileFrom) };
    return { ...draft, at };
  }
}

const plainRowCharacters = 200;

function charactersIn(draft: RowDraft): number {
  if (draft.kind !== 'item.recorded') return plainRowCharacters;
  return draft.data.text.length + (draft.files ?? []).reduce((sum, file) => sum + file.base64.length, 0);
}

function fileFrom(file: { mediaType: string; base64: string; name?: string }): NewFile {
  return {
    mediaType: file.mediaType,
    ...(file.name ? { name: file.name } : {}),
    bytes: Buffer.from(file.base64, 'base64'),
  };
}
