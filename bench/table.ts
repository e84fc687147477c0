/** Figures side by side with what they must reach. */

export interface Figure {
  name: string;
  /** What was measured, with its unit. */
  measured: string;
  target: string;
  /** `null` where there is nothing to reach: it explains the figures around it. */
  holds: boolean | null;
}

export function printTable(figures: readonly Figure[]): void {
  const widths = (['name', 'measured', 'target'] as const).map((column) =>
    Math.max(column.length, ...figures.map((figure) => figure[column].length)),
  );
  const line = (cells: readonly string[], mark: string) =>
    console.log(`${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}  ${mark}`.trimEnd());
  line(['figure', 'measured', 'target'], '');
  for (const { name, measured, target, holds } of figures) {
    line([name, measured, target], holds === null ? '' : holds ? 'holds' : 'MISSED');
  }
}

export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
/** A server's own time, which tells more than the clock where others are busy; `null` where the system does not say. */
export const ofProcessor = (ms: number | null): string =>
  ms === null ? '' : ` (its processor time: ${milliseconds(ms)})`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Several times of one thing, which all must be below `maxMs`. */
export function timesFigure(
  name: string,
  all: readonly { ms: number; processorMs: number | null }[],
  maxMs: number,
): Figure {
  const each = (values: readonly number[]) => values.map(milliseconds).join(', ');
  const used = all.flatMap(({ processorMs }) => processorMs ?? []);
  const ofProcessors = used.length < all.length ? '' : ` (its processor time: ${each(used)})`;
  return {
    name,
    measured: `${each(all.map(({ ms }) => ms))}${ofProcessors}`,
    target: `< ${maxMs} ms`,
    holds: all.every(({ ms }) => ms < maxMs),
  };
}
