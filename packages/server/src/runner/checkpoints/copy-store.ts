/**
 * Where copies lie: under the data folder, each content once, by its hash. A state is a list of files, under its hash too;
 * names lead to states. What no name leads to is swept away some hours later.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeptFile, type LeftOut, NotKept, nameFrom, type State } from './keeper.js';
import { SeenFiles } from './seen-files.js';

export type Files = ReadonlyMap<string, KeptFile>;

/** Long enough for whoever has just made a state to give it a name. */
const unnamedMsMax = 6 * 60 * 60 * 1000;
/** With more than this nothing is added. */
const bytesMax = 2 * 1024 ** 3;

export class CopyStore {
  readonly #dir: string;
  readonly seen = new SeenFiles();
  /** How long all contents are together, once somebody has asked. */
  #bytes: Promise<number> | null = null;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'checkpoints');
  }

  /** Where a content lies. */
  path(id: string): string {
    return this.#at('contents', id);
  }

  #at(kind: 'contents' | 'states', id: string): string {
    if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`${id} is no hash`);
    return join(this.#dir, kind, id.slice(0, 2), id.slice(2));
  }

  /** Takes in what is in an open file. */
  async takeFile(handle: FileHandle): Promise<string> {
    return this.#take('contents', await handle.readFile());
  }

  takeText(text: string): Promise<string> {
    return this.#take('contents', Buffer.from(text));
  }

  async #take(kind: 'contents' | 'states', bytes: Buffer): Promise<string> {
    const id = createHash('sha256').update(bytes).digest('hex');
    const path = this.#at(kind, id);
    // It is known: it is new again, so that no sweep takes it before it has a name.
    const isKnown = await utimes(path, new Date(), new Date()).then(
      () => true,
      () => false,
    );
    if (!isKnown) await this.#add(path, bytes);
    return id;
  }

  async #add(path: string, bytes: Buffer): Promise<void> {
    this.#bytes ??= bytesIn(join(this.#dir, 'contents'));
    const total = (await this.#bytes) + bytes.length;
    if (total > bytesMax) throw new NotKept(`the copies of all folders take more than ${bytesMax / 1024 ** 3} GB`);
    this.#bytes = Promise.resolve(total);
    await writeWhole(path, bytes);
  }

  async takeState(files: Files): Promise<string> {
    const lines = [...files]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, file]) => [path, file.form, file.id]);
    return this.#take('states', Buffer.from(JSON.stringify(lines)));
  }

  /** @throws where there is none. */
  async files(state: string): Promise<Files> {
    const lines = JSON.parse(await readFile(this.#at('states', state), 'utf8')) as [string, string, string][];
    return new Map(lines.map(([path, form, id]) => [path, { form, id }]));
  }

  async name({ id, leftOut }: State, session: string, name: string): Promise<string> {
    const ref = `${nameFrom(session)}/${nameFrom(name)}`;
    await writeWhole(join(this.#dir, 'names', ref), Buffer.from(JSON.stringify({ id, leftOut })));
    return ref;
  }

  async find(ref: string): Promise<State | null> {
    if (!/^[\w-]+\/[\w-]+$/.test(ref)) return null;
    try {
      const named = JSON.parse(await readFile(join(this.#dir, 'names', ref), 'utf8')) as {
        id: string;
        leftOut: LeftOut[];
      };
      await stat(this.#at('states', named.id));
      return named;
    } catch {
      return null;
    }
  }

  async kept(session: string): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const name of await entries(join(this.#dir, 'names', nameFrom(session)))) {
      const state = await this.find(`${nameFrom(session)}/${name}`);
      if (state) states.set(name, state.id);
    }
    return states;
  }

  sessions(): Promise<string[]> {
    return entries(join(this.#dir, 'names'));
  }

  async forget(session: string, except: ReadonlySet<string>): Promise<void> {
    const folder = join(this.#dir, 'names', nameFrom(session));
    for (const name of await entries(folder)) {
      if (!except.has(`${nameFrom(session)}/${name}`)) await unlink(join(folder, name));
    }
    if ((await entries(folder)).length === 0) await rm(folder, { recursive: true, force: true });
  }

  /** Takes away what no name leads to, unless it is so new that a name may follow. */
  async sweep(now: number): Promise<void> {
    this.seen.forget();
    const states = new Set<string>();
    for (const session of await entries(join(this.#dir, 'names'))) {
      for (const name of await entries(join(this.#dir, 'names', session))) {
        const state = await this.find(`${session}/${name}`);
        if (state) states.add(state.id);
      }
    }
    const contents = new Set<string>();
    for (const state of states) for (const { id } of (await this.files(state)).values()) contents.add(id);
    await this.#sweep('states', states, now);
    await this.#sweep('contents', contents, now);
    this.#bytes = null;
  }

  async #sweep(kind: 'contents' | 'states', wanted: ReadonlySet<string>, now: number): Promise<void> {
    for (const start of await entries(join(this.#dir, kind))) {
      for (const rest of await entries(join(this.#dir, kind, start))) {
        if (wanted.has(start + rest)) continue;
        const path = join(this.#dir, kind, start, rest);
        const found = await stat(path).catch(() => null);
        if (found && now - found.mtimeMs > unnamedMsMax) await unlink(path);
      }
    }
  }

  /** What is in it; `null` where that is longer, or is not here. */
  async content(id: string, longest: number): Promise<Buffer | null> {
    const found = await stat(this.path(id)).catch(() => null);
    return found && found.size <= longest ? readFile(this.path(id)) : null;
  }
}

async function bytesIn(contents: string): Promise<number> {
  let bytes = 0;
  for (const start of await entries(contents))
    for (const rest of await entries(join(contents, start))) bytes += (await stat(join(contents, start, rest))).size;
  return bytes;
}

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** A reader sees all of it or nothing. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  await rename(draft, path);
}
