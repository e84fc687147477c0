/** `glob`: files by their names, the newest first. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { plainPath, resolveInside } from './confine.js';
import type { Tool, ToolPlace } from './contract.js';
import { findFiles } from './find-files.js';
import { answering, isSystemError, Refusal } from './refusal.js';

const namesMax = 200;
const atOnce = 64;

const input = z.object({
  pattern: z.string().describe('Such as src/**/*.ts: * within a name, ** over folders, {a,b} either.'),
  path: z.string().optional().describe('The folder to look in, the working folder when left out.'),
});
type Input = z.infer<typeof input>;

/** `null` for a file that is gone by now. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return null;
    throw error;
  }
}

async function newestFirst(names: readonly string[], place: ToolPlace): Promise<string[]> {
  const dated: { name: string; at: number }[] = [];
  for (let from = 0; from < names.length; from += atOnce) {
    place.signal.throwIfAborted();
    const part = names.slice(from, from + atOnce);
    const times = await Promise.all(part.map((name) => changedAt(join(place.root, name))));
    part.forEach((name, index) => {
      const at = times[index] ?? null;
      if (at !== null) dated.push({ name, at });
    });
  }
  return dated.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

export const glob: Tool<Input> = answering({
  name: 'glob',
  description: 'Finds files whose path matches a pattern, the last changed first. What git ignores is left out.',
  input,
  writes: false,
  together: true,
  subject: ({ path = '.' }, root) => plainPath(path, root),
  run: async ({ pattern, path = '.' }, place) => {
    const folder = await resolveInside(place.root, path);
    if (!folder.exists) throw new Refusal(`There is no folder ${folder.name}.`);
    const found = await findFiles({ root: place.root, folder, pattern, signal: place.signal });
    const names = await newestFirst(found.names, place);
    const lines = names.slice(0, namesMax);
    if (names.length === 0) lines.push(`No file matches ${pattern}.`);
    if (names.length > namesMax) lines.push(`… and ${names.length - namesMax} more; narrow the pattern.`);
    if (found.partial) lines.push('(There are too many files to look at them all; name a folder.)');
    return { status: 'ok', text: lines.join('\n') };
  },
});
