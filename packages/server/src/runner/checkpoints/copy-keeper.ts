/** States of a folder that is in no repository: copies of its files under the data folder, within bounds. */
import type { Dirent } from 'node:fs';
import { constants, lstat, open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unifiedDiff } from '@taffrail/agent';
import type { CopyStore } from './copy-store.js';
import { walk } from './folder-walk.js';
import {
  type Difference,
  isSame,
  type Keeper,
  type KeptFile,
  type LeftOut,
  type LineCount,
  linkForm,
  NotKept,
  type Pair,
  type SourceOf,
  type State,
} from './keeper.js';
import { countIn, textOf } from './text.js';

/** A folder with more than this is not copied. */
const bytesMax = 64 * 1024 * 1024;
const filesMax = 5_000;
/** A file longer than this is left out. */
const fileBytesMax = 16 * 1024 * 1024;

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
/** Text files up to this long have their lines counted. */
const countedBytesMax = 512 * 1024;
/** Counting keeps the server busy: what is not counted by then is not known. */
const countingMsMax = 1_000;

type Taken = { file: KeptFile; bytes: number } | { why: string };

interface CopyPlace {
  root: string;
  isApart: (path: string) => boolean;
  signal: AbortSignal;
}

export class CopyKeeper implements Keeper {
  readonly kind = 'copy';
  readonly #place: CopyPlace;
  readonly #store: CopyStore;

  constructor(place: CopyPlace, store: CopyStore) {
    this.#place = place;
    this.#store = store;
  }

  async branch(): Promise<null> {
    return null;
  }

  async now(): Promise<State> {
    const files = new Map<string, KeptFile>();
    const leftOut: LeftOut[] = [];
    let bytes = 0;
    const found = async (folder: { at(name: string): string }, entry: Dirent, path: string) => {
      if (files.size >= filesMax) throw new NotKept(`the folder holds more than ${filesMax} files`);
      const taken = await this.#take(folder.at(entry.name), entry, join(this.#place.root, path));
      if ('why' in taken) leftOut.push({ path, why: taken.why });
      else {
        files.set(path, taken.file);
        bytes += taken.bytes;
      }
      if (bytes > bytesMax) throw new NotKept(`the folder holds more than ${bytesMax / 1024 ** 2} MB`);
    };
    await walk({ ...this.#place, leftOut, found });
    return { id: await this.#store.takeState(files), leftOut };
  }

  /** @param path Where the file is at just now. @param place Where it is known to be. */
  async #take(path: string, entry: Dirent, place: string): Promise<Taken> {
    if (entry.isSymbolicLink()) {
      const target = await readlink(path);
      return { file: { form: linkForm, id: await this.#store.takeText(target) }, bytes: target.length };
    }
    if (!entry.isFile()) return { why: 'it is no regular file' };
    const known = await lstat(path, { bigint: true }).catch(() => null);
    const seen = known && this.#store.seen.find(place, known);
    return seen ? { file: seen, bytes: Number(known.size) } : this.#read(path, place);
  }

  async #read(path: string, place: string): Promise<Taken> {
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => null);
    if (!handle) return { why: 'it cannot be read' };
    try {
      const stat = await handle.stat({ bigint: true });
      if (!stat.isFile()) return { why: 'it is no regular file' };
      if (stat.size > fileBytesMax) return { why: `it is longer than ${fileBytesMax / 1024 ** 2} MB` };
      const form = (0o100000 | (Number(stat.mode) & 0o777)).toString(8);
      const file = { form, id: await this.#store.takeFile(handle) };
      this.#store.seen.remember(place, stat, file);
      return { file, bytes: Number(stat.size) };
    } finally {
      await handle.close();
    }
  }

  keep(state: State, session: string, name: string): Promise<string> {
    return this.#store.name(state, session, name);
  }

  find(ref: string): Promise<State | null> {
    return this.#store.find(ref);
  }

  async differences(from: string, to: string): Promise<Difference[]> {
    if (from === to) return [];
    const [before, after] = [await this.#store.files(from), await this.#store.files(to)];
    return [...new Set([...before.keys(), ...after.keys()])]
      .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
      .filter((one) => !isSame(one.before, one.after))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  async lineCounts(_from: string, _to: string, differences: readonly Difference[]): Promise<Map<string, LineCount>> {
    const counts = new Map<string, LineCount>();
    const end = performance.now() + countingMsMax;
    for (const { path, before, after } of differences) {
      if (performance.now() > end) break;
      const [old, now] = [await this.#text(before), await this.#text(after)];
      const patch = old === null || now === null ? null : unifiedDiff('file', old, now);
      if (patch !== null) counts.set(path, countIn(patch));
    }
    return counts;
  }

  async kept(session: string): Promise<Map<string, string>> {
    return this.#store.kept(session);
  }

  async linesBetween(pairs: readonly Pair[]): Promise<Map<string, LineCount | null>[]> {
    const told: Map<string, LineCount | null>[] = [];
    for (const { from, to } of pairs) {
      this.#place.signal.throwIfAborted();
      const differences = await this.differences(from, to);
      const counts = await this.lineCounts(from, to, differences);
      told.push(new Map(differences.map(({ path }) => [path, counts.get(path) ?? null])));
    }
    return told;
  }

  async #text(file: KeptFile | null): Promise<string | null> {
    if (!file) return '';
    const bytes = await this.#store.content(file.id, countedBytesMax);
    return bytes && textOf(bytes);
  }

  async changed(base: string, differences: readonly Difference[]): Promise<string> {
    const files = new Map(await this.#store.files(base));
    for (const { path, after } of differences) {
      if (after) files.set(path, after);
      else files.delete(path);
    }
    return this.#store.takeState(files);
  }

  async contents(files: readonly KeptFile[], longest: number): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    for (const { id } of files) {
      const bytes = found.has(id) ? null : await this.#store.content(id, longest);
      if (bytes) found.set(id, bytes);
    }
    return found;
  }

  async atHand<T>(_state: string, _paths: readonly string[], use: (sourceOf: SourceOf) => Promise<T>): Promise<T> {
    return use(async (_path, file) => {
      if (file.form !== linkForm)
        return { type: 'file', path: this.#store.path(file.id), mode: Number.parseInt(file.form, 8) & 0o777 };
      const bytes = await this.#store.content(file.id, fileBytesMax);
      if (!bytes) throw new NotKept('where the link leads is no longer kept');
      return { type: 'link', target: bytes.toString('utf8') };
    });
  }

  sessions(): Promise<string[]> {
    return this.#store.sessions();
  }

  forget(session: string, except: ReadonlySet<string>): Promise<void> {
    return this.#store.forget(session, except);
  }
}
