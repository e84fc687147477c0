/** What one column is made of. */
import type { Metric } from '@taffrail/wire';
import type { CSSProperties } from 'react';
import { useToday } from '../../app/clock.js';
import { exactNumber } from '../../parts/format-number.js';
import { dayLabel, shortDay } from '../../parts/format-time.js';
import { metricText } from './metrics.js';
import { type Column, colourOf, type Series } from './series.js';
import { seriesLabels } from './series-label.js';
import type { Stack } from './url-state.js';

const tipPx = 190;
const figure = (value: number | null, metric: Metric) => (value === null ? '—' : metricText(value, metric));

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
  const isTokens = metric !== 'sessions' && metric !== 'messages';
  const missing = isTokens && column.sessionsWithUsage < column.sessions;
  return (
    <div
      className="column-tip"
      role="status"
      style={{ width: tipPx, left: fitsRight ? x + step + 6 : Math.max(0, x - tipPx - 6) }}
    >
      <div className="row">
        <b>{title}</b>
        <span className="grow" />
        <span className="num">{column.sessions === 0 ? '' : figure(column.value, metric)}</span>
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
      <div className="ink3">
        {column.sessions === 0
          ? 'no sessions'
          : missing
            ? `from ${exactNumber(column.sessionsWithUsage)} of ${exactNumber(column.sessions)} sessions`
            : `from ${exactNumber(column.sessions)} ${column.sessions === 1 ? 'session' : 'sessions'}`}
      </div>
    </div>
  );
}
