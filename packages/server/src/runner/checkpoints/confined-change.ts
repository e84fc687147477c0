/**
 * Changes single files below a root. Every folder on the way is held open and none may be a link, so that whatever is
 * swapped meanwhile, nothing outside the root is written or removed.
 */
import type { Stats } from 'node:fs';
import { chmod, constants, copyFile, lstat, mkdir, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { OpenFolder } from '@taffrail/agent';
import { draftName, type Source } from './keeper.js';

/** A file that is left as it is; the message says why, for people. */
export class LeftAlone extends Error {}

export interface Rules {
  root: string;
  /** Nothing that was changed after this is touched: in milliseconds since 1970. */
  since: number;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Puts the content of `source` in the place of the file. `isNew`: nothing may be there. */
export async function putFile(rules: Rules, path: string, source: Source, isNew: boolean): Promise<void> {
  await inFolderOf(rules, path, 'make', async (folder, name) => {
    const there = await statOf(folder.at(name));
    mayChange(there, rules.since);
    if (there && isNew) throw new LeftAlone('something that is not kept is in its place');
    const draft = folder.at(draftName);
    if (source.type === 'link') await symlink(source.target, draft);
    else {
      await copyFile(source.path, draft, constants.COPYFILE_EXCL);
      await chmod(draft, modeFor(source.mode, there));
    }
    try {
      await folder.verify();
      await rename(draft, folder.at(name));
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      throw error;
    }
  });
}

/** Git keeps no more of a mode than whether the file is a program: the rest is what it was, or what is usual. */
function modeFor(kept: number, there: Stats | null): number {
  if (kept !== 0o777 && kept !== 0o666) return kept;
  const usual = there?.isFile() ? there.mode & 0o666 : 0o666 & ~process.umask();
  // Who may read it may run it.
  return kept === 0o777 ? usual | ((usual & 0o444) >> 2) : usual;
}

/** Removes the file, and the folders that are empty then. One that is gone already is none the worse. */
export async function removeFile(rules: Rules, path: string): Promise<void> {
  await inFolderOf(rules, path, 'find', async (folder, name) => {
    const there = await statOf(folder.at(name));
    mayChange(there, rules.since);
    if (!there) return;
    await folder.verify();
    await unlink(folder.at(name));
  });
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
    const isRemoved = await removeEmpty(rules, parent);
    if (!isRemoved) return;
  }
}

/** What a server that was stopped in the middle left lying beside the file. */
export async function removeDraft(rules: Rules, path: string): Promise<void> {
  await inFolderOf(rules, path, 'find', async (folder) => {
    await unlink(folder.at(draftName)).catch(() => undefined);
  }).catch(() => undefined);
}

async function removeEmpty(rules: Rules, path: string): Promise<boolean> {
  let isRemoved = false;
  await inFolderOf(rules, path, 'find', async (folder, name) => {
    isRemoved = await rmdir(folder.at(name)).then(
      () => true,
      () => false,
    );
  });
  return isRemoved;
}

function mayChange(there: Stats | null, since: number): void {
  if (!there) return;
  if (there.isDirectory()) throw new LeftAlone('a folder with files that are not kept is in its place');
  if (!there.isFile() && !there.isSymbolicLink())
    throw new LeftAlone('something that is no regular file is in its place');
  if (there.ctimeMs >= since) throw new LeftAlone('it was changed meanwhile');
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** `make`: folders that are missing on the way are made; `find`: without them there is nothing to do. */
async function inFolderOf(
  { root }: Rules,
  path: string,
  way: 'make' | 'find',
  use: (folder: OpenFolder, name: string) => Promise<void>,
): Promise<void> {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (path.startsWith('/') || [...parts, name].some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())))
    throw new LeftAlone('this is no name for a file');
  let folder = await OpenFolder.open(root, root);
  try {
    for (const part of parts) {
      const next = await step(folder, part, way);
      if (!next) return;
      await folder.close();
      folder = next;
    }
    await use(folder, name);
  } catch (error) {
    throw error instanceof LeftAlone ? error : new LeftAlone(wordsFor(error));
  } finally {
    await folder.close();
  }
}

async function step(folder: OpenFolder, part: string, way: 'make' | 'find'): Promise<OpenFolder | null> {
  if (way === 'make')
    await mkdir(folder.at(part)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  try {
    return await folder.folder(part);
  } catch (error) {
    if (way === 'find' && ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}

/** What the system complained of. Whatever else goes wrong is told in its own words. */
function wordsFor(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it may not be written';
    case 'EBUSY':
    case 'ETXTBSY':
      return 'it is in use';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENOTDIR':
      return 'a file is in the place of its folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
