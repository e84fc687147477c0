/** The metric per day, stacked by agent, model, project or kind of tokens. */
import type { Query } from '@taffrail/client';
import type { Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useToday } from '../../app/clock.js';
import { useIsPhone } from '../../app/media.js';
import type { Days } from '../../app/range.js';
import { servedChoice } from '../../app/served.js';
import { useServed } from '../../app/serves.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import { Cell } from './cell.js';
import { ColumnChart } from './column-chart.js';
import { metricLabels } from './metrics.js';
import { summaryQuery, tableQuery } from './queries.js';
import { colourOf, columnsOf, daysBetween, restKey, type Series, seriesOf, unitFor } from './series.js';
import { seriesLabels } from './series-label.js';
import { type AnalyticsSearch, type FilterName, type Stack, servedStacks } from './url-state.js';

type DailyProps = {
  metric: Metric;
  asked: Query;
  search: AnalyticsSearch;
  onBy: (by: Stack) => void;
  onDay: (from: string, to?: string) => void;
  onFilter: (name: FilterName, value: string) => void;
};

const stackLabels: Record<Stack, string> = { agent: 'Agent', model: 'Model', project: 'Project', kind: 'Kind' };

export function DailyCell({ metric, asked, search, onBy, onDay, onFilter }: DailyProps) {
  const served = servedStacks(metric, useServed());
  const by = servedChoice(search.by ?? 'agent', served, 'agent');
  const today = useToday();
  const range = useRange(asked, today);
  const unit = range ? unitFor(daysBetween(range.from, range.to)) : 'day';
  const query = { ...asked, metric, by, unit };
  const table = useQuery({ ...tableQuery('daily', query), enabled: range !== undefined });
  const isPhone = useIsPhone();
  const series = table.data ? seriesOf(table.data.rows, metric, by) : [];
  const legend = <Legend series={series} by={by} search={search} onFilter={onFilter} />;
  return (
    <Cell
      title={isPhone ? `Per ${unit}` : `${metricLabels[metric]} per ${unit}`}
      span={8}
      query={table}
      panel="daily"
      asked={query}
      height={300}
      legend={isPhone ? null : legend}
      end={<StackSwitch by={by} served={served} isPhone={isPhone} onBy={onBy} />}
    >
      {(data) => (
        <>
          {range ? (
            <ColumnChart
              columns={columnsOf({ rows: data.rows, wholes: data.wholes ?? [], series, metric, by, ...range })}
              series={series}
              metric={metric}
              by={by}
              height={isPhone ? 190 : 300}
              onPick={onDay}
            />
          ) : range === null ? (
            <p className="cover">Which days there are is not known.</p>
          ) : null}
          {isPhone ? legend : null}
        </>
      )}
    </Cell>
  );
}

type SwitchProps = { by: Stack; served: readonly Stack[]; isPhone: boolean; onBy: (by: Stack) => void };

function StackSwitch({ by, served, isPhone, onBy }: SwitchProps) {
  const options = served.map((value) => ({ value, label: stackLabels[value] }));
  if (!isPhone) return <Segmented label="Stacked by" value={by} options={options} onChange={onBy} />;
  return (
    <ChoiceMenu label="Stacked by" options={options} selected={[by]} onSelect={(value) => onBy(value as Stack)}>
      by {stackLabels[by].toLowerCase()}
    </ChoiceMenu>
  );
}

/**
 * From the first day that was asked for, or that has anything, to the last; `null` where nothing is there. Where the question
 * leaves an end open, the totals' days tell; until they have come it is not known how wide a column is.
 */
function useRange(asked: Query, today: string): { from: string; to: string } | null | undefined {
  const { since, until } = asked as Days;
  const isOpen = since === undefined || until === undefined;
  const { data, isError, isPlaceholderData } = useQuery({ ...summaryQuery(asked), enabled: isOpen });
  if (isOpen && !isError && (data === undefined || isPlaceholderData)) return undefined;
  const days = (data?.days ?? []).map(({ key }) => key).sort();
  const from = since ?? days[0];
  const to = until ?? [days.at(-1) ?? today, today].sort().at(-1);
  return from && to ? { from, to } : null;
}

type LegendProps = {
  series: readonly Series[];
  by: Stack;
  /** What the page is narrowed to. */
  search: AnalyticsSearch;
  onFilter: (name: FilterName, value: string) => void;
};

/** What the colours stand for; a click narrows the page to one, or widens it again. No page holds one kind of tokens. */
function Legend({ series, by, search, onFilter }: LegendProps) {
  const labelOf = seriesLabels(series, by);
  return (
    <div className="legend">
      {series.map((one) => {
        const { key } = one;
        const words = (
          <>
            <i className="sw" style={{ '--c': colourOf(one) } as CSSProperties} />
            {labelOf(key)}
          </>
        );
        if (key === restKey || by === 'kind') return <span key={key}>{words}</span>;
        const isChosen = search[by]?.includes(key) ?? false;
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
