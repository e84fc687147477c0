/** Reads one source: only what is new where it has grown, all of it where it is another one now. Commits as it goes. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import {
  type JsonObject,
  type LinePosition,
  LineSplitter,
  parseLine,
  type RawLine,
  type RowDraft,
  readLine,
} from '@taffrail/importers';
import type { CommitResult, SourceCheckpoint, SourceProblem, Store } from '@taffrail/store';
import { Batch } from './batch.js';
import type { FoundSource } from './discover.js';
import { tailHash } from './fingerprint.js';
import { withHosts } from './hosted-rows.js';
import type { ProjectOf } from './project.js';
import { readDatabase } from './read-database.js';
import { siblingsBelow } from './siblings.js';
import { WholeSource } from './whole-source.js';

export interface KnownSource {
  fingerprint: string;
  importer_version: number;
  size: number;
  offset: number;
  line: number;
  tail_hash: string;
  state: string;
}

export interface ReadContext {
  store: Store;
  projectOf: ProjectOf;
  index: 'now' | 'later';
  /** Called after each commit, with the bytes read since the last call. */
  committed: (result: CommitResult, bytes: number) => void;
  /** False for a file handed in once: nothing about the file itself is kept. */
  remember: boolean;
  /** Called with every draft, where somebody counts them. */
  noticed?: (draft: RowDraft) => void;
  problems?: (problems: readonly SourceProblem[]) => void;
  /** Lets timers and signals through between batches; throws to stop. */
  breathe: () => Promise<void>;
}

export interface ReadOutcome {
  bytes: number;
  skippedLines: number;
}

// Larger than any record an agent writes; a longer line is counted and passed over, so that memory stays bounded.
export const lineBytesMax = 64 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** Reads what `source` holds beyond what `known` says was read. */
export function readSource(source: FoundSource, known: KnownSource | null, context: ReadContext): Promise<ReadOutcome> {
  switch (source.format) {
    case 'lines':
      return readLines(source, known, context);
    case 'document':
      return readDocument(source, context);
    case 'database':
      return readDatabase(source, known, context);
    default:
      return unreachable(source.format);
  }
}

/** Opens the file once, for the look at what was read before and for what is new. */
async function readLines(source: FoundSource, known: KnownSource | null, context: ReadContext): Promise<ReadOutcome> {
  const fd = openSync(source.absolute, 'r');
  try {
    return await linesRun(source, known, context, fd).read(fd);
  } finally {
    closeSync(fd);
  }
}

function linesRun(source: FoundSource, known: KnownSource | null, context: ReadContext, fd: number): LinesRun {
  const reader = source.importer.lines;
  if (!reader) throw new Error(`${source.importer.agent} has no reader of lines`);
  const course = known === null ? 'new' : courseOf(source, known, fd);
  if (known === null || course !== 'grown') {
    const state: unknown = reader.start(source, siblingsBelow(source.root));
    const batch = new Batch(source.importer, context.projectOf, { notAfter: source.mtimeMs });
    const position = { offset: 0, line: 1 };
    return new LinesRun(source, batch, context, { position, state, course });
  }
  const { state, lastAt } = JSON.parse(known.state) as ResumeState;
  const batch = new Batch(source.importer, context.projectOf, { notAfter: source.mtimeMs, lastAt });
  const position = { offset: known.offset, line: known.line };
  return new LinesRun(source, batch, context, { position, state, course });
}

/** What reading lines goes on from, beside the place. */
interface ResumeState {
  state: unknown;
  /** The time of the last record that carried one: those without follow it. */
  lastAt: number | null;
}

/**
 * What became of a file since it was read, as far as its size and the last bytes read tell. `touched`: it looks the
 * same in both, and may yet have been rewritten in place. `remapped`: a newer reader reads it anew.
 */
type Course = 'new' | 'grown' | 'touched' | 'rewritten' | 'remapped';

function courseOf(source: FoundSource, known: KnownSource, fd: number): Course {
  if (known.offset === 0) return 'new';
  if (known.importer_version !== source.importer.version) return 'remapped';
  if (source.sizeBytes < known.offset) return 'rewritten';
  if (tailHash(fd, known.offset) !== known.tail_hash) return 'rewritten';
  return source.sizeBytes === known.size && source.sizeBytes === known.offset ? 'touched' : 'grown';
}

interface LinesStart {
  position: LinePosition;
  state: unknown;
  course: Course;
}

const rewritten = 'no longer continues what was read before: read again from its beginning; nothing stored is dropped';

class LinesRun {
  readonly #source: FoundSource;
  readonly #batch: Batch;
  readonly #context: ReadContext;
  readonly #state: unknown;
  readonly #splitter: LineSplitter;
  readonly #sessions = new Set<string>();
  readonly #course: Course;
  #fromStart: boolean;
  #done: LinePosition;
  #reported: number;
  #newRows = 0;
  #skipped = 0;

  constructor(source: FoundSource, batch: Batch, context: ReadContext, start: LinesStart) {
    this.#source = source;
    this.#batch = batch;
    this.#context = context;
    this.#state = start.state;
    this.#course = start.course;
    this.#fromStart = start.course !== 'grown';
    this.#done = start.position;
    this.#reported = start.position.offset;
    this.#splitter = new LineSplitter(start.position, lineBytesMax);
  }

  async read(fd: number): Promise<ReadOutcome> {
    const from = this.#done.offset;
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(this.#source.sizeBytes - from, 0) + 1));
    let offset = from;
    for (
      let length = readSync(fd, chunk, 0, chunk.length, offset);
      length > 0;
      length = readSync(fd, chunk, 0, chunk.length, offset)
    ) {
      offset += length;
      for (const line of this.#splitter.push(chunk.subarray(0, length))) {
        this.#take(line);
        // After a line, not after a chunk: so the same batches follow from the same file wherever reading resumes.
        if (this.#batch.full) await this.#commit(fd, false);
      }
    }
    this.#takeRest();
    if (this.#course === 'rewritten') this.#batch.problem('rewritten', rewritten, null);
    await this.#commit(fd, true);
    if (this.#course === 'touched' && this.#newRows > 0) await this.#commitRewritten(fd);
    return { bytes: offset - from, skippedLines: this.#skipped };
  }

  #take(line: RawLine): void {
    const reader = this.#source.importer.lines;
    if (!reader) return;
    const whole = readLine(reader, this.#state, line, {
      row: (draft) => {
        this.#sessions.add(draft.sessionId);
        this.#context.noticed?.(draft);
        this.#batch.add(draft);
      },
      problem: (kind, message, number) => this.#batch.problem(kind, message, number),
    });
    if (!whole) this.#skipped += 1;
    this.#done = { offset: line.end, line: line.number + 1 };
  }

  /** The last line without a newline: taken when it is a whole record, else left for when it is complete. */
  #takeRest(): void {
    const rest = this.#splitter.rest();
    if (!rest) return;
    const whole = rest.bytes !== null && parseLine(rest.bytes).broken === null;
    if (whole) {
      this.#take(rest);
      // Its newline is still to come, and ends this line, not the next.
      this.#done = { ...this.#done, line: rest.number };
    } else
      this.#batch.problem('incomplete', 'the last line is unfinished: it is read when it is complete', rest.number);
  }

  async #commit(fd: number, last: boolean): Promise<void> {
    const { appends: told, problems } = this.#batch.take();
    const appends = await withHosts(this.#context.store, told);
    const source = this.#context.remember ? { source: this.#checkpoint(fd, problems, last) } : {};
    const result = await this.#context.store.commit({ appends, ...source, index: this.#context.index });
    this.#context.problems?.(problems);
    this.#context.committed(result, this.#done.offset - this.#reported);
    this.#reported = this.#done.offset;
    this.#fromStart = false;
    this.#newRows += result.newRows;
    await this.#context.breathe();
  }

  /** It looked as it did before, and yet says something new. */
  async #commitRewritten(fd: number): Promise<void> {
    this.#batch.problem('rewritten', rewritten, null);
    await this.#commit(fd, true);
  }

  /** Unfinished work must not look finished: only the last batch carries how the file looked. */
  #checkpoint(fd: number, problems: SourceCheckpoint['problems'], last: boolean): SourceCheckpoint {
    const { absolute, root, importer, format, fingerprint, sizeBytes } = this.#source;
    const { offset, line } = this.#done;
    return {
      path: absolute,
      root,
      agent: importer.agent,
      format,
      importerVersion: importer.version,
      fingerprint: last ? fingerprint : '',
      sizeBytes: last ? sizeBytes : -1,
      offset,
      line,
      tailHash: tailHash(fd, offset),
      state: JSON.stringify({ state: this.#state, lastAt: this.#batch.lastAt } satisfies ResumeState),
      sessionIds: [...this.#sessions],
      problems,
      fromStart: this.#fromStart,
    };
  }
}

/** One JSON text, rewritten as a whole each time: its records' identities keep what is known from being told twice. */
async function readDocument(source: FoundSource, context: ReadContext): Promise<ReadOutcome> {
  const { importer, absolute, root, path, sizeBytes } = source;
  const whole = new WholeSource(source, context);
  const parsed = parsedDocument(absolute, sizeBytes, whole);
  try {
    if (parsed.document) importer.document?.read({ root, path }, parsed.document, siblingsBelow(root), whole.sink);
  } catch (error) {
    // A shape nobody foresaw: what was yielded before it stays.
    whole.problem('wrong_shape', error instanceof Error ? error.message : String(error));
  }
  await whole.commit({ state: 'null', fromStart: true, last: true });
  return { bytes: sizeBytes, skippedLines: parsed.whole ? 0 : 1 };
}

function parsedDocument(
  path: string,
  sizeBytes: number,
  whole: WholeSource,
): { document: JsonObject | null; whole: boolean } {
  if (sizeBytes > lineBytesMax) {
    whole.problem('too_long', `a document of ${sizeBytes} bytes is over the limit`);
    return { document: null, whole: false };
  }
  const { records, broken } = parseLine(readFileSync(path));
  if (broken) whole.problem('not_json', 'not JSON as a whole: read again when it changes');
  return { document: broken ? null : (records[0] ?? null), whole: broken === null };
}

function unreachable(format: never): never {
  throw new Error(`unreachable: ${String(format)}`);
}
