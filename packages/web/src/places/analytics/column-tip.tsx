/** What one column is made of. */
import type { Metric } from '@taffrail/wire';
import type { CSSProperties } from 'react';
import { useToday } from '../../app/clock.js';
import { counted } from '../../parts/format-number.js';
import { dayLabel, shortDay } from '../../parts/format-time.js';
import { metricCoverage, metricText } from './metrics.js';
import { type Column, colourOf, type Series, sumOfParts } from './series.js';
import { seriesLabels } from './series-label.js';
import type { Stack } from './url-state.js';

const tipPx = 190;
const figure = (value: number | null, metric: Metric) => (value === null ? '—' : metricText(value, metric));

/** What the column was counted from. A server of before tells that of its parts alone, in which a session may be twice. */
function coverageOf(column: Column, metric: Metric): string {
  const { whole, hasSessions } = column;
  if (!hasSessions) return 'no sessions';
  if (!whole) return '';
  if (metric === 'sessions' && sumOfParts(column) !== whole.sessions)
    return 'a session may be in several parts, or in none';
  return metricCoverage(whole, metric, `from ${counted(whole.sessions, 'session')}`);
}

type TipProps = {
  column: Column;
  series: readonly Series[];
  metric: Metric;
  by: Stack;
  x: number;
  step: number;
  width: number;
};

export function ColumnTip({ column, series, metric, by, x, step, width }: TipProps) {
  const today = useToday();
  const labelOf = seriesLabels(series, by);
  const fitsRight = x + step + tipPx + 8 < width;
  const title =
    column.from === column.to
      ? dayLabel(column.from, today)
      : `${shortDay(column.from, today)} – ${shortDay(column.to, today)}`;
  return (
    <div
      className="column-tip"
      role="status"
      style={{ width: tipPx, left: fitsRight ? x + step + 6 : Math.max(0, x - tipPx - 6) }}
    >
      <div className="row">
        <b>{title}</b>
        <span className="grow" />
        <span className="num">{column.hasSessions ? figure(column.value, metric) : ''}</span>
      </div>
      {series.map((one, index) => {
        const value = column.parts[index];
        return value === undefined ? null : (
          <div key={one.key} className="row ink2">
            <i className="sw" style={{ '--c': colourOf(one) } as CSSProperties} />
            <span className="trunc">{labelOf(one.key)}</span>
            <span className="grow" />
            <span className="num">{figure(value, metric)}</span>
          </div>
        );
      })}
      <div className="ink3">{coverageOf(column, metric)}</div>
    </div>
  );
}
