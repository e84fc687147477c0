/** `@` in a message: what of a path was typed, and the text with the path that was chosen. Pure. */

export interface Mention {
  /** Where the `@` stands. */
  at: number;
  typed: string;
}

const longest = 200;

/** The `@…` that the caret stands in; one within a word (an address) is none. */
export function mentionAt(text: string, caret: number): Mention | null {
  const found = /(?:^|[\s([{"'`])@([^\s@]*)$/.exec(text.slice(Math.max(0, caret - longest), caret));
  const typed = found?.[1];
  return typed === undefined ? null : { at: caret - typed.length - 1, typed };
}

/** The path as plain text in place of the mention, and where the caret is then. */
export function withPath(text: string, caret: number, { at }: Mention, path: string): { text: string; caret: number } {
  const plain = /\s/.test(path) ? `"${path}"` : path;
  const rest = text.slice(caret);
  const gap = /^\s/.test(rest) ? '' : ' ';
  const before = `${text.slice(0, at)}${plain}${gap}`;
  return { text: before + rest, caret: before.length + (gap === '' ? 1 : 0) };
}
