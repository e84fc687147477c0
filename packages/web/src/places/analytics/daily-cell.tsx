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
import { columnsOf, daysBetween, restKey, type Series, seriesOf, unitFor } from './series.js';
import { seriesLabels } from './series-label.js';
import type { AnalyticsSearch, FilterName, Stack } from './url-state.js';

type DailyProps = {
  metric: Metric;
  asked: Query;
  search: AnalyticsSearch;
  by: Stack;
  onBy: (by: Stack) => void;
  onDay: (from: string, to?: string) => void;
  onFilter: (name: FilterName, value: string) => void;
};

const options: { value: Stack; label: string }[] = [
  { value: 'agent', label: 'Agent' },
  { value: 'model', label: 'Model' },
  { value: 'project', label: 'Project' },
];

export function DailyCell({ metric, asked, search, by, onBy, onDay, onFilter }: DailyProps) {
  const query = { ...asked, metric, by };
  const table = useQuery(tableQuery('daily', query));
  const isPhone = useIsPhone();
  const today = useToday();
  const series = table.data ? seriesOf(table.data.rows, metric, by) : [];
  const range = table.data ? rangeOf(table.data, asked, today) : null;
  const unit = range ? unitFor(daysBetween(range.from, range.to)) : 'day';
  const legend = <Legend series={series} by={by} chosen={search[by] ?? []} onFilter={onFilter} />;
  return (
    <Cell
      title={`${metricLabels[metric]} per ${unit}`}
      span={8}
      query={table}
      panel="daily"
      asked={query}
      height={268}
      legend={isPhone ? null : legend}
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
          {isPhone ? legend : null}
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

type LegendProps = {
  series: readonly Series[];
  by: Stack;
  /** The groups that the page is narrowed to. */
  chosen: readonly string[];
  onFilter: (name: FilterName, value: string) => void;
};

/** What the colours stand for; a click narrows the page to one, or widens it again. */
function Legend({ series, by, chosen, onFilter }: LegendProps) {
  const labelOf = seriesLabels(series, by);
  return (
    <div className="legend">
      {series.map(({ key, colour }) => {
        const words = (
          <>
            <i className="sw" style={{ '--c': `var(--color-series-${colour})` } as CSSProperties} />
            {labelOf(key)}
          </>
        );
        if (key === restKey) return <span key={key}>{words}</span>;
        const isChosen = chosen.includes(key);
        return (
          <button
            key={key}
            type="button"
            aria-pressed={isChosen}
            title={isChosen ? `Show all ${by}s` : `Show ${labelOf(key)} alone`}
            onClick={() => onFilter(by, key)}
          >
            {words}
          </button>
        );
      })}
    </div>
  );
}
