/** Which words of a changed line changed. */
import type { Marks } from './line-diff.js';

/** Below this share of common characters two lines have nothing to do with each other: no marks then. */
const commonShareMin = 0.5;
const tokensMax = 400;

/** The changed ranges of both lines, or `null` where marking them would mark everything. */
export function changedWords(before: string, after: string): { before: Marks; after: Marks } | null {
  const old = tokensOf(before);
  const now = tokensOf(after);
  if (old.length > tokensMax || now.length > tokensMax) return null;
  const { oldKept, newKept, common } = commonTokens(old, now);
  const longest = Math.max(before.trim().length, after.trim().length);
  if (longest === 0 || common / longest < commonShareMin) return null;
  return { before: rangesOf(old, oldKept), after: rangesOf(now, newKept) };
}

/** Words, runs of blanks, and single other characters. */
function tokensOf(line: string): string[] {
  return line.match(/[\p{L}\p{N}_$]+|\s+|./gu) ?? [];
}

function commonTokens(old: string[], now: string[]) {
  const width = now.length + 1;
  const cells = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => cells[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const weight = old[i]?.length ?? 0;
      cells[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + weight : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const oldKept = new Set<number>();
  const newKept = new Set<number>();
  let common = 0;
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) {
      oldKept.add(i);
      newKept.add(j);
      common += old[i]?.trim().length ?? 0;
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return { oldKept, newKept, common };
}

function rangesOf(tokens: string[], kept: ReadonlySet<number>): Marks {
  const ranges: [number, number][] = [];
  let position = 0;
  for (const [index, token] of tokens.entries()) {
    const end = position + token.length;
    const last = ranges.at(-1);
    if (!kept.has(index)) {
      if (last && last[1] === position) last[1] = end;
      else ranges.push([position, end]);
    }
    position = end;
  }
  return ranges;
}
