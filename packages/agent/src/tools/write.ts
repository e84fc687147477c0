/** `write`: the whole content of a file, new or known. */
import { z } from 'zod';
import { changeFile } from './change-file.js';
import { plainPath } from './confine.js';
import type { Tool } from './contract.js';
import { counted, sizeText } from './cut-text.js';
import { fileDiff } from './file-diff.js';
import { answering } from './refusal.js';
import { textOf } from './text-file.js';

const input = z.object({
  path: z.string().describe('The file, relative to the working folder. Missing folders are created.'),
  content: z.string().describe('All that the file is to hold.'),
});
type Input = z.infer<typeof input>;

function lineCount(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

export const write: Tool<Input> = answering({
  name: 'write',
  description:
    'Creates a file, or replaces all that is in it. A file that exists has to be read first. For a change in a part of a file, edit is better.',
  input,
  writes: true,
  together: false,
  subject: ({ path }, root) => plainPath(path, root),
  run: async ({ path, content }, place) => {
    const { name, result } = await changeFile(place, path, (before) => ({
      bytes: Buffer.from(content),
      result: before === null ? null : { old: before.bytes === null ? null : textOf(before.bytes) },
    }));
    const size = `${counted(lineCount(content), 'line')}, ${sizeText(Buffer.byteLength(content))}`;
    if (result === null) return { status: 'ok', text: `Created ${name} (${size}).`, changed: [name] };
    if (result.old === content) return { status: 'ok', text: `${name} already held exactly that (${size}).` };
    const diff = result.old === null ? '' : `\n${fileDiff(name, result.old, content)}`;
    return { status: 'ok', text: `Replaced ${name} (${size}).${diff}`, changed: [name] };
  },
});
