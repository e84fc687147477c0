/** Rows of a breakdown: a name, a bar of the metric, tokens, cache, cost. */
import type { AnalyticsRow, Metric } from '@taffrail/wire';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { Cost, Share, Tokens, Unknown } from '../../parts/figure.js';
import { cacheHitRate, priceCoverage, requestCoverage, whyUnpriced } from '../../parts/usage-words.js';
import { exactMetricText, metricLabels, metricText, metricValue } from './metrics.js';

/** Rows shown before "more". */
export const rowsMax = 8;
const notReported = 'No request here reported it';

type RowsProps = {
  rows: readonly AnalyticsRow[];
  head: string;
  metric: Metric;
  name: (row: AnalyticsRow) => ReactNode;
};

export function UsageRows({ rows, head, metric, name }: RowsProps) {
  const [showAll, setShowAll] = useState(false);
  const shown = showAll ? rows : rows.slice(0, rowsMax);
  const most = Math.max(...rows.map((row) => metricValue(row, metric) ?? 0), 1);
  // Input and output always stand there; another metric gets a column of its own.
  const hasOwnColumn = metric === 'sessions' || metric === 'messages' || metric === 'cache_read_tokens';
  return (
    <>
      <table className="tbl plain dense tbl-rows">
        <thead>
          <tr>
            <th>{head}</th>
            <th className="bar-col" />
            {hasOwnColumn ? <th className="num">{metricLabels[metric]}</th> : null}
            <th className="num">Input</th>
            <th className="num">Output</th>
            <th className="num cache-col">Cache</th>
            <th className="num">Cost</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.key}>
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
              <Figures row={row} />
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
  if (value === null) return <Unknown why={notReported} />;
  return <span title={exactMetricText(value, metric)}>{metricText(value, metric)}</span>;
}

function Figures({ row }: { row: AnalyticsRow }) {
  const { usage } = row;
  return (
    <>
      <td className="num">
        <Tokens
          value={usage?.inputTokens ?? null}
          why={notReported}
          note={usage ? requestCoverage(usage, 'inputTokens') : undefined}
        />
      </td>
      <td className="num">
        <Tokens
          value={usage?.outputTokens ?? null}
          why={notReported}
          note={usage ? requestCoverage(usage, 'outputTokens') : undefined}
        />
      </td>
      <td className="num ink2 cache-col">
        <Share value={cacheHitRate(usage)} why={notReported} />
      </td>
      <td className="num ink2">
        <Cost
          micros={usage?.costMicros ?? null}
          why={whyUnpriced(usage)}
          note={usage ? priceCoverage(usage) : undefined}
        />
      </td>
    </>
  );
}
