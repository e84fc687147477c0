/** What all agents did and spent: totals as metric switch, days, calendar, hours, tables, and what is not known. */
import type { Query } from '@taffrail/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { problemFrom } from '../../app/api.js';
import { useToday } from '../../app/clock.js';
import { metaQuery } from '../../app/queries.js';
import { daysOf } from '../../app/range.js';
import { Blank, Failed } from '../../parts/states.js';
import { toggled } from '../sessions/url-state.js';
import { AnalyticsHead } from './analytics-head.js';
import { CacheCell, CoverageCell } from './coverage-cells.js';
import { DailyCell } from './daily-cell.js';
import { CalendarCell, HoursCell } from './heat-cells.js';
import { summaryQuery } from './queries.js';
import { BreakdownCell, TopSessionsCell } from './table-cells.js';
import { Tiles } from './tiles.js';
import { ToolsCell } from './tools-cell.js';
import { type AnalyticsSearch, type FilterName, fallbackRange, servedMetric, servedMetrics } from './url-state.js';

const route = getRouteApi('/analytics');

export function Analytics() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = useToday();
  // F7: nothing is asked before the server has said what it can count.
  const meta = useQuery(metaQuery);
  const capabilities = meta.data?.capabilities ?? none;
  const metric = servedMetric(search.metric, capabilities);
  const days = daysOf(search, fallbackRange, today);
  const asked: Query = useMemo(
    () => ({ agent: search.agent, project: search.project, model: search.model, since: days.since, until: days.until }),
    [search.agent, search.project, search.model, days.since, days.until],
  );
  const change = useCallback(
    (next: Partial<AnalyticsSearch>) => {
      void navigate({
        search: (old) =>
          Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value !== undefined)),
        replace: true,
      });
    },
    [navigate],
  );
  const onFilter = (name: FilterName, value: string) => change({ [name]: toggled(search[name], value) });
  const onDay = (day: string, last = day) => {
    const isChosen = search.since === day && search.until === last;
    change(isChosen ? { since: undefined, until: undefined } : { since: day, until: last, range: undefined });
  };
  const summary = useQuery({ ...summaryQuery(asked), enabled: meta.isSuccess });

  if (meta.isError) {
    return (
      <main className="page">
        <div className="p-4">
          <Failed
            what="The server could not be asked"
            problem={problemFrom(meta.error)}
            onRetry={() => void meta.refetch()}
          />
        </div>
      </main>
    );
  }
  if (!meta.data) return <main className="page" />;
  const shared = { metric, asked, search };
  const isEmpty = summary.data?.total.sessions === 0;
  return (
    <main className="page">
      <AnalyticsHead
        search={search}
        metric={metric}
        metrics={servedMetrics(capabilities)}
        asked={asked}
        onChange={change}
      />
      <div className="analytics">
        <Tiles
          query={summary}
          metric={metric}
          metrics={servedMetrics(capabilities)}
          onMetric={(next) => change({ metric: next })}
        />
        {isEmpty ? (
          <div className="px-4">
            <Blank
              fact="No session in this range"
              action={
                <button
                  type="button"
                  className="btn btn-s"
                  onClick={() => void navigate({ search: { range: 'all' }, replace: true })}
                >
                  Show all time
                </button>
              }
            >
              The range and the filters together leave nothing to count.
            </Blank>
          </div>
        ) : (
          <div className="cells">
            <DailyCell {...shared} by={search.by ?? 'agent'} onBy={(by) => change({ by })} onDay={onDay} />
            <CoverageCell asked={asked} />
            <CalendarCell {...shared} onDay={onDay} />
            <HoursCell {...shared} />
            <CacheCell asked={asked} onFilter={onFilter} />
            <TopSessionsCell {...shared} />
            <BreakdownCell {...shared} panel="models" onFilter={onFilter} />
            <BreakdownCell {...shared} panel="projects" onFilter={onFilter} />
            <BreakdownCell {...shared} panel="agents" onFilter={onFilter} />
            <ToolsCell asked={asked} />
          </div>
        )}
      </div>
    </main>
  );
}

const none: string[] = [];
