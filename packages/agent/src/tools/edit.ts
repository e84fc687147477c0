/** `edit`: replaces a text in a file by another one, exactly. */
import { z } from 'zod';
import { changeFile } from './change-file.js';
import { plainPath } from './confine.js';
import type { Tool } from './contract.js';
import { counted, sizeText } from './cut-text.js';
import { fileDiff } from './file-diff.js';
import { linesWhere, nearMatches } from './near-matches.js';
import { answering, Refusal } from './refusal.js';
import { contentBytesMax } from './seen.js';
import { textOf } from './text-file.js';

const placesTold = 20;

const input = z.object({
  path: z.string().describe('The file, relative to the working folder.'),
  oldText: z.string().describe('What stands there now, with its exact blanks and line breaks. It must occur once.'),
  newText: z.string().describe('What is to stand there instead.'),
  replaceAll: z.boolean().optional().describe('Replace every occurrence, however many there are.'),
});
type Input = z.infer<typeof input>;

function contentOf(bytes: Uint8Array | null, name: string): string {
  if (bytes === null) throw new Refusal(`${name} is too large to edit: at most ${sizeText(contentBytesMax)}.`);
  const text = textOf(bytes);
  if (text === null) throw new Refusal(`${name} is not UTF-8 text, so it cannot be edited as text.`);
  return text;
}

/** Models write `\n`; in a file whose lines all end in `\r\n` they mean that. */
function withLineEnds(text: string, part: string): string {
  const windows = text.includes('\r\n') && !/(?<!\r)\n/.test(text);
  return windows ? part.replace(/\r?\n/g, '\r\n') : part;
}

function notFound(text: string, name: string, oldText: string): Refusal {
  const near = nearMatches(text, oldText);
  const advice = near === '' ? 'Nothing like it does. Read the file again.' : `Nothing was changed.\n\n${near}`;
  return new Refusal(`oldText does not stand in ${name} like that. ${advice}`);
}

/** @throws Refusal where it is not clear what to replace. */
function replaced(text: string, name: string, asked: Input): { after: string; count: number } {
  if (asked.oldText === '')
    throw new Refusal('oldText is empty. To create a file, or to replace all of it, use write.');
  const oldText = withLineEnds(text, asked.oldText);
  const newText = withLineEnds(text, asked.newText);
  if (oldText === newText) throw new Refusal('oldText and newText are the same: nothing would change.');
  const parts = text.split(oldText);
  const count = parts.length - 1;
  if (count === 0) throw notFound(text, name, asked.oldText);
  if (count > 1 && asked.replaceAll !== true) {
    const lines = linesWhere(text, oldText, placesTold).join(', ');
    throw new Refusal(
      `oldText stands ${count} times in ${name}, at lines ${lines}${count > placesTold ? ' …' : ''}. ` +
        'Add lines around it until it stands once, or set replaceAll.',
    );
  }
  return { after: parts.join(newText), count };
}

export const edit: Tool<Input> = answering({
  name: 'edit',
  description:
    'Replaces one text in a file by another. The text has to be given exactly and must stand there once, unless replaceAll is set. The file has to be read first.',
  input,
  writes: true,
  together: false,
  subject: ({ path }, root) => plainPath(path, root),
  run: async (asked, place) => {
    const { name, result } = await changeFile(place, asked.path, (before, file) => {
      if (before === null) throw new Refusal(`There is no ${file}. To create it, use write.`);
      const text = contentOf(before.bytes, file);
      const { after, count } = replaced(text, file, asked);
      return { bytes: Buffer.from(after), result: { text, after, count } };
    });
    const places = result.count === 1 ? '' : ` in ${counted(result.count, 'place')}`;
    return {
      status: 'ok',
      text: `Edited ${name}${places}.\n${fileDiff(name, result.text, result.after)}`,
      changed: [name],
    };
  },
});
