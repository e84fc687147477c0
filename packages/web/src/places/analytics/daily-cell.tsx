/** The metric per day, stacked by agent, model or project. */
import type { Query } from '@taffrail/client';
import type { AnalyticsTable, Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useToday } from '../../app/clock.js';
import { useIsPhone } from '../../app/media.js';
import { Segmented } from '../../parts/segmented.js';
import { Cell } from './cell.js';
import { ColumnChart } from './column-chart.js';
import { metricLabels } from './metrics.js';
import { tableQuery } from './queries.js';
import { columnsOf, daysBetween, type Series, seriesOf, unitFor } from './series.js';
import { seriesLabels } from './series-label.js';
import type { AnalyticsSearch, Stack } from './url-state.js';

type DailyProps = {
  metric: Metric;
  asked: Query;
  search: AnalyticsSearch;
  by: Stack;
  onBy: (by: Stack) => void;
  onDay: (from: string, to?: string) => void;
};

const options: { value: Stack; label: string }[] = [
  { value: 'agent', label: 'Agent' },
  { value: 'model', label: 'Model' },
  { value: 'project', label: 'Project' },
];

export function DailyCell({ metric, asked, by, onBy, onDay }: DailyProps) {
  const query = { ...asked, metric, by };
  const table = useQuery(tableQuery('daily', query));
  const isPhone = useIsPhone();
  const today = useToday();
  const series = table.data ? seriesOf(table.data.rows, metric, by) : [];
  const range = table.data ? rangeOf(table.data, asked, today) : null;
  const unit = range ? unitFor(daysBetween(range.from, range.to)) : 'day';
  return (
    <Cell
      title={`${metricLabels[metric]} per ${unit}`}
      span={8}
      query={table}
      panel="daily"
      asked={query}
      height={268}
      legend={isPhone ? null : <Legend series={series} by={by} />}
      end={<Segmented label="Stacked by" value={by} options={options} onChange={onBy} />}
    >
      {(data) => (
        <>
          {range ? (
            <ColumnChart
              columns={columnsOf({ rows: data.rows, series, metric, from: range.from, to: range.to })}
              series={series}
              metric={metric}
              by={by}
              height={isPhone ? 190 : 268}
              onPick={onDay}
            />
          ) : null}
          {isPhone ? <Legend series={series} by={by} /> : null}
        </>
      )}
    </Cell>
  );
}

/** From the first day that was asked for, or that has anything, to the last. */
function rangeOf(table: AnalyticsTable, asked: Query, today: string): { from: string; to: string } | null {
  const days = table.rows.map((row) => row.key).sort();
  const from = (asked.since as string | undefined) ?? days[0];
  const to = (asked.until as string | undefined) ?? [days.at(-1) ?? today, today].sort().at(-1);
  return from && to ? { from, to } : null;
}

function Legend({ series, by }: { series: readonly Series[]; by: Stack }) {
  const labelOf = seriesLabels(series, by);
  return (
    <div className="legend">
      {series.map((one) => (
        <span key={one.key}>
          <i className="sw" style={{ '--c': `var(--color-series-${one.colour})` } as CSSProperties} />
          {labelOf(one.key)}
        </span>
      ))}
    </div>
  );
}
