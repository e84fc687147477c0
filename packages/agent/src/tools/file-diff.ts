/** What a change did to a file, for the model and the transcript. */
import { createTwoFilesPatch } from 'diff';
import { outputBytesMax } from './contract.js';

// A diff of two unlike texts takes quadratic time.
const editsMax = 4_000;
const timeMsMax = 500;

/** A unified diff with the file's name in it; `null` where the change is too large for one. */
export function unifiedDiff(name: string, before: string, after: string): string | null {
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    maxEditLength: editsMax,
    timeout: timeMsMax,
  });
  return patch === undefined ? null : patch.replace(/^=+\n/, '').trimEnd();
}

/** The same for the model, or a sentence in its place. */
export function fileDiff(name: string, before: string, after: string): string {
  const text = unifiedDiff(name, before, after);
  if (text === null) return '(The change is too large to be shown as a diff.)';
  return text.length > outputBytesMax / 2 ? '(The change is too long to be shown as a diff.)' : text;
}
