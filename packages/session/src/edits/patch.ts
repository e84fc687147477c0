/** Patches as agents write them: unified diffs, and the `*** Begin Patch` form. One entry per file. */
import { type DiffLine, withMarks } from './line-diff.js';

export type FilePatch = { path: string; action: 'edit' | 'new' | 'delete'; lines: DiffLine[] };

const fileHeads: [RegExp, FilePatch['action']][] = [
  [/^\*\*\* Update File: (.+)$/, 'edit'],
  [/^\*\*\* Add File: (.+)$/, 'new'],
  [/^\*\*\* Delete File: (.+)$/, 'delete'],
];
/** Lines of a patch that say nothing a reader needs. */
const noise =
  /^(?:\*\*\* (?:Begin|End) Patch|\*\*\* End of File|diff --git |index [0-9a-f]+\.\.|--- |new file mode|deleted file mode|\\ No newline)/;

/** The files of a patch; an empty list where the text is none. */
export function filesOfPatch(text: string): FilePatch[] {
  return plainFilesOfPatch(text).map((file) => ({ ...file, lines: withMarks(file.lines) }));
}

/** The same without the words that changed. */
export function plainFilesOfPatch(text: string): FilePatch[] {
  const files: FilePatch[] = [];
  let place: { old: number; new: number } | null = null;
  for (const line of text.replace(/\r\n/g, '\n').split('\n')) {
    const file = headOf(line);
    if (file) {
      files.push(file);
      place = null;
      continue;
    }
    const current = files.at(-1);
    if (!current || noise.test(line) || /^\*\*\* Move to: /.test(line)) continue;
    if (line.startsWith('@@')) {
      place = placeOf(line);
      current.lines.push({ kind: 'gap', text: line });
    } else pushLine(current, line, place);
  }
  return files;
}

function headOf(line: string): FilePatch | null {
  for (const [pattern, action] of fileHeads) {
    const path = pattern.exec(line)?.[1];
    if (path) return { path, action, lines: [] };
  }
  const unified = /^\+\+\+ (?:b\/)?(.+?)(?:\t.*)?$/.exec(line)?.[1];
  return unified ? { path: unified, action: 'edit', lines: [] } : null;
}

function placeOf(line: string): { old: number; new: number } | null {
  const numbers = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
  return numbers ? { old: Number(numbers[1]), new: Number(numbers[2]) } : null;
}

function pushLine(file: FilePatch, line: string, place: { old: number; new: number } | null): void {
  const text = line.slice(1);
  if (line.startsWith('+')) {
    file.lines.push({ kind: 'add', text, newNumber: place ? place.new++ : null, marks: [] });
  } else if (line.startsWith('-')) {
    file.lines.push({ kind: 'del', text, oldNumber: place ? place.old++ : null, marks: [] });
  } else if (line.startsWith(' ')) {
    file.lines.push({
      kind: 'same',
      text,
      oldNumber: place ? place.old++ : 0,
      newNumber: place ? place.new++ : 0,
    });
  }
}
