/** Files near a source, for logs that are spread over several: below the root, or one folder out of it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { isObject, type Siblings } from '@taffrail/importers';

// What a sibling says is a few names and paths; a larger file is something else.
const siblingBytesMax = 16 * 1024 * 1024;

export function siblingsBelow(root: string): Siblings {
  return {
    readJson: (path) => {
      const file = within(root, path);
      try {
        if (!file || statSync(file).size > siblingBytesMax) return null;
        const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
        return isObject(value) ? value : null;
      } catch {
        // Missing, unreadable or half written: the log is read without it.
        return null;
      }
    },
    list: (folder) => {
      const path = within(root, folder);
      try {
        return path ? readdirSync(path).sort() : [];
      } catch {
        return [];
      }
    },
  };
}

function within(root: string, path: string): string | null {
  const absolute = resolve(root, path);
  return relative(resolve(root, '..'), absolute).startsWith('..') ? null : absolute;
}
