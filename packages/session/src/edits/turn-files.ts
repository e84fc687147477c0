/**
 * Which files each turn changed. The calls of its tools tell what they wrote; of a session that runs here, its folder was
 * compared at each turn's end as well, so that what commands did is known too. Pure.
 */
import type { FileChanges, TurnFile } from '@taffrail/wire';
import { type LineCount, sumOf } from './line-diff.js';
import { filesWrittenBy, type WrittenFile } from './written-files.js';

/** A call of a tool, in the form that it was last given. `place`: the seq of its first row. */
export interface ToldCall {
  place: number;
  turnId: string | null;
  callId: string;
  name: string;
  text: string;
}

/** A row that tells of the folder: how it differs from the session's beginning, or that the conversation went back. */
export interface FolderRow {
  kind: 'files.changed' | 'session.rewound' | 'rewind.undone';
  turnId: string | null;
  /** Of `files.changed`. */
  changes: FileChanges | null;
}

interface KnownFile {
  path: string;
  lines: LineCount | null;
  inferred: boolean;
}
type FilesOfTurn = Map<string, KnownFile>;

interface KnownCall extends ToldCall {
  /** `null` until its result says that it worked; then its text is no longer needed. */
  files: WrittenFile[] | null;
}

/** So many pairs of lines are compared for a whole session: a tenth of a second of work. */
const pairsMax = 10_000_000;
/** A list as long as this may have been cut off. */
const listedMax = 500;

/** A session's log as far as it tells of files. Rows come in their order, and more of them whenever the log has grown. */
export class TurnFileLog {
  readonly #cwd: string | null;
  readonly #calls = new Map<number, KnownCall>();
  readonly #placeOf = new Map<string, number>();
  /** How the results of calls begin that worked. */
  readonly #worked = new Map<string, string>();
  readonly #folders = new Map<string, FilesOfTurn>();
  readonly #budget = { pairs: pairsMax };
  /** What differed from the beginning at the last turn's end; `null` where that is not known. */
  #before: FileChanges['files'] | null = [];
  readonly #aside: (FileChanges['files'] | null)[] = [];

  /** @param cwd The session's folder: paths within it are told without it. */
  constructor(cwd: string | null) {
    this.#cwd = cwd;
  }

  call(told: ToldCall): void {
    const turnId = this.#calls.get(told.place)?.turnId ?? told.turnId;
    this.#calls.set(told.place, { ...told, turnId, files: null });
    this.#placeOf.set(told.callId, told.place);
    this.#settle(told.callId);
  }

  /** @param text How it begins. */
  result(callId: string, isOk: boolean, text: string): void {
    if (isOk) this.#worked.set(callId, text);
    else this.#worked.delete(callId);
    this.#settle(callId);
  }

  deleted(place: number): void {
    this.#calls.delete(place);
  }

  folder({ kind, turnId, changes }: FolderRow): void {
    if (kind === 'session.rewound') {
      this.#aside.push(this.#before);
      this.#before = null;
    } else if (kind === 'rewind.undone') this.#before = this.#aside.pop() ?? null;
    else {
      const now = changes && changes.files.length < listedMax ? changes.files : null;
      const files: FilesOfTurn | null = turnId !== null && this.#before && now ? differing(this.#before, now) : null;
      if (turnId !== null && files && files.size > 0) this.#folders.set(turnId, files);
      this.#before = now;
    }
  }

  /**
   * By turn, in the order in which they were first named; a turn of which no file is known to have changed has no entry.
   * @param compared What differed in the folder between the beginning and the end of turns: better known than from rows.
   */
  byTurn(compared: ReadonlyMap<string, readonly TurnFile[]> = new Map()): Map<string, TurnFile[]> {
    const turns = new Map([...this.#folders].map(([turnId, files]) => [turnId, new Map(files)]));
    for (const [turnId, files] of compared) turns.set(turnId, new Map(files.map((file) => [file.path, knownOf(file)])));
    for (const { turnId, files } of this.#calls.values()) {
      if (turnId === null || !files || files.length === 0) continue;
      const turn: FilesOfTurn = turns.get(turnId) ?? new Map();
      turns.set(turnId, turn);
      for (const { path, lines } of files) addWritten(turn, within(path, this.#cwd), lines);
    }
    const told = [...turns].filter(([, files]) => files.size > 0);
    return new Map(told.map(([turnId, files]) => [turnId, [...files.values()].map(fileOf)]));
  }

  #settle(callId: string): void {
    const call = this.#calls.get(this.#placeOf.get(callId) ?? -1);
    const result = this.#worked.get(callId);
    if (!call) return;
    if (result === undefined) call.files = null;
    else if (call.files === null) {
      call.files = filesWrittenBy(call, result, this.#budget);
      call.text = '';
    }
  }
}

/** The folder knows better than a call how many lines of a file differ; what it does not know, calls add up to. */
function addWritten(turn: FilesOfTurn, path: string, lines: LineCount | null): void {
  const known = turn.get(path);
  if (known && !known.inferred && known.lines !== null) return;
  turn.set(path, { path, lines: known?.inferred ? sumOf([known.lines, lines]) : lines, inferred: true });
}

function knownOf({ path, added, removed }: TurnFile): KnownFile {
  return { path, lines: added === null || removed === null ? null : { added, removed }, inferred: false };
}

function fileOf({ path, lines, inferred }: KnownFile): TurnFile {
  const counts = { added: lines?.added ?? null, removed: lines?.removed ?? null };
  return { path, ...counts, ...(inferred ? { inferred: true } : {}) };
}

/**
 * What differs between the ends of two turns, from what each says has changed since the session began. Lines are known
 * where a file was, or is, as at the beginning.
 */
function differing(before: FileChanges['files'], now: FileChanges['files']): FilesOfTurn {
  const old = new Map(before.map((file) => [file.path, file]));
  const files: FilesOfTurn = new Map();
  for (const { path, status, added, removed } of now) {
    const was = old.get(path);
    old.delete(path);
    if (was && was.status === status && was.added === added && was.removed === removed) continue;
    const lines = was || added === null || removed === null ? null : { added, removed };
    files.set(path, { path, lines, inferred: false });
  }
  for (const { path, added, removed } of old.values()) {
    const lines = added === null || removed === null ? null : { added: removed, removed: added };
    files.set(path, { path, lines, inferred: false });
  }
  return files;
}

/** A path within the session's folder without that folder. */
function within(path: string, cwd: string | null): string {
  const folder = cwd?.replace(/\/*$/, '/') ?? '';
  const inside = folder.length > 1 && path.startsWith(folder) ? path.slice(folder.length) : path;
  return inside.replace(/^\.\//, '');
}
