/** What is not known, and why. */
import type { Query } from '@taffrail/client';
import type { AnalyticsCoverage } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, useState } from 'react';
import { useServes } from '../../app/serves.js';
import { counted, exactNumber, percent } from '../../parts/format-number.js';
import { Cell } from './cell.js';
import { coverageQuery } from './queries.js';
import { type AnalyticsSearch, fallbackRange } from './url-state.js';

const fieldLabels: Record<string, string> = {
  inputTokens: 'Input',
  outputTokens: 'Output',
  cacheReadTokens: 'Cache reads',
  cacheWriteTokens: 'Cache writes',
  cacheWrite1hTokens: '1 h writes',
  reasoningTokens: 'Reasoning',
  cost: 'Cost',
};

export function CoverageCell({ asked, search }: { asked: Query; search: AnalyticsSearch }) {
  const coverage = useQuery(coverageQuery(asked));
  const isPriced = useServes('metric.cost');
  return (
    <Cell
      title="What is not known, and why"
      span={4}
      query={coverage}
      panel="coverage"
      asked={asked}
      height={300}
      end={
        <Link to="/sessions" search={{ ...sameSessions(search), usage: ['partial', 'unknown'] }} className="link-quiet">
          Those sessions
        </Link>
      }
    >
      {(data) => <Coverage data={isPriced ? data : withoutCost(data)} />}
    </Cell>
  );
}

/** F7: what a server does not count is not said to be missing. */
function withoutCost(data: AnalyticsCoverage): AnalyticsCoverage {
  return {
    ...data,
    fields: data.fields.filter(({ field }) => field !== 'cost'),
    reasons: data.reasons.filter(({ missing }) => missing !== 'cost'),
  };
}

function Coverage({ data }: { data: AnalyticsCoverage }) {
  return (
    <div className="coverage">
      <Reasons data={data} />
      <Shares data={data} />
    </div>
  );
}

/** The range and filters of this page as the list of sessions takes them. */
function sameSessions({ metric: _metric, by: _by, ...shown }: AnalyticsSearch) {
  return shown.since || shown.until ? shown : { ...shown, range: shown.range ?? fallbackRange };
}

function Reasons({ data }: { data: AnalyticsCoverage }) {
  const [showAll, setShowAll] = useState(false);
  if (data.reasons.length === 0) {
    return (
      <p className="cover coverage-reasons">
        Every request of {counted(data.sessions, 'session')} told all its figures.
      </p>
    );
  }
  const shown = showAll ? data.reasons : data.reasons.slice(0, reasonsMax);
  return (
    <>
      <div className="coverage-reasons">
        <table className="tbl plain dense reasons">
          <colgroup>
            <col />
            <col className="w-[98px]" />
            <col className="w-[98px]" />
          </colgroup>
          <thead>
            <tr>
              <th>Reason</th>
              <th>Missing</th>
              <th className="num">Where</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((reason) => (
              <tr key={`${reason.reason} ${reason.missing}`}>
                <td title={reason.reason}>{reason.reason}</td>
                <td className="ink2" title={reason.missing}>
                  {reason.missing}
                </td>
                <td className="num">
                  {exactNumber(reason.count)} {reason.count === 1 ? reason.unit.slice(0, -1) : reason.unit}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.reasons.length > shown.length ? (
        <button type="button" className="more-rows" onClick={() => setShowAll(true)}>
          {data.reasons.length - shown.length} more
        </button>
      ) : null}
    </>
  );
}

const reasonsMax = 4;

function Shares({ data }: { data: AnalyticsCoverage }) {
  return (
    <div className="shares">
      {data.fields.map((field) => {
        const share = field.of === 0 ? null : field.reported / field.of;
        const title = `${exactNumber(field.reported)} of ${counted(field.of, 'request')}`;
        return (
          <div key={field.field} className="stack-l" title={title}>
            <span>{fieldLabels[field.field] ?? field.field}</span>
            <div className="stack">
              {share ? <i style={{ '--c': 'var(--color-heat-3)', width: `${share * 100}%` } as CSSProperties} /> : null}
            </div>
            <span className="num">{share === null ? '—' : percent(share)}</span>
          </div>
        );
      })}
    </div>
  );
}
