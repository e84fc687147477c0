/** What of a file is text, and what a diff counts. */
import type { LineCount } from './keeper.js';

/** `null` where the bytes are no text: as git sees it, a zero byte near the beginning says so. */
export function textOf(bytes: Buffer): string | null {
  return bytes.subarray(0, 8_000).includes(0) ? null : bytes.toString('utf8');
}

/** The lines that a unified diff of one file adds and removes. */
export function countIn(patch: string): LineCount {
  const count = { added: 0, removed: 0 };
  const lines = patch.split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  for (const line of first === -1 ? [] : lines.slice(first)) {
    if (line.startsWith('+')) count.added += 1;
    else if (line.startsWith('-')) count.removed += 1;
  }
  return count;
}
