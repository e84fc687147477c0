/** Rows of a breakdown: a name, a bar of the metric, tokens, cache, cost. */
import type { AnalyticsRow, Metric } from '@taffrail/wire';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { useServed } from '../../app/serves.js';
import { Cost, Share, Tokens, Unknown } from '../../parts/figure.js';
import { cacheHitRateOf, priceCoverage, requestCoverage, whyNoRate, whyUnpriced } from '../../parts/usage-words.js';
import { exactMetricText, metricCoverage, metricLabels, metricText, metricValue } from './metrics.js';
import { servedMetrics } from './url-state.js';

/** Rows shown before "more". */
export const rowsMax = 8;
const notReported = 'No request here reported it';

type RowsProps = {
  rows: readonly AnalyticsRow[];
  head: string;
  metric: Metric;
  name: (row: AnalyticsRow) => ReactNode;
  /** Numbers the rows, which come largest first. */
  isRanked?: boolean;
};

export function UsageRows({ rows, head, metric, name, isRanked = false }: RowsProps) {
  const [showAll, setShowAll] = useState(false);
  const metrics = servedMetrics(useServed());
  if (rows.length === 0) return <p className="cover">No request in this range reported any usage.</p>;
  const shown = showAll ? rows : rows.slice(0, rowsMax);
  const most = Math.max(...rows.map((row) => metricValue(row, metric) ?? 0), 1);
  // Input and output always stand there; another metric gets a column of its own.
  const columns = usageColumns.filter((column) => metrics.includes(column.metric));
  const hasOwnColumn = metric === 'sessions' || metric === 'messages' || metric === 'cache_read_tokens';
  return (
    <>
      <table className="tbl plain dense tbl-rows">
        <thead>
          <tr>
            {isRanked ? <th className="rank">#</th> : null}
            <th>{head}</th>
            <th className="bar-col" />
            {hasOwnColumn ? <th className="num">{metricLabels[metric]}</th> : null}
            {columns.map(({ title, className }) => (
              <th key={title} className={className}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={row.key}>
              {isRanked ? <td className="rank">{index + 1}</td> : null}
              <td>{name(row)}</td>
              <td className="bar-col">
                <span
                  className="hbar"
                  style={
                    {
                      '--c': 'var(--color-token-input)',
                      width: `${((metricValue(row, metric) ?? 0) / most) * 100}%`,
                    } as CSSProperties
                  }
                />
              </td>
              {hasOwnColumn ? (
                <td className="num">
                  <Figure row={row} metric={metric} />
                </td>
              ) : null}
              {columns.map(({ title, className, cell }) => (
                <td key={title} className={`${className}${quiet.has(title) ? ' ink2' : ''}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? (
        <button type="button" className="more-rows" onClick={() => setShowAll(true)}>
          {rows.length - shown.length} more
        </button>
      ) : null}
    </>
  );
}

function Figure({ row, metric }: { row: AnalyticsRow; metric: Metric }) {
  const value = metricValue(row, metric);
  if (value === null) return <Unknown why={metric === 'messages' ? metricCoverage(row, metric) : notReported} />;
  return <span title={exactMetricText(value, metric)}>{metricText(value, metric)}</span>;
}

type UsageColumn = { metric: Metric; title: string; className: string; cell: (row: AnalyticsRow) => ReactNode };

/** The columns that always stand there, as far as the server counts them (F7). */
const usageColumns: readonly UsageColumn[] = [
  {
    metric: 'input_tokens',
    title: 'Input',
    className: 'num',
    cell: ({ usage, untoldRequests }) => (
      <Tokens
        value={usage?.inputTokens ?? null}
        why={notReported}
        note={usage ? requestCoverage(usage, 'inputTokens', untoldRequests) : undefined}
      />
    ),
  },
  {
    metric: 'output_tokens',
    title: 'Output',
    className: 'num',
    cell: ({ usage, untoldRequests }) => (
      <Tokens
        value={usage?.outputTokens ?? null}
        why={notReported}
        note={usage ? requestCoverage(usage, 'outputTokens', untoldRequests) : undefined}
      />
    ),
  },
  {
    metric: 'cache_read_tokens',
    title: 'Cache',
    className: 'num cache-col',
    cell: (row) => (
      <Share
        value={cacheHitRateOf(row)}
        why={whyNoRate(row.usage)}
        note={row.usage ? requestCoverage(row.usage, 'cacheReadTokens', row.untoldRequests) : undefined}
      />
    ),
  },
  {
    metric: 'cost',
    title: 'Cost',
    className: 'num',
    cell: ({ usage, untoldRequests }) => (
      <Cost
        micros={usage?.costMicros ?? null}
        why={whyUnpriced(usage)}
        note={usage ? priceCoverage(usage, untoldRequests) : undefined}
      />
    ),
  },
];

const quiet = new Set(['Cache', 'Cost']);
