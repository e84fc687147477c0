/** Finds files by a glob, without leaving the root, following links or looking into what git ignores. */
import type { Dirent, readdir as systemReaddir } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { glob } from 'tinyglobby';
import { type Inside, resolveInside } from './confine.js';
import { refuseHidden } from './hidden-characters.js';
import { IgnoredFiles } from './ignored-files.js';
import { OpenFolder } from './open-inside.js';
import { depthMax, isCostly, lengthMax, wildcardsInNameMax, wildcardsMax } from './pattern-cost.js';
import { isSystemError, Refusal } from './refusal.js';

export interface Search {
  root: string;
  /** Where to look, and what the pattern is relative to. */
  folder: Inside;
  pattern: string;
  signal: AbortSignal;
  /** Where somebody waits for it, less than usual. */
  limits?: { entries: number; timeMs: number };
}

export interface Found {
  /** Relative to the root, with `/`, in no order. */
  names: string[];
  /** Entries or time ran out before all was looked at. */
  partial: boolean;
}

const usualLimits = { entries: 200_000, timeMs: 10_000 };
// tinyglobby asks for all folders of a level at once; each holds a descriptor while it is read.
const lanes = 16;

function refusePattern(pattern: string): void {
  refuseHidden('The pattern', pattern);
  if (pattern === '') throw new Refusal('The pattern is empty. All files are **/*.');
  if (pattern.startsWith('/') || pattern.startsWith('~') || /(^|[/{,])\.\.($|[/},])/.test(pattern)) {
    throw new Refusal(`${pattern} leads out of the session's folder. Patterns are relative to it.`);
  }
  if (isCostly(pattern)) {
    throw new Refusal(
      `The pattern is too long or has too many wildcards: at most ${lengthMax} characters, ${wildcardsInNameMax} wildcards in a name, ${wildcardsMax} in all.`,
    );
  }
}

/** Reads folders for tinyglobby: each held open while it is read, in a few lanes, until a limit is reached. */
class ConfinedFolders {
  readonly #search: Search;
  readonly #ignored: IgnoredFiles;
  readonly #lanes: Promise<unknown>[] = Array.from({ length: lanes }, () => Promise.resolve());
  readonly #entriesMax: number;
  readonly #endsAt: number;
  #calls = 0;
  #entries = 0;
  partial = false;
  /** Why the first folder could not be read: a pattern may begin with a link that leads out. */
  refusal: Refusal | null = null;
  /** A bug, or the system failing: tinyglobby would take it for an empty folder. */
  failure: unknown = null;

  constructor(search: Search) {
    this.#search = search;
    this.#ignored = new IgnoredFiles(search.root);
    const { entries, timeMs } = search.limits ?? usualLimits;
    this.#entriesMax = entries;
    this.#endsAt = Date.now() + timeMs;
  }

  /** Has the shape of `fs.readdir` with `withFileTypes`. */
  readonly readdir = (path: string, _options: unknown, done: (error: unknown, entries: Dirent[]) => void): void => {
    const first = this.#calls === 0;
    const lane = this.#calls++ % lanes;
    const reading = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#read(path, first));
    this.#lanes[lane] = reading.then(
      (entries) => done(null, entries),
      (error: unknown) => {
        if (error instanceof Refusal) this.refusal = first ? error : this.refusal;
        else if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) this.failure = error;
        done(error, []);
      },
    );
  };

  async #read(path: string, first: boolean): Promise<Dirent[]> {
    if (this.#search.signal.aborted) return [];
    if (this.#entries >= this.#entriesMax || Date.now() > this.#endsAt) {
      this.partial = true;
      return [];
    }
    const { root } = this.#search;
    const real = first ? (await resolveInside(root, path)).path : path.replace(/(?<=.)\/$/, '');
    const folder = await OpenFolder.open(root, real);
    try {
      const entries = await readdir(folder.path, { withFileTypes: true });
      this.#entries += entries.length;
      const ignored = await this.#isIgnored(real);
      return entries.filter((entry) => !entry.isSymbolicLink() && !ignored(entry.name, entry.isDirectory()));
    } finally {
      await folder.close();
    }
  }

  async #isIgnored(folder: string): Promise<(name: string, isFolder: boolean) => boolean> {
    const asked = this.#search.folder.path;
    // Whoever names an ignored folder wants to see what is in it.
    return (await this.#ignored.covers(asked)) ? (name) => name === '.git' : this.#ignored.in(folder);
  }
}

/** @throws Refusal where the pattern leads out, is none, or asks for too much. */
export async function findFiles(search: Search): Promise<Found> {
  refusePattern(search.pattern);
  const folders = new ConfinedFolders(search);
  const names = await glob(search.pattern, {
    cwd: search.folder.path,
    deep: depthMax,
    dot: true,
    expandDirectories: false,
    // Its expressions can take for ever.
    extglob: false,
    followSymbolicLinks: false,
    fs: { readdir: folders.readdir as unknown as typeof systemReaddir },
  });
  search.signal.throwIfAborted();
  if (folders.refusal) throw folders.refusal;
  if (folders.failure) throw folders.failure;
  return { names: names.map((name) => posix.join(search.folder.name, name)), partial: folders.partial };
}
