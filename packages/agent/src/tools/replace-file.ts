/** Writes a file as a whole: a reader sees the old content or the new, a crash leaves one of them. */
import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { chmod, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import type { Inside } from './confine.js';
import { OpenFolder, systemWay, type Way } from './open-inside.js';
import { isSystemError, Refusal } from './refusal.js';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;

/** The deepest folder above `name` that is there, and the folders that are missing below it. */
async function openDeepest(root: string, inside: Inside, way: Way): Promise<{ folder: OpenFolder; missing: string[] }> {
  const missing: string[] = [];
  let path = dirname(inside.path);
  for (let name = posix.dirname(inside.name); ; name = posix.dirname(name), path = dirname(path)) {
    try {
      return { folder: await OpenFolder.open(root, path, way), missing };
    } catch (error) {
      if (isSystemError(error, 'ENOTDIR')) throw new Refusal(`${name} is a file, not a folder.`);
      if (!isSystemError(error, 'ENOENT') || name === '.') throw error;
      missing.unshift(posix.basename(name));
    }
  }
}

/** Opens the folder that `inside` stands in, and creates what is missing of it, each folder in one that is held open. */
async function openParent(root: string, inside: Inside, way: Way): Promise<OpenFolder> {
  const deepest = await openDeepest(root, inside, way);
  let folder = deepest.folder;
  for (const name of deepest.missing) {
    try {
      await mkdir(folder.at(name)).catch((error: unknown) => {
        if (!isSystemError(error, 'EEXIST')) throw error;
      });
      const next = await folder.folder(name);
      await folder.close();
      folder = next;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }
  return folder;
}

async function statOf(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

function refuseChanged(name: string, before: BigIntStats | null, now: BigIntStats | null): void {
  const same = before?.ino === now?.ino && before?.mtimeNs === now?.mtimeNs && before?.size === now?.size;
  if (!same) throw new Refusal(`${name} was changed by somebody else just now. Read it, then repeat the change.`);
}

async function writeNew(path: string, bytes: Uint8Array, mode: number | null): Promise<void> {
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  if (mode !== null) await chmod(path, mode);
}

/**
 * Puts `bytes` in the place of a file, or creates it with the folders above it. Keeps its mode.
 * @param before The file as it was when its content was looked at; `null` where there was none.
 * @throws Refusal where it is no longer like that, or its folder leads out of `root`.
 */
export async function replaceFile(
  root: string,
  inside: Inside,
  bytes: Uint8Array,
  before: BigIntStats | null,
  way: Way = systemWay,
): Promise<void> {
  const folder = await openParent(root, inside, way);
  const target = folder.at(posix.basename(inside.name));
  const draft = folder.at(`.taffrail-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await folder.verify();
    await writeNew(draft, bytes, before === null ? null : Number(before.mode & 0o7777n));
    try {
      refuseChanged(inside.name, before, await statOf(target));
      await folder.verify();
      await rename(draft, target);
    } catch (error) {
      await unlink(draft).catch(() => {});
      throw error;
    }
  } finally {
    await folder.close();
  }
}
