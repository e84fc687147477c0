/**
 * What keeps the states of a folder. There are two: git, in a repository, and copies under the data folder everywhere
 * else. All that is done with a state is told in these words, so that it works with both.
 */
import type { CheckpointKind } from '@taffrail/wire';

/** A file as a state knows it. Two are the same when both fields are. */
export interface KeptFile {
  /** What it is and its permissions, as git writes them: `100644`, `100755`, a link `120000`, a repository `160000`. */
  form: string;
  /** What is in it, by hash. */
  id: string;
}

export const linkForm = '120000';
export const repositoryForm = '160000';

/** One file in two states. The path is relative to the session's folder, with `/`. */
export interface Difference {
  path: string;
  before: KeptFile | null;
  after: KeptFile | null;
}

/** A file, or a folder, that a state does not hold though it was there. */
export interface LeftOut {
  path: string;
  why: string;
}

export interface State {
  id: string;
  leftOut: readonly LeftOut[];
}

export interface LineCount {
  added: number;
  removed: number;
}

/** Two states, by their ids. */
export interface Pair {
  from: string;
  to: string;
}

/** Where a kept file can be copied from, or where a link leads. */
export type Source = { type: 'file'; path: string; mode: number } | { type: 'link'; target: string };

export interface Keeper {
  readonly kind: CheckpointKind;
  /** The branch that is checked out, where there is one. */
  branch(): Promise<string | null>;
  /** The folder as it is. @throws NotKept, with a reason for people, where it is too much or cannot be done. */
  now(): Promise<State>;
  /** Keeps a state under a name of its own; without one it may be gone within hours. Returns the name to find it by. */
  keep(state: State, session: string, name: string): Promise<string>;
  /** `null` where it is no longer kept. */
  find(ref: string): Promise<State | null>;
  differences(from: string, to: string): Promise<Difference[]>;
  /** Lines added and removed, of those files that have lines. */
  lineCounts(from: string, to: string, differences: readonly Difference[]): Promise<Map<string, LineCount>>;
  /** The states that are kept for a session, by the name they were kept under, as `nameFrom` spells it. */
  kept(session: string): Promise<Map<string, string>>;
  /** By path, what differs in each of these pairs of states: all of it in one go. Lines are `null` where there are none. */
  linesBetween(pairs: readonly Pair[]): Promise<ReadonlyMap<string, LineCount | null>[]>;
  /** The state `base` with each of these files as it is in `after`. */
  changed(base: string, differences: readonly Difference[]): Promise<string>;
  /** What is in these files, as far as each is at most this long. */
  contents(files: readonly KeptFile[], bytesMax: number): Promise<Map<string, Buffer>>;
  /** Has the files of a state at hand while `use` runs. */
  atHand<T>(state: string, paths: readonly string[], use: (sourceOf: SourceOf) => Promise<T>): Promise<T>;
  /** The sessions that states are kept for, each as `nameFrom` spells it. */
  sessions(): Promise<string[]>;
  /** Forgets all names of a session but these. */
  forget(session: string, except: ReadonlySet<string>): Promise<void>;
}

export type SourceOf = (path: string, file: KeptFile) => Promise<Source>;

/** The folder's state cannot be kept; the message is for people. */
export class NotKept extends Error {}

/** Why it was not waited for. */
export function stopped({ reason }: AbortSignal, who: string): NotKept {
  const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
  return new NotKept(isTimeout ? `${who} took too long` : 'it was stopped');
}

export const isSame = (one: KeptFile | null, other: KeptFile | null): boolean =>
  one?.form === other?.form && one?.id === other?.id;

/** Whether a path, or a folder above it, is one of these. */
export function coveredBy(leftOut: readonly LeftOut[]): (path: string) => LeftOut | null {
  const byPath = new Map(leftOut.map((one) => [one.path.replace(/\/$/, ''), one]));
  return (path) => {
    for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
      const found = byPath.get(part);
      if (found) return found;
    }
    return null;
  };
}

/** While a file is put back its new content stands here, beside it. No state ever holds it. */
export const draftName = '.taffrail-restore.tmp';

/** A part of a name in git and in the file system: some characters may not stand in one. */
export const nameFrom = (id: string): string => id.replace(/[^\w-]+/g, '-');
