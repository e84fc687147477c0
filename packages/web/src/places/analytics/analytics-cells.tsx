/** The panels of Analytics under the tiles, or that there is nothing to count. */
import type { Query } from '@taffrail/client';
import type { Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { facetsQuery } from '../../app/queries.js';
import { Blank } from '../../parts/states.js';
import { CacheCell } from './cache-cell.js';
import { CoverageCell } from './coverage-cell.js';
import { DailyCell } from './daily-cell.js';
import { CalendarCell, HoursCell } from './heat-cells.js';
import { BreakdownCell, TopSessionsCell } from './table-cells.js';
import { ToolsCell } from './tools-cell.js';
import type { AnalyticsSearch, FilterName, Stack } from './url-state.js';

type CellsProps = {
  metric: Metric;
  asked: Query;
  search: AnalyticsSearch;
  onBy: (by: Stack) => void;
  onDay: (from: string, to?: string) => void;
  onFilter: (name: FilterName, value: string) => void;
};

export function AnalyticsCells({ metric, asked, search, onBy, onDay, onFilter }: CellsProps) {
  const shown = { metric, asked, search };
  return (
    <div className="cells">
      <DailyCell {...shown} onBy={onBy} onDay={onDay} onFilter={onFilter} />
      <CoverageCell asked={asked} search={search} />
      <CalendarCell {...shown} onDay={onDay} />
      <HoursCell {...shown} />
      <CacheCell asked={asked} onFilter={onFilter} />
      <TopSessionsCell {...shown} />
      <BreakdownCell {...shown} panel="models" onFilter={onFilter} />
      <BreakdownCell {...shown} panel="projects" onFilter={onFilter} />
      <BreakdownCell {...shown} panel="agents" onFilter={onFilter} />
      <ToolsCell asked={asked} />
    </div>
  );
}

/** Nothing at all, or nothing that was asked about. */
export function NothingToCount({ onAllTime }: { onAllTime: () => void }) {
  const facets = useQuery(facetsQuery({})).data;
  if (!facets) return null;
  return (
    <div className="px-4">
      {facets.agents.length === 0 ? (
        <Blank
          fact="Nothing to count yet"
          action={
            <Link to="/settings" search={{ section: 'import' }} className="btn btn-s">
              Where logs are looked for
            </Link>
          }
        >
          Logs of agents on this machine are read as they grow, and sessions that run here count as they run.
        </Blank>
      ) : (
        <Blank
          fact="No session in this range"
          action={
            <button type="button" className="btn btn-s" onClick={onAllTime}>
              Show all time
            </button>
          }
        >
          The range and the filters together leave nothing to count.
        </Blank>
      )}
    </div>
  );
}
