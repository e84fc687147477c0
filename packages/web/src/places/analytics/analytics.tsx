/** What all agents did and spent: totals as metric switch, days, calendar, hours, tables, and what is not known. */
import { problemFrom } from '../../app/api.js';
import { Failed } from '../../parts/states.js';
import { AnalyticsCells, NothingToCount } from './analytics-cells.js';
import { AnalyticsHead } from './analytics-head.js';
import { Tiles } from './tiles.js';
import { useAnalytics } from './use-analytics.js';

export function Analytics() {
  const { search, meta, metric, metrics, asked, summary, change, onFilter, onDay, onAllTime } = useAnalytics();

  if (meta.isError) return <ServerSilent error={meta.error} onRetry={() => void meta.refetch()} />;
  if (!meta.data) return <main className="page" />;
  const isEmpty = summary.data?.total.sessions === 0;
  return (
    <main className="page">
      <AnalyticsHead search={search} metric={metric} metrics={metrics} asked={asked} onChange={change} />
      <div className="analytics">
        <Tiles query={summary} metric={metric} metrics={metrics} onMetric={(next) => change({ metric: next })} />
        {isEmpty ? (
          <NothingToCount onAllTime={onAllTime} />
        ) : (
          <AnalyticsCells
            metric={metric}
            asked={asked}
            search={search}
            onBy={(by) => change({ by })}
            onDay={onDay}
            onFilter={onFilter}
          />
        )}
      </div>
    </main>
  );
}

function ServerSilent({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <main className="page">
      <div className="p-4">
        <Failed what="The server could not be asked" problem={problemFrom(error)} onRetry={onRetry} />
      </div>
    </main>
  );
}
