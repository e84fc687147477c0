/** Line by line, what became of a text: the shortest edit, with the words that changed inside a line. */
import { changedWords } from './word-diff.js';

/** Half-open ranges of a line's characters. */
export type Marks = readonly (readonly [start: number, end: number])[];
export type DiffLine =
  | { kind: 'same'; text: string; oldNumber: number; newNumber: number }
  | { kind: 'del'; text: string; oldNumber: number | null; marks: Marks }
  | { kind: 'add'; text: string; newNumber: number | null; marks: Marks }
  /** Lines left out, or a section head of a patch. */
  | { kind: 'gap'; text: string };

/** A table larger than this is not worth the wait: everything between the common ends counts as replaced. */
const cellsMax = 1_000_000;
/** Unchanged lines kept around a change. */
const contextLines = 3;

/** A text as lines; a final line break starts no line of its own. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Every line of both texts, changed words marked. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const { head, tail } = commonEnds(old, now);
  const same = (oldIndex: number, newIndex: number): DiffLine => ({
    kind: 'same',
    text: old[oldIndex] ?? '',
    oldNumber: oldIndex + 1,
    newNumber: newIndex + 1,
  });
  const lines: DiffLine[] = [];
  for (let index = 0; index < head; index += 1) lines.push(same(index, index));
  lines.push(...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head, same));
  for (let index = tail; index > 0; index -= 1) lines.push(same(old.length - index, now.length - index));
  return withMarks(lines);
}

function commonEnds(old: readonly string[], now: readonly string[]): { head: number; tail: number } {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail += 1;
  }
  return { head, tail };
}

type Same = (oldIndex: number, newIndex: number) => DiffLine;

function middle(old: string[], now: string[], offset: number, same: Same): DiffLine[] {
  const lines: DiffLine[] = [];
  const remove = (index: number) =>
    lines.push({ kind: 'del', text: old[index] ?? '', oldNumber: offset + index + 1, marks: [] });
  const add = (index: number) =>
    lines.push({ kind: 'add', text: now[index] ?? '', newNumber: offset + index + 1, marks: [] });
  if (old.length * now.length > cellsMax) {
    old.forEach((_, index) => void remove(index));
    now.forEach((_, index) => void add(index));
    return lines;
  }
  const table = commonLengths(old, now);
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(same(offset + i, offset + j));
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(table, i + 1, j) >= at(table, i, j + 1))) {
      remove(i);
      i += 1;
    } else {
      add(j);
      j += 1;
    }
  }
  return lines;
}

type Table = { cells: Uint32Array; width: number };

const at = (table: Table, i: number, j: number) => table.cells[i * table.width + j] ?? 0;

/** Length of the longest common subsequence of every pair of ends. */
function commonLengths(old: string[], now: string[]): Table {
  const table = { cells: new Uint32Array((old.length + 1) * (now.length + 1)), width: now.length + 1 };
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      table.cells[i * table.width + j] =
        old[i] === now[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

/** Marks the changed words where a run of removed lines is answered by a run of added ones. */
export function withMarks(lines: DiffLine[]): DiffLine[] {
  const marked = [...lines];
  let index = 0;
  while (index < marked.length) {
    const dels = runOf(marked, index, 'del');
    const adds = runOf(marked, index + dels, 'add');
    markRun(marked, index, dels, adds);
    index += Math.max(1, dels + adds);
  }
  return marked;
}

/** Longer runs are rewritten passages, in which words no longer answer words. */
const runMax = 30;

/** Each added line is set against the first removed line, after the last that was taken, that it can have come from. */
function markRun(lines: DiffLine[], start: number, dels: number, adds: number): void {
  if (dels > runMax || adds > runMax) return;
  let from = start;
  for (let add = start + dels; add < start + dels + adds; add += 1) {
    for (let del = from; del < start + dels; del += 1) {
      if (!markPair(lines, del, add)) continue;
      from = del + 1;
      break;
    }
  }
}

function runOf(lines: DiffLine[], from: number, kind: DiffLine['kind']): number {
  let count = 0;
  while (lines[from + count]?.kind === kind) count += 1;
  return count;
}

function markPair(lines: DiffLine[], delIndex: number, addIndex: number): boolean {
  const del = lines[delIndex];
  const add = lines[addIndex];
  if (del?.kind !== 'del' || add?.kind !== 'add') return false;
  const words = changedWords(del.text, add.text);
  if (!words) return false;
  lines[delIndex] = { ...del, marks: words.before };
  lines[addIndex] = { ...add, marks: words.after };
  return true;
}

/** The changes with a few unchanged lines around them; what is left out says how much it was. */
export function withoutFarLines(lines: DiffLine[]): DiffLine[] {
  const isNear = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let near = index - contextLines; near <= index + contextLines; near += 1) isNear[near] = true;
  });
  const kept: DiffLine[] = [];
  let hidden = 0;
  const flush = () => {
    if (hidden > 0) kept.push({ kind: 'gap', text: `${hidden} unchanged ${hidden === 1 ? 'line' : 'lines'}` });
    hidden = 0;
  };
  lines.forEach((line, index) => {
    if (!isNear[index] && line.kind === 'same') {
      hidden += 1;
      return;
    }
    flush();
    kept.push(line);
  });
  flush();
  return kept;
}

/** How many lines came and went. */
export function countChanges(lines: readonly DiffLine[]): LineCount {
  return {
    added: lines.filter((line) => line.kind === 'add').length,
    removed: lines.filter((line) => line.kind === 'del').length,
  };
}

export interface LineCount {
  added: number;
  removed: number;
}

/**
 * How many lines came and went between two texts, as `diffLines` would show them. `null` where finding out takes more than
 * is left of the budget, in pairs of lines.
 */
export function countDiff(before: string, after: string, budget: { pairs: number }): LineCount | null {
  const [whole, wholeNow] = [linesOf(before), linesOf(after)];
  const { head, tail } = commonEnds(whole, wholeNow);
  const [gone, come] = [whole.slice(head, whole.length - tail), wholeNow.slice(head, wholeNow.length - tail)];
  // A line that only one of them has is in no common part.
  const [inOld, inNew] = [new Set(gone), new Set(come)];
  const [old, now] = [gone.filter((line) => inNew.has(line)), come.filter((line) => inOld.has(line))];
  const pairs = old.length * now.length;
  if (pairs > Math.min(budget.pairs, cellsMax)) return null;
  budget.pairs -= pairs;
  const common = pairs === 0 ? 0 : at(commonLengths(old, now), 0, 0);
  return { added: come.length - common, removed: gone.length - common };
}

/** Together; unknown where one of them is. */
export function sumOf(counts: readonly (LineCount | null)[]): LineCount | null {
  let sum: LineCount = { added: 0, removed: 0 };
  for (const count of counts) {
    if (count === null) return null;
    sum = { added: sum.added + count.added, removed: sum.removed + count.removed };
  }
  return sum;
}
