/** The totals as tiles; a tile is the switch of its metric. */
import type { AnalyticsRow, AnalyticsSummary, Metric } from '@taffrail/wire';
import type { UseQueryResult } from '@tanstack/react-query';
import { problemFrom } from '../../app/api.js';
import { useToday } from '../../app/clock.js';
import { Unknown } from '../../parts/figure.js';
import { percent } from '../../parts/format-number.js';
import { Failed, Skeleton } from '../../parts/states.js';
import { cacheHitRateOf, requestCoverage } from '../../parts/usage-words.js';
import {
  changeText,
  exactMetricText,
  metricCoverage,
  metricLabels,
  metricText,
  metricValue,
  previousWords,
} from './metrics.js';
import { Sparkline } from './sparkline.js';

type TilesProps = {
  query: UseQueryResult<AnalyticsSummary>;
  metric: Metric;
  metrics: readonly Metric[];
  onMetric: (metric: Metric) => void;
};

export function Tiles({ query, metric, metrics, onMetric }: TilesProps) {
  if (query.isError && !query.data) {
    return (
      <div className="p-4">
        <Failed
          what="The totals could not be counted"
          problem={problemFrom(query.error)}
          onRetry={() => void query.refetch()}
        />
      </div>
    );
  }
  return (
    <div className="tiles">
      {metrics.map((one) => (
        <button key={one} type="button" className="tile" aria-pressed={one === metric} onClick={() => onMetric(one)}>
          {query.data ? <TileBody metric={one} data={query.data} /> : <TileSkeleton title={titleOf(one)} />}
        </button>
      ))}
    </div>
  );
}

/** Cache reads are shown as the rate: the count alone says nothing about how well the cache works. */
const titleOf = (metric: Metric) => (metric === 'cache_read_tokens' ? 'Cache hit rate' : metricLabels[metric]);

function TileBody({ metric, data }: { metric: Metric; data: AnalyticsSummary }) {
  const isRate = metric === 'cache_read_tokens';
  const figureOf = (row: AnalyticsRow) => (isRate ? cacheHitRateOf(row) : metricValue(row, metric));
  const value = figureOf(data.total);
  return (
    <>
      <h3>
        {titleOf(metric)}
        <Sparkline values={data.days.map(figureOf)} />
      </h3>
      <div className="v">
        {value === null ? (
          <b>
            <Unknown why={metricCoverage(data.total, metric)} />
          </b>
        ) : (
          <b title={isRate ? undefined : exactMetricText(value, metric)}>
            {isRate ? percent(value) : metricText(value, metric)}
          </b>
        )}
        <Change now={value} before={data.previous ? figureOf(data.previous) : null} isRate={isRate} data={data} />
      </div>
      <Coverage metric={metric} data={data} />
    </>
  );
}

function Coverage({ metric, data }: { metric: Metric; data: AnalyticsSummary }) {
  const text =
    metric === 'sessions'
      ? `from ${data.agents} ${data.agents === 1 ? 'agent' : 'agents'}, ${data.projects} ${data.projects === 1 ? 'project' : 'projects'}`
      : metric === 'cache_read_tokens' && data.total.usage
        ? requestCoverage(data.total.usage, 'cacheReadTokens', data.total.untoldRequests) || 'from all requests'
        : metricCoverage(data.total, metric);
  return (
    <div className="cover" title={text}>
      {text}
    </div>
  );
}

type ChangeProps = { now: number | null; before: number | null; isRate: boolean; data: AnalyticsSummary };

function Change({ now, before, isRate, data }: ChangeProps) {
  const today = useToday();
  const text = changeText(now, before, isRate);
  if (text === null) return null;
  return (
    <span className="d" title={`against ${previousWords(data, today)}`}>
      {text}
    </span>
  );
}

function TileSkeleton({ title }: { title: string }) {
  return (
    <>
      <h3>{title}</h3>
      <div className="v tile-wait">
        <Skeleton width={84} height={14} />
      </div>
      <div className="cover">&nbsp;</div>
    </>
  );
}
