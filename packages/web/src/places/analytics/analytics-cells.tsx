/** The panels of Analytics under the tiles, or that there is nothing to count. */
import type { Query } from '@taffrail/client';
import type { Metric } from '@taffrail/wire';
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

export function NothingToCount({ onAllTime }: { onAllTime: () => void }) {
  return (
    <div className="px-4">
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
    </div>
  );
}
