/** Tables that fit the terminal: what can give way gives way, what matters least is left out first. */
import type { Colours } from './colours.js';
import { columnsOf, cutTo, padTo } from './columns.js';

export interface Column {
  title: string;
  align: 'left' | 'right';
  /** May be cut, at its end or start: down to this width before columns are left out, and further where none is left. */
  shrinks?: { to: number; cut: 'end' | 'start' };
  /** Left out where the room is short; the highest goes first. Figures and ids are shown whole or not at all. */
  spare?: number;
  /** Colours a cell once it has its width. */
  paint?: (text: string) => string;
}

export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  /** Set apart below the others. */
  total?: readonly string[];
}

const gap = '  ';
const leastShown = 6;

/** Lines with an end each. Cells are printable text on one line. */
export function tableText({ columns, rows, total }: Table, width: number, colours: Colours): string {
  const all = total ? [...rows, total] : rows;
  const natural = columns.map((column, index) =>
    Math.max(columnsOf(column.title), ...all.map((row) => columnsOf(row[index] ?? ''))),
  );
  const shown = fitted(columns, natural, width);
  const line = (cells: readonly string[], paint: (text: string, column: Column) => string) =>
    `${shown
      .map(({ column, index, width }) =>
        paint(padTo(cutTo(cells[index] ?? '', width, column.shrinks?.cut), width, column.align), column),
      )
      .join(gap)
      .trimEnd()}\n`;
  const painted = (text: string, column: Column) => (column.paint ? column.paint(text) : text);
  const rule = colours.dim('─'.repeat(shown.reduce((sum, { width }) => sum + width + gap.length, -gap.length)));
  return [
    line(
      columns.map((column) => column.title),
      (text) => colours.dim(text),
    ),
    ...rows.map((row) => line(row, painted)),
    ...(total ? [`${rule}\n`, line(total, (text) => colours.bold(text))] : []),
  ].join('');
}

interface Shown {
  column: Column;
  index: number;
  width: number;
}

function fitted(columns: readonly Column[], natural: readonly number[], width: number): Shown[] {
  let shown = columns.map((column, index) => ({ column, index, width: natural[index] ?? 0 }));
  while (leastWidth(shown) > width) {
    const spare = shown.reduce<Shown | null>(
      (most, one) => ((one.column.spare ?? 0) > (most?.column.spare ?? 0) ? one : most),
      null,
    );
    if (!spare) break;
    shown = shown.filter((one) => one !== spare);
  }
  narrow(shown, width, (column) => column.shrinks?.to);
  narrow(shown, width, (column) => column.shrinks && leastShown);
  return shown;
}

/** Takes from the widest first, as far as `least` allows. */
function narrow(shown: readonly Shown[], width: number, least: (column: Column) => number | undefined): void {
  for (let excess = wholeWidth(shown) - width; excess > 0; excess -= 1) {
    const widest = shown
      .filter(({ column, width }) => width > (least(column) ?? width))
      .reduce<Shown | null>((most, one) => (one.width > (most?.width ?? 0) ? one : most), null);
    if (!widest) return;
    widest.width -= 1;
  }
}

const wholeWidth = (shown: readonly Shown[]): number =>
  shown.reduce((sum, { width }) => sum + width + gap.length, -gap.length);

function leastWidth(shown: readonly Shown[]): number {
  return wholeWidth(shown.map((one) => ({ ...one, width: Math.min(one.width, one.column.shrinks?.to ?? one.width) })));
}
