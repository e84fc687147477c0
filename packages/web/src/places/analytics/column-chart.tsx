/** Stacked columns over time. Arrow keys walk them, Enter or a click narrows the range to one. */
import type { Metric } from '@taffrail/wire';
import { type KeyboardEvent, useState } from 'react';
import { ColumnPlot, plotLeft, stepOf } from './column-plot.js';
import { ColumnTip } from './column-tip.js';
import type { Column, Series } from './series.js';
import type { Stack } from './url-state.js';
import { useWidth } from './use-width.js';

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
  const { active, setActive, column, pick, onKeyDown } = useWalk(columns, onPick);
  const step = stepOf(width, columns.length);
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
        const x = event.clientX - event.currentTarget.getBoundingClientRect().left - plotLeft;
        const index = Math.floor(x / step);
        setActive(index >= 0 && index < columns.length ? index : null);
      }}
      onClick={() => pick(active)}
    >
      {width === 0 ? null : (
        <ColumnPlot columns={columns} series={series} metric={metric} active={active} width={width} height={height} />
      )}
      {column ? (
        <ColumnTip
          column={column}
          series={series}
          metric={metric}
          by={by}
          x={plotLeft + (active ?? 0) * step}
          step={step}
          width={width}
        />
      ) : null}
    </div>
  );
}

/** The column that is walked on: moved with the arrow keys, picked with Enter, left with Escape. */
function useWalk(columns: readonly Column[], onPick: ChartProps['onPick']) {
  const [active, setActive] = useState<number | null>(null);
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
  return { active, setActive, column, pick, onKeyDown };
}
