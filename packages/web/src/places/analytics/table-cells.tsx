/** The tables: top sessions, models, projects, agents. A click on a name filters the page. */
import type { Query } from '@taffrail/client';
import { type AnalyticsRow, type AnalyticsTable, agentLabel, type Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sessionQuery } from '../../app/queries.js';
import { modelNames, projectNames, tildePath } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { Cell } from './cell.js';
import { metricLabels, metricValue } from './metrics.js';
import { tableQuery } from './queries.js';
import type { AnalyticsSearch, FilterName } from './url-state.js';
import { UsageRows } from './usage-rows.js';

type TableProps = { metric: Metric; asked: Query; search: AnalyticsSearch };
type Panel = 'models' | 'projects' | 'agents';

type PanelWords = {
  title: string;
  head: string;
  filter: FilterName;
  nameOf: (keys: readonly string[]) => (key: string) => string;
  name: (key: string, short: string) => ReactNode;
};

const panels: Record<Panel, PanelWords> = {
  models: {
    title: 'Models',
    head: 'Model',
    filter: 'model',
    nameOf: modelNames,
    name: (key, short) =>
      key === '' ? (
        <span className="ink3">not logged</span>
      ) : (
        <span className="mono trunc" title={key}>
          {short}
        </span>
      ),
  },
  projects: {
    title: 'Projects',
    head: 'Project',
    filter: 'project',
    nameOf: projectNames,
    name: (key, short) =>
      key === '' ? (
        <span className="ink3">no folder</span>
      ) : (
        <span className="trunc" title={tildePath(key)}>
          {short}
        </span>
      ),
  },
  agents: {
    title: 'Agents',
    head: 'Agent',
    filter: 'agent',
    nameOf: () => agentLabel,
    name: (key, short) => (
      <>
        <Glyph agent={key} />
        <span className="trunc">{short}</span>
      </>
    ),
  },
};

export function BreakdownCell(
  props: TableProps & { panel: Panel; onFilter: (name: FilterName, value: string) => void },
) {
  const { metric, asked, search, panel, onFilter } = props;
  const query = { ...asked, metric };
  const table = useQuery(tableQuery(panel, query));
  const words = panels[panel];
  const nameOf = words.nameOf(table.data?.rows.map((row) => row.key) ?? []);
  return (
    <Cell
      title={words.title}
      span={6}
      query={table}
      panel={panel}
      asked={query}
      height={220}
      end={table.data ? `${table.data.rows.length} in all` : null}
    >
      {(data) => (
        <UsageRows
          rows={sorted(data, metric)}
          head={words.head}
          metric={metric}
          name={(row) => (
            <button
              type="button"
              className="row cell-link"
              aria-pressed={search[words.filter]?.includes(row.key) ?? false}
              onClick={() => onFilter(words.filter, row.key)}
            >
              {words.name(row.key, nameOf(row.key))}
            </button>
          )}
        />
      )}
    </Cell>
  );
}

export function TopSessionsCell({ metric, asked }: TableProps) {
  const query = { ...asked, metric, limit: 20 };
  const table = useQuery(tableQuery('top-sessions', query));
  return (
    <Cell
      title="Top sessions"
      span={12}
      query={table}
      panel="top-sessions"
      asked={query}
      height={220}
      end={`by ${metricLabels[metric].toLowerCase()}`}
    >
      {(data) => (
        <UsageRows
          isRanked
          rows={data.rows}
          head="Session"
          metric={metric}
          name={(row) => <SessionName id={row.key} />}
        />
      )}
    </Cell>
  );
}

function SessionName({ id }: { id: string }) {
  const { data } = useQuery(sessionQuery(id));
  return (
    <Link to="/s/$id" params={{ id }} className="row cell-link" title={data?.title ?? undefined}>
      {data ? <Glyph agent={data.agent} /> : null}
      <span className="trunc">{data ? (data.title ?? 'Untitled') : id.slice(0, 13)}</span>
    </Link>
  );
}

/** Largest first; unknown figures last. */
function sorted(table: AnalyticsTable, metric: Metric): AnalyticsRow[] {
  return [...table.rows].sort((a, b) => (metricValue(b, metric) ?? -1) - (metricValue(a, metric) ?? -1));
}
