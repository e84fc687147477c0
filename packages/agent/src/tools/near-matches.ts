/** Where a text that was not found nearly stands, so that the model can repeat its edit with the right words. */

const placesMax = 3;
const linesShownMax = 12;
const linesLookedAtMax = 50_000;

interface Place {
  /** Index of its first line. */
  at: number;
  /** Lines that agree but for blanks. */
  agreeing: number;
}

function plain(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}

/** Scores the places where a telling line of `wanted` stands in `lines`, blanks aside. */
function placesOf(lines: readonly string[], wanted: readonly string[]): Place[] {
  const found = new Map<number, number>();
  const positions = new Map<string, number[]>();
  wanted.forEach((line, index) => {
    // Closing brackets and blank lines stand everywhere and tell nothing.
    if (/[\p{L}\p{N}]/u.test(line)) positions.set(line, [...(positions.get(line) ?? []), index]);
  });
  lines.slice(0, linesLookedAtMax).forEach((line, index) => {
    for (const position of positions.get(line) ?? []) {
      const at = Math.max(0, index - position);
      found.set(at, (found.get(at) ?? 0) + 1);
    }
  });
  return [...found].map(([at, agreeing]) => ({ at, agreeing })).sort((a, b) => b.agreeing - a.agreeing || a.at - b.at);
}

/**
 * Says where in `text` something like `wanted` stands, with the lines as they are; an empty string where nothing does.
 */
export function nearMatches(text: string, wanted: string): string {
  const lines = text.split(/\r?\n/);
  const wantedLines = wanted.replace(/^\n+|\n+$/g, '').split(/\r?\n/);
  const found = placesOf(lines.map(plain), wantedLines.map(plain)).slice(0, placesMax);
  const shown = Math.min(wantedLines.length, linesShownMax);
  return found.map(({ at }) => `Near line ${at + 1} stands:\n${lines.slice(at, at + shown).join('\n')}`).join('\n\n');
}

/** The numbers of the lines where `part` begins in `text`, the first `max` of them. */
export function linesWhere(text: string, part: string, max: number): number[] {
  const numbers: number[] = [];
  let line = 1;
  let from = 0;
  for (let at = text.indexOf(part); at !== -1 && numbers.length < max; at = text.indexOf(part, at + part.length)) {
    for (let next = text.indexOf('\n', from); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) {
      line += 1;
      from = next + 1;
    }
    numbers.push(line);
  }
  return numbers;
}
