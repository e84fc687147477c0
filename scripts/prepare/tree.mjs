/** Where things are in the clone, and how the preparation speaks: on stderr, because stdout belongs to the program. */
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Absolute path of something in the clone. */
export function inTree(path) {
  return `${root}${path}`;
}

export function say(sentence) {
  process.stderr.write(`taffrail: ${sentence}\n`);
}
