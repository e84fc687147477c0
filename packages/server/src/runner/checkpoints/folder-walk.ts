/** Goes through a folder's files as the tools see them: without what is ignored, following no link, within bounds. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IgnoredFiles, OpenFolder } from '@taffrail/agent';
import { draftName, type LeftOut, NotKept, stopped } from './keeper.js';

/** Folders and files that are looked at, ignored ones too. */
const entriesMax = 100_000;

/** What is never kept: other people's programs, and repositories. */
const leftAside = new Set(['.git', 'node_modules']);

export interface Walk {
  root: string;
  isApart: (path: string) => boolean;
  signal: AbortSignal;
  leftOut: LeftOut[];
  /** Told of each file and link in a folder that is held open. */
  found: (folder: OpenFolder, entry: Dirent, path: string) => Promise<void>;
}

/** @throws NotKept where there is too much. */
export async function walk(task: Walk): Promise<void> {
  const ignored = new IgnoredFiles(task.root);
  let entries = 0;
  const into = async (path: string): Promise<void> => {
    const real = join(task.root, path);
    const folder = await OpenFolder.open(task.root, real).catch(() => null);
    if (!folder) {
      task.leftOut.push({ path, why: 'the folder cannot be read' });
      return;
    }
    const folders: string[] = [];
    try {
      const isIgnored = await ignored.in(real);
      const here = await readdir(folder.path, { withFileTypes: true });
      entries += here.length;
      if (entries > entriesMax) throw new NotKept(`the folder holds more than ${entriesMax} entries`);
      for (const entry of here) {
        if (task.signal.aborted) throw stopped(task.signal, 'it');
        const name = path === '' ? entry.name : `${path}/${entry.name}`;
        // A name that is no UTF-8 cannot be told to anybody.
        if (entry.name.includes('\ufffd') || entry.name === draftName || task.isApart(name)) continue;
        if (leftAside.has(entry.name) || isIgnored(entry.name, entry.isDirectory())) continue;
        if (entry.isDirectory()) folders.push(name);
        else await task.found(folder, entry, name);
      }
    } finally {
      await folder.close();
    }
    for (const next of folders) await into(next);
  };
  await into('');
}
