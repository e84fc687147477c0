/**
 * Hears of changes on Linux: each folder is watched by itself. inotify knows no recursion, and those who build one on
 * top of it miss what is written into a new folder before they watch it; here a folder is watched, then listed.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { FoundRoot } from './discover.js';
import { type Ear, type Hearing, isWithin } from './hearing.js';

// Gone since it was found, or closed to us: listing it says so.
const expected = new Set<string | undefined>(['ENOENT', 'EACCES', 'EPERM']);

export function hearFolders(root: FoundRoot, { heard, failed }: Hearing): Ear {
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const enter = (folder: string) => {
    const absolute = join(root.path, folder);
    try {
      if (!statSync(absolute).isDirectory()) return;
      const watcher = watch(absolute, (event, name) => {
        if (name === null) heard(folder, true);
        else heard(folder === '' ? name : `${folder}/${name}`, event === 'rename');
      });
      watchers.set(folder, watcher);
      watcher.on('error', (error) => {
        forget(folder);
        failed(error);
      });
    } catch (error) {
      if (!expected.has((error as NodeJS.ErrnoException).code)) failed(error);
    }
  };
  const renew = (folder: string) => {
    for (const path of [...watchers.keys()].filter((path) => isWithin(path, folder))) forget(path);
    return Promise.resolve();
  };
  return { renew, enter, close: () => renew('') };
}
