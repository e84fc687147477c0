/** The drawing inside a column chart: lines at the ticks, the columns, the days under them. */
import type { Metric } from '@taffrail/wire';
import { useToday } from '../../app/clock.js';
import { shortDay } from '../../parts/format-time.js';
import { metricText } from './metrics.js';
import { type Column, colourOf, coloursMax, type Series, sumOfParts, ticksFor } from './series.js';

/** Where the first column begins, in pixels from the left edge of the chart. */
export const plotLeft = 38;
const right = 4;
const top = 6;
const bottom = 20;
// The first begins where the others have their middle.
const labelPx = 84;
const labelWithYearPx = 124;

/** How wide one column is, in pixels, its gap included. */
export function stepOf(width: number, columns: number): number {
  return Math.max(1, width - plotLeft - right) / Math.max(1, columns);
}

type PlotProps = {
  columns: readonly Column[];
  series: readonly Series[];
  metric: Metric;
  /** The column that is walked on or pointed at. */
  active: number | null;
  width: number;
  height: number;
};

export function ColumnPlot({ columns, series, metric, active, width, height }: PlotProps) {
  const ticks = ticksFor(Math.max(...columns.map((column) => column.value ?? 0), 0));
  const most = ticks.at(-1) ?? 1;
  const plotHeight = height - top - bottom;
  const step = stepOf(width, columns.length);
  const y = (value: number) => top + plotHeight - (value / most) * plotHeight;
  return (
    <svg width={width} height={height} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${plotLeft} ${Math.round(y(tick)) + 0.5}H${width - right}`} stroke="var(--color-line)" />
          <text x={plotLeft - 7} y={y(tick) + 4} textAnchor="end">
            {tick === 0 ? '0' : metricText(tick, metric).replace(/\.0+(?=\D|$)/, '')}
          </text>
        </g>
      ))}
      {active === null ? null : (
        <rect x={plotLeft + active * step} y={top} width={step} height={plotHeight} fill="var(--color-hover)" />
      )}
      {columns.map((one, index) => (
        <Bar
          key={one.from}
          column={one}
          series={series}
          x={plotLeft + index * step}
          step={step}
          y={y}
          base={top + plotHeight}
        />
      ))}
      <DayLabels columns={columns} step={step} y={height - 5} />
    </svg>
  );
}

type BarProps = {
  column: Column;
  series: readonly Series[];
  x: number;
  step: number;
  y: (value: number) => number;
  base: number;
};

function Bar({ column, series, x, step, y, base }: BarProps) {
  const wide = step > 6 ? step * 0.68 : Math.max(1, step - 1);
  const at = x + (step - wide) / 2;
  if (!column.value) {
    if (!column.hasSessions) return null;
    // Sessions without a figure are not a 0: a dashed foot says that something is there, a whole one that it is 0.
    return (
      <path
        d={`M${at} ${base - 1.5}h${wide}`}
        stroke="var(--color-ink-4)"
        strokeWidth="1.5"
        {...(column.value === null ? { strokeDasharray: '2 1.5' } : {})}
      />
    );
  }
  // Parts that share sessions are drawn as shares of the whole, and what is in none of them is grey.
  const sum = sumOfParts(column);
  const scale = sum > column.value ? column.value / sum : 1;
  const drawn = [
    ...series.map((one, index) => ({ ...one, value: (column.parts[index] ?? 0) * scale })),
    { key: 'in none', colour: coloursMax + 1, total: 0, value: column.value - sum * scale },
  ];
  let below = 0;
  return drawn.map((one) => {
    const { value } = one;
    const lower = y(below);
    below += value;
    const upper = y(below);
    // One pixel of ground between parts, and no part of a figure thinner than a hair.
    const height = Math.max(value > 0 ? 0.6 : 0, lower - upper - 0.8);
    return height === 0 ? null : (
      <rect key={one.key} x={at} y={lower - 0.8 - height} width={wide} height={height} fill={colourOf(one)} />
    );
  });
}

function DayLabels({ columns, step, y }: { columns: readonly Column[]; step: number; y: number }) {
  const today = useToday();
  const isOtherYear = columns.some(({ from }) => from.slice(0, 4) !== today.slice(0, 4));
  const every = Math.max(1, Math.ceil((isOtherYear ? labelWithYearPx : labelPx) / step));
  const isDaily = columns[0]?.from === columns[0]?.to;
  const isShown = (column: Column, index: number) =>
    isDaily && every <= 7 ? new Date(`${column.from}T12:00:00`).getDay() === 1 : index % every === 0;
  return columns.map((column, index) =>
    isShown(column, index) ? (
      <text
        key={column.from}
        x={plotLeft + (index + 0.5) * step}
        y={y}
        textAnchor={index === 0 ? 'start' : index === columns.length - 1 ? 'end' : 'middle'}
      >
        {shortDay(column.from, today)}
      </text>
    ) : null,
  );
}
