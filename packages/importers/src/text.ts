/** Titles and identities made from text. */
import { createHash } from 'node:crypto';

const titleLengthMax = 120;

/** The first line of a prompt, cut to a title's length; `undefined` when nothing readable is left. */
export function titleFrom(prompt: string): string | undefined {
  const line = prompt
    .split('\n')
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .find((part) => part !== '');
  if (!line) return undefined;
  const characters = [...line.slice(0, titleLengthMax * 2)];
  return characters.length > titleLengthMax
    ? `${characters
        .slice(0, titleLengthMax - 1)
        .join('')
        .trimEnd()}…`
    : line;
}

/** A short, stable identity for a text within a session. */
export function shortHash(text: string): string {
  return createHash('sha1').update(text).digest('base64url').slice(0, 16);
}
