/**
 * Opens what `resolveInside` found, and looks once more at what was really opened: between looking and opening
 * somebody may have put a link in its place.
 */
import { existsSync } from 'node:fs';
import { constants, type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Inside, isWithin, resolveInside } from './confine.js';
import { isSystemError, Refusal } from './refusal.js';

/**
 * How the system tells what an open file is. `descriptor`: it names the path of each open file, and paths may begin at
 * an open folder. `path`: the path is resolved again and its identity compared.
 */
export type Way = 'descriptor' | 'path';

export const systemWay: Way = existsSync('/proc/self/fd') ? 'descriptor' : 'path';

// Without O_NONBLOCK, opening a pipe waits for a writer for ever.
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** The real path of an open file or folder, if that is within `root`. */
async function realPathOf(handle: FileHandle, path: string, root: string, way: Way): Promise<string> {
  const real = way === 'descriptor' ? await readlink(`/proc/self/fd/${handle.fd}`) : await realpath(path);
  const swapped = new Refusal(`${path} was swapped meanwhile and leads out of the session's folder.`);
  if (!isWithin(root, real)) throw swapped;
  if (way === 'path') {
    const [opened, found] = [await handle.stat({ bigint: true }), await lstat(real, { bigint: true })];
    if (opened.dev !== found.dev || opened.ino !== found.ino) throw swapped;
  }
  return real;
}

async function openThere(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isSystemError(error, 'ELOOP')) throw new Refusal(`${path} was swapped for a link meanwhile. Try again.`);
    throw error;
  }
}

/** A folder held open: what is done through it happens there, wherever its path leads by then. */
export class OpenFolder {
  readonly #handle: FileHandle;
  readonly #root: string;
  readonly #way: Way;
  readonly #real: string;

  private constructor(handle: FileHandle, root: string, way: Way, real: string) {
    this.#handle = handle;
    this.#root = root;
    this.#way = way;
    this.#real = real;
  }

  /** @throws Refusal where it is no folder, or not within `root`. */
  static async open(root: string, path: string, way: Way = systemWay): Promise<OpenFolder> {
    const handle = await openThere(path, O_RDONLY | (O_DIRECTORY ?? 0));
    try {
      return new OpenFolder(handle, root, way, await realPathOf(handle, path, root, way));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The path of the folder itself. */
  get path(): string {
    return this.#way === 'descriptor' ? `/proc/self/fd/${this.#handle.fd}` : this.#real;
  }

  /** The path of an entry of it. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Looks again whether the folder is where it was. */
  async verify(): Promise<void> {
    await realPathOf(this.#handle, this.#real, this.#root, this.#way);
  }

  /** A folder in this one. */
  async folder(name: string): Promise<OpenFolder> {
    const handle = await openThere(this.at(name), O_RDONLY | (O_DIRECTORY ?? 0));
    try {
      const real = await realPathOf(handle, this.at(name), this.#root, this.#way);
      return new OpenFolder(handle, this.#root, this.#way, real);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Opens a regular file for reading; the caller closes it. */
export async function openFile(root: string, inside: Inside, way: Way = systemWay): Promise<FileHandle> {
  const handle = await openThere(inside.path, O_RDONLY);
  try {
    await realPathOf(handle, inside.path, root, way);
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new Refusal(`${inside.name} is a folder.`);
    if (!stat.isFile()) throw new Refusal(`${inside.name} is not a regular file.`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens the file that the model means for `use` and closes it whatever happens. */
export async function withFile<T>(
  root: string,
  given: string,
  use: (handle: FileHandle, inside: Inside) => Promise<T>,
): Promise<T> {
  const inside = await resolveInside(root, given);
  if (!inside.exists) throw new Refusal(`There is no ${inside.name}.`);
  const handle = await openFile(root, inside);
  try {
    return await use(handle, inside);
  } finally {
    await handle.close();
  }
}

/** Opens the folder that the model means for `use` and closes it whatever happens. */
export async function withFolder<T>(
  root: string,
  given: string,
  use: (folder: OpenFolder, inside: Inside) => Promise<T>,
): Promise<T> {
  const inside = await resolveInside(root, given);
  if (!inside.exists) throw new Refusal(`There is no folder ${inside.name}.`);
  const folder = await OpenFolder.open(root, inside.path).catch((error: unknown) => {
    throw isSystemError(error, 'ENOTDIR') ? new Refusal(`${inside.name} is a file, not a folder.`) : error;
  });
  try {
    return await use(folder, inside);
  } finally {
    await folder.close();
  }
}
