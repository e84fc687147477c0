/** Where tables and fields stand in a TOML text, as ranges of characters. It reads only what a parser has accepted. */

export interface TomlField {
  key: readonly string[];
  /** The whole statement, from the beginning of its line to that of the next. */
  start: number;
  end: number;
  valueStart: number;
  valueEnd: number;
}

export interface TomlTable {
  path: readonly string[];
  /** `[[path]]`. */
  isElement: boolean;
  /** With the comment that stands directly above it. */
  start: number;
  /** Where its first field would stand. */
  bodyStart: number;
  /** Where the next table starts. */
  end: number;
  fields: TomlField[];
}

/** The tables in their order; the first is the one without a name. */
export function tomlPlaces(text: string): TomlTable[] {
  const root: TomlTable = { path: [], isElement: false, start: 0, bodyStart: 0, end: text.length, fields: [] };
  const tables = [root];
  for (let at = afterBlank(text, 0); at < text.length; at = afterBlank(text, at)) {
    const current = tables.at(-1) ?? root;
    if (text[at] === '[') {
      const table = tableAt(text, at);
      current.end = table.start;
      tables.push(table);
      at = table.bodyStart;
    } else {
      const field = fieldAt(text, at);
      current.fields.push(field);
      at = field.end;
    }
  }
  return tables;
}

function tableAt(text: string, at: number): TomlTable {
  const isElement = text[at + 1] === '[';
  const { key, end } = keyAt(text, at + (isElement ? 2 : 1));
  const bodyStart = afterLine(text, end);
  return {
    path: key,
    isElement,
    start: aboveComment(text, lineStart(text, at)),
    bodyStart,
    end: text.length,
    fields: [],
  };
}

function fieldAt(text: string, at: number): TomlField {
  const { key, end } = keyAt(text, at);
  const valueStart = afterSpaces(text, text.indexOf('=', end) + 1);
  const valueEnd = afterValue(text, valueStart);
  return { key, start: lineStart(text, at), valueStart, valueEnd, end: afterLine(text, valueEnd) };
}

const keyPart = /[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))[ \t]*(\.?)/y;

function keyAt(text: string, at: number): { key: string[]; end: number } {
  const key: string[] = [];
  for (let end = at; ; ) {
    keyPart.lastIndex = end;
    const [whole = '', quoted, literal, bare, dot] = keyPart.exec(text) ?? [];
    key.push(quoted === undefined ? (literal ?? bare ?? '') : unquoted(quoted));
    end += whole.length;
    if (dot !== '.') return { key, end };
  }
}

/** A few escapes of TOML are none of JSON: such a key is found under no name, and left alone. */
function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function afterValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") at = afterString(text, at);
    else if (character === '#' && depth > 0) at = afterLine(text, at);
    else if (depth === 0 && /[\r\n#]/.test(character)) return trimmed(text, start, at);
    else {
      if (/[[{]/.test(character)) depth += 1;
      if (/[\]}]/.test(character)) depth -= 1;
      at += 1;
    }
  }
  return trimmed(text, start, text.length);
}

function afterString(text: string, start: number): number {
  const quote = text[start] ?? '';
  const isLong = text.startsWith(quote.repeat(3), start);
  const closing = isLong ? quote.repeat(3) : quote;
  let at = start + closing.length;
  while (at < text.length && !text.startsWith(closing, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1;
  at += closing.length;
  // Up to two quotes may stand before the three that close.
  while (isLong && text[at] === quote) at += 1;
  return at;
}

function trimmed(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

function afterSpaces(text: string, at: number): number {
  return at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** The next place that is neither space, nor empty line, nor comment. */
function afterBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
    if (text[at] !== '#') return at;
    at = afterLine(text, at);
  }
}

function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The first line of the comment that ends right above this line; else the line itself. */
function aboveComment(text: string, start: number): number {
  for (let line = start; line > 0; ) {
    const above = lineStart(text, line - 1);
    if (!/^[ \t]*#/.test(text.slice(above, line))) return line;
    line = above;
  }
  return 0;
}
