/**
 * Which files each turn changed. The calls of its tools tell what they wrote; of a session that runs here, its folder was
 * compared at each turn's end as well, so that what commands did is known too. Pure.
 */
import type { FileChanges, TurnFile } from '@taffrail/wire';
import { type LineCount, sumOf } from './line-diff.js';
import { filesWrittenBy } from './written-files.js';

/** A call that worked. `result`: how its result begins. */
export interface WorkedCall {
  turnId: string;
  name: string;
  text: string;
  result: string;
}

/** A row that tells of the folder: how it differs from the session's beginning, or that the conversation went back. */
export interface FolderRow {
  kind: 'files.changed' | 'session.rewound' | 'rewind.undone';
  turnId: string | null;
  /** Of `files.changed`. */
  changes: FileChanges | null;
}

type FilesOfTurn = Map<string, { path: string; lines: LineCount | null; inferred: boolean }>;

/** So many pairs of lines are compared for a whole session: a tenth of a second of work. */
const pairsMax = 10_000_000;
/** A list as long as this may have been cut off. */
const listedMax = 500;

/** By turn, in the order in which they were first named; a turn of which no file is known to have changed has no entry. */
export function filesByTurn(
  calls: Iterable<WorkedCall>,
  folder: Iterable<FolderRow>,
  cwd: string | null,
): Map<string, TurnFile[]> {
  const turns = changedFolders(folder);
  const budget = { pairs: pairsMax };
  for (const call of calls) {
    const files = filesWrittenBy(call, call.result, budget);
    if (files.length === 0) continue;
    const turn: FilesOfTurn = turns.get(call.turnId) ?? new Map();
    turns.set(call.turnId, turn);
    for (const { path, lines } of files) addWritten(turn, within(path, cwd), lines);
  }
  return new Map([...turns].map(([turnId, files]) => [turnId, [...files.values()].map(fileOf)]));
}

/** The folder knows better than a call how many lines of a file differ; what it does not know, calls add up to. */
function addWritten(turn: FilesOfTurn, path: string, lines: LineCount | null): void {
  const known = turn.get(path);
  if (known && !known.inferred && known.lines !== null) return;
  const isFirst = !known?.inferred;
  turn.set(path, { path, lines: isFirst ? lines : sumOf([known.lines, lines]), inferred: true });
}

function fileOf({ path, lines, inferred }: { path: string; lines: LineCount | null; inferred: boolean }): TurnFile {
  const counts = { added: lines?.added ?? null, removed: lines?.removed ?? null };
  return { path, ...counts, ...(inferred ? { inferred: true } : {}) };
}

/** What differs between the ends of two turns, from what each says has changed since the session began. */
function changedFolders(rows: Iterable<FolderRow>): Map<string, FilesOfTurn> {
  const turns = new Map<string, FilesOfTurn>();
  let before: FileChanges['files'] | null = [];
  const aside: (FileChanges['files'] | null)[] = [];
  for (const { kind, turnId, changes } of rows) {
    if (kind === 'session.rewound') {
      aside.push(before);
      before = null;
    } else if (kind === 'rewind.undone') before = aside.pop() ?? null;
    else {
      const now = changes && changes.files.length < listedMax ? changes.files : null;
      const files: FilesOfTurn | null = turnId !== null && before && now ? differing(before, now) : null;
      if (turnId !== null && files && files.size > 0) turns.set(turnId, files);
      before = now;
    }
  }
  return turns;
}

/** Lines are known where a file was, or is, as at the beginning. */
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
