/** JSON as text that may be anything: trimming, parsing and measuring it in bounded time. */

/**
 * A crash can leave NULs where text was to be; an editor can leave a byte-order mark. Written as loops, because a
 * pattern for the end of a text tries every run of blanks in it.
 */
export function trimmed(text: string): string {
  const from = nextVisible(text, 0);
  const to = lastVisible(text, text.length - 1) + 1;
  return from === 0 && to === text.length ? text : text.slice(from, Math.max(from, to));
}

/** Where the first character from `from` on is that is no blank; the text's length when there is none. */
export function nextVisible(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the last character up to `from` is that is no blank; -1 when there is none. */
export function lastVisible(text: string, from: number): number {
  let at = from;
  while (at >= 0 && isBlank(text.charCodeAt(at))) at -= 1;
  return at;
}

function isBlank(character: number): boolean {
  return character <= 0x20 || character === 0xfeff;
}

/** The value a JSON text stands for, or `undefined` when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True when more than `limit` brackets are open at once, as far as the bytes read as JSON. */
export function nestsDeeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
