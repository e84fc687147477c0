/** `list`: what is in one folder. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Inside, plainPath } from './confine.js';
import type { Tool, ToolPlace } from './contract.js';
import { counted, sizeText } from './cut-text.js';
import { IgnoredFiles } from './ignored-files.js';
import { type OpenFolder, withFolder } from './open-inside.js';
import { answering, isSystemError } from './refusal.js';

const entriesMax = 500;

const input = z.object({
  path: z.string().optional().describe('The folder, relative to the working folder, which it is when left out.'),
});
type Input = z.infer<typeof input>;

interface Entry {
  name: string;
  isFolder: boolean;
  isLink: boolean;
}

const byName = (a: Entry, b: Entry) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1);

async function line(folder: OpenFolder, { name, isFolder, isLink }: Entry): Promise<string> {
  if (isFolder) return `${name}/`;
  if (isLink) return `${name} (link)`;
  try {
    return `${name} (${sizeText((await lstat(folder.at(name))).size)})`;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return `${name} (gone)`;
    throw error;
  }
}

async function listFolder(folder: OpenFolder, inside: Inside, place: ToolPlace): Promise<string> {
  const found = await readdir(folder.path, { withFileTypes: true });
  const entries = found.map((entry): Entry => {
    return { name: entry.name, isFolder: entry.isDirectory(), isLink: entry.isSymbolicLink() };
  });
  const rules = new IgnoredFiles(place.root);
  const ignored = (await rules.covers(join(place.root, inside.name))) ? () => false : await rules.in(inside.path);
  const kept = entries.filter(({ name, isFolder }) => !ignored(name, isFolder)).sort(byName);
  const lines: string[] = [];
  for (const entry of kept.slice(0, entriesMax)) lines.push(await line(folder, entry));
  if (kept.length > entriesMax) lines.push(`… and ${kept.length - entriesMax} more; use glob to narrow it down.`);
  const hidden = entries.length - kept.length;
  if (hidden > 0) lines.push(`(${counted(hidden, 'entry', 'entries')} that git ignores left out)`);
  return lines.length === 0 ? '(The folder is empty.)' : lines.join('\n');
}

export const list: Tool<Input> = answering({
  name: 'list',
  description: 'Lists one folder: folders first, then files with their sizes. What git ignores is left out.',
  input,
  writes: false,
  together: true,
  subject: ({ path = '.' }, root) => plainPath(path, root),
  run: async ({ path = '.' }, place) => ({
    status: 'ok',
    text: await withFolder(place.root, path, (folder, inside) => listFolder(folder, inside, place)),
  }),
});
