/** Stacked columns over time. Arrow keys walk them, Enter or a click narrows the range to one. */
import type { Metric } from '@taffrail/wire';
import { type KeyboardEvent, useState } from 'react';
import { useToday } from '../../app/clock.js';
import { shortDay } from '../../parts/format-time.js';
import { ColumnTip } from './column-tip.js';
import { metricText } from './metrics.js';
import { type Column, type Series, ticksFor } from './series.js';
import type { Stack } from './url-state.js';
import { useWidth } from './use-width.js';

const left = 38;
const right = 4;
const top = 6;
const bottom = 20;
const labelPx = 84;

type ChartProps = {
  columns: readonly Column[];
  series: readonly Series[];
  metric: Metric;
  by: Stack;
  height: number;
  onPick: (from: string, to: string) => void;
};

export function ColumnChart({ columns, series, metric, by, height, onPick }: ChartProps) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const [active, setActive] = useState<number | null>(null);
  const ticks = ticksFor(Math.max(...columns.map((column) => column.value ?? 0), 0));
  const most = ticks.at(-1) ?? 1;
  const plot = { width: Math.max(1, width - left - right), height: height - top - bottom };
  const step = plot.width / Math.max(1, columns.length);
  const y = (value: number) => top + plot.height - (value / most) * plot.height;
  const column = active === null ? undefined : columns[active];
  const pick = (index: number | null) => {
    const picked = index === null ? undefined : columns[index];
    if (picked) onPick(picked.from, picked.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = active ?? columns.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: columns.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setActive(Math.min(columns.length - 1, Math.max(0, next)));
    } else if (event.key === 'Enter') pick(active);
    else if (event.key === 'Escape') setActive(null);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a chart that is walked with the arrow keys has no element of its own
    <div
      ref={ref}
      className="chart"
      style={{ height }}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the columns are walked with the arrow keys
      tabIndex={0}
      aria-label="Columns over time; arrow keys walk them, Enter narrows the range to one"
      onKeyDown={onKeyDown}
      onBlur={() => setActive(null)}
      onPointerLeave={() => setActive(null)}
      onPointerMove={(event) => {
        const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
        const index = Math.floor(x / step);
        setActive(index >= 0 && index < columns.length ? index : null);
      }}
      onClick={() => pick(active)}
    >
      {width === 0 ? null : (
        <svg width={width} height={height} aria-hidden="true">
          {ticks.map((tick) => (
            <g key={tick}>
              <path d={`M${left} ${Math.round(y(tick)) + 0.5}H${width - right}`} stroke="var(--color-line)" />
              <text x={left - 7} y={y(tick) + 4} textAnchor="end">
                {tick === 0 ? '0' : metricText(tick, metric).replace(/\.0+(?=\D|$)/, '')}
              </text>
            </g>
          ))}
          {active === null ? null : (
            <rect x={left + active * step} y={top} width={step} height={plot.height} fill="var(--color-hover)" />
          )}
          {columns.map((one, index) => (
            <Bar
              key={one.from}
              column={one}
              series={series}
              x={left + index * step}
              step={step}
              y={y}
              base={top + plot.height}
            />
          ))}
          <DayLabels columns={columns} step={step} y={height - 5} />
        </svg>
      )}
      {column ? (
        <ColumnTip
          column={column}
          series={series}
          metric={metric}
          by={by}
          x={left + (active ?? 0) * step}
          step={step}
          width={width}
        />
      ) : null}
    </div>
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
  if (column.value === null) {
    // Sessions without a figure are not a 0: a dashed foot says that something is there.
    return column.sessions === 0 ? null : (
      <path d={`M${at} ${base - 1.5}h${wide}`} stroke="var(--color-ink-4)" strokeDasharray="2 1.5" strokeWidth="1.5" />
    );
  }
  let below = 0;
  return series.map((one, index) => {
    const value = column.parts[index] ?? 0;
    const lower = y(below);
    below += value;
    const upper = y(below);
    // One pixel of ground between parts, and no part of a figure thinner than a hair.
    const height = Math.max(value > 0 ? 0.6 : 0, lower - upper - 0.8);
    return height === 0 ? null : (
      <rect
        key={one.key}
        x={at}
        y={lower - 0.8 - height}
        width={wide}
        height={height}
        fill={`var(--color-series-${one.colour})`}
      />
    );
  });
}

function DayLabels({ columns, step, y }: { columns: readonly Column[]; step: number; y: number }) {
  const today = useToday();
  const every = Math.max(1, Math.ceil(labelPx / step));
  const isDaily = columns[0]?.from === columns[0]?.to;
  const isShown = (column: Column, index: number) =>
    isDaily && every <= 7 ? new Date(`${column.from}T12:00:00`).getDay() === 1 : index % every === 0;
  return columns.map((column, index) =>
    isShown(column, index) ? (
      <text key={column.from} x={left + (index + 0.5) * step} y={y} textAnchor={index === 0 ? 'start' : 'middle'}>
        {shortDay(column.from, today)}
      </text>
    ) : null,
  );
}
