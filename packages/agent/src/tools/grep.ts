/** `grep`: lines of files by a regular expression, bounded in time, size and answer. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { plainPath, resolveInside } from './confine.js';
import type { Tool, ToolPlace } from './contract.js';
import { counted } from './cut-text.js';
import { type Found, findFiles } from './find-files.js';
import { type FoundLine, LineSearch } from './line-search.js';
import { openFile } from './open-inside.js';
import { answering, isSystemError, Refusal } from './refusal.js';
import { binaryKind } from './text-file.js';

const hitsDefault = 100;
const fileBytesMax = 4 * 1024 * 1024;
const allBytesMax = 256 * 1024 * 1024;
const fileTimeMs = 2_000;
const allTimeMs = 15_000;
const answerLengthMax = 28 * 1024;

const input = z.object({
  pattern: z.string().min(1).max(1_000).describe('A regular expression (JavaScript), matched against each line.'),
  path: z.string().optional().describe('The folder or file to look in, the working folder when left out.'),
  include: z.string().optional().describe('Only files that match this glob, such as **/*.ts.'),
  ignoreCase: z.boolean().optional(),
  context: z.int().min(0).max(10).optional().describe('How many lines to show before and after each match.'),
  limit: z.int().min(1).max(1_000).optional().describe(`How many matches to show, ${hitsDefault} when left out.`),
});
type Input = z.infer<typeof input>;

/** What became of a search: the answer's text as it grows, and why it ended before all was looked at. */
interface Progress {
  blocks: string[];
  length: number;
  hits: number;
  files: number;
  bytes: number;
  tooLarge: number;
  ended: string | null;
  /** The expression was what ended it. */
  tooSlow: boolean;
}

function expressionOf({ pattern, ignoreCase }: Input): { pattern: string; flags: string } {
  const inline = pattern.startsWith('(?i)');
  const plain = inline ? pattern.slice(4) : pattern;
  const flags = `${ignoreCase || inline ? 'i' : ''}${plain.includes('\\p{') ? 'u' : ''}`;
  try {
    new RegExp(plain, flags);
  } catch (error) {
    throw new Refusal(`${(error as Error).message}. To find the characters themselves, put a \\ before them.`);
  }
  return { pattern: plain, flags };
}

async function filesOf({ path = '.', include = '**/*' }: Input, place: ToolPlace): Promise<Found> {
  const folder = await resolveInside(place.root, path);
  if (!folder.exists) throw new Refusal(`There is no ${folder.name}.`);
  if (!(await stat(folder.path)).isDirectory()) return { names: [folder.name], partial: false };
  // As in .gitignore, a pattern without a folder means a name anywhere.
  const pattern = include.includes('/') ? include : `**/${include}`;
  const found = await findFiles({ root: place.root, folder, pattern, signal: place.signal });
  return { ...found, names: found.names.sort() };
}

/** A file's bytes; `large` where it is passed over for its size, `null` where there is no text to look through. */
async function bytesOf(place: ToolPlace, name: string): Promise<Uint8Array | 'large' | null> {
  try {
    const handle = await openFile(place.root, { name, path: join(place.root, name), exists: true });
    try {
      if ((await handle.stat()).size > fileBytesMax) return 'large';
      const bytes = await handle.readFile();
      return binaryKind(bytes.subarray(0, 8 * 1024), name) === null ? bytes : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    // What goes away, or is no file of this session, while we look is as good as not there.
    if (error instanceof Refusal || isSystemError(error, 'ENOENT', 'EACCES', 'EPERM', 'ENXIO')) return null;
    throw error;
  }
}

function block(name: string, lines: readonly FoundLine[]): string {
  const shown = lines.map(({ number, text, hit }, index) => {
    const gap = index > 0 && (lines[index - 1]?.number ?? 0) + 1 < number && lines.some((line) => !line.hit);
    return `${gap ? '--\n' : ''}${number}${hit ? ':' : '-'} ${text}`;
  });
  return `${name}\n${shown.join('\n')}`;
}

async function lookThrough(names: readonly string[], asked: Input, place: ToolPlace): Promise<Progress> {
  const progress: Progress = {
    blocks: [],
    length: 0,
    hits: 0,
    files: 0,
    bytes: 0,
    tooLarge: 0,
    ended: null,
    tooSlow: false,
  };
  const expression = expressionOf(asked);
  const search = new LineSearch(expression.pattern, expression.flags);
  const endsAt = Date.now() + allTimeMs;
  const hitsMax = asked.limit ?? hitsDefault;
  const stop = () => void search.end();
  place.signal.addEventListener('abort', stop);
  try {
    for (const name of names) {
      const left = endsAt - Date.now();
      if (progress.hits >= hitsMax) progress.ended = `Only the first ${hitsMax} matches are shown`;
      else if (progress.length > answerLengthMax) progress.ended = 'The answer is full';
      else if (left <= 0 || progress.bytes > allBytesMax) progress.ended = 'There is too much to look through';
      if (progress.ended !== null) break;
      await lookInto(name, search, progress, {
        ...asked,
        limit: hitsMax - progress.hits,
        place,
        timeMs: Math.min(left, fileTimeMs),
      });
      place.signal.throwIfAborted();
    }
  } finally {
    place.signal.removeEventListener('abort', stop);
    await search.end();
  }
  return progress;
}

async function lookInto(
  name: string,
  search: LineSearch,
  progress: Progress,
  { context = 0, limit, place, timeMs }: Input & { limit: number; place: ToolPlace; timeMs: number },
): Promise<void> {
  const bytes = await bytesOf(place, name);
  if (bytes === 'large') progress.tooLarge += 1;
  if (bytes === null || bytes === 'large') return;
  progress.bytes += bytes.length;
  const found = await search.find(bytes, context, limit, timeMs);
  if (found === null) {
    progress.tooSlow = true;
    progress.ended = `The expression takes too long on ${name}; write a simpler one`;
    return;
  }
  if (found.hits === 0) return;
  const text = block(name, found.lines);
  progress.blocks.push(text);
  progress.length += text.length;
  progress.hits += found.hits;
  progress.files += 1;
}

export const grep: Tool<Input> = answering({
  name: 'grep',
  description:
    'Finds lines by a regular expression in the files of a folder. Shows each file with the numbers of its lines. Binary files and what git ignores are left out.',
  input,
  writes: false,
  together: true,
  subject: ({ path = '.' }, root) => plainPath(path, root),
  run: async (asked, place) => {
    const found = await filesOf(asked, place);
    const { blocks, hits, files, tooLarge, ended, tooSlow } = await lookThrough(found.names, asked, place);
    const notes = [
      hits === 0 ? 'No line matches.' : `${counted(hits, 'match', 'matches')} in ${counted(files, 'file')}.`,
    ];
    if (ended !== null) notes.push(`${ended}.`);
    if (found.partial) notes.push('There are too many files to look at them all; name a folder.');
    if (tooLarge > 0) notes.push(`${counted(tooLarge, 'file')} above 4 MB passed over.`);
    const status = tooSlow && hits === 0 ? 'error' : 'ok';
    return { status, text: [...blocks, notes.join(' ')].join('\n\n') };
  },
});
