/** The tables: top sessions, models, projects, agents, tools. */
import type { Query } from '@taffrail/client';
import { type AnalyticsRow, type AnalyticsTable, agentLabel, type Metric, type ToolTable } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { sessionQuery } from '../../app/queries.js';
import { Cost, Share, Tokens, Unknown } from '../../parts/figure.js';
import { bytes, exactNumber } from '../../parts/format-number.js';
import { folderName, shortModel, tildePath } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { cacheHitRate, priceCoverage, requestCoverage, whyUnpriced } from '../../parts/usage-words.js';
import { Cell } from './cell.js';
import { exactMetricText, metricLabels, metricText, metricValue } from './metrics.js';
import { tableQuery, toolsQuery } from './queries.js';
import type { AnalyticsSearch, FilterName } from './url-state.js';

const rowsMax = 8;
const notReported = 'No request here reported it';

type TableProps = { metric: Metric; asked: Query; search: AnalyticsSearch };
type Panel = 'models' | 'projects' | 'agents';

const panels: Record<
  Panel,
  { title: string; head: string; filter: FilterName; span: number; name: (key: string) => ReactNode }
> = {
  models: {
    title: 'Models',
    head: 'Model',
    filter: 'model',
    span: 6,
    name: (key) =>
      key === '' ? (
        <span className="ink3">not logged</span>
      ) : (
        <span className="mono trunc" title={key}>
          {shortModel(key)}
        </span>
      ),
  },
  projects: {
    title: 'Projects',
    head: 'Project',
    filter: 'project',
    span: 6,
    name: (key) =>
      key === '' ? (
        <span className="ink3">no folder</span>
      ) : (
        <span className="trunc" title={tildePath(key)}>
          {folderName(key)}
        </span>
      ),
  },
  agents: {
    title: 'Agents',
    head: 'Agent',
    filter: 'agent',
    span: 6,
    name: (key) => (
      <>
        <Glyph agent={key} />
        <span className="trunc">{agentLabel(key)}</span>
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
  return (
    <Cell
      title={words.title}
      span={words.span}
      query={table}
      panel={panel}
      asked={query}
      height={220}
      end={table.data ? `${table.data.rows.length} in all` : null}
    >
      {(data) => (
        <Rows
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
              {words.name(row.key)}
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
      span={6}
      query={table}
      panel="top-sessions"
      asked={query}
      height={220}
      end={`by ${metricLabels[metric].toLowerCase()}`}
    >
      {(data) => <Rows rows={data.rows} head="Session" metric={metric} name={(row) => <SessionName id={row.key} />} />}
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

type RowsProps = {
  rows: readonly AnalyticsRow[];
  head: string;
  metric: Metric;
  name: (row: AnalyticsRow) => ReactNode;
};

function Rows({ rows, head, metric, name }: RowsProps) {
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

export function ToolsCell({ asked }: { asked: Query }) {
  const tools = useQuery(toolsQuery(asked));
  return (
    <Cell
      title="Tools"
      span={6}
      query={tools}
      panel="tools"
      asked={asked}
      height={220}
      end={tools.data ? `${tools.data.rows.length} in all` : null}
    >
      {(data) => <ToolRows table={data} />}
    </Cell>
  );
}

function ToolRows({ table }: { table: ToolTable }) {
  const [showAll, setShowAll] = useState(false);
  const rows = [...table.rows].sort((a, b) => b.calls - a.calls);
  const shown = showAll ? rows : rows.slice(0, rowsMax);
  const most = rows[0]?.calls ?? 1;
  if (rows.length === 0) return <p className="cover">No tool was called in this range.</p>;
  return (
    <>
      <table className="tbl plain dense tbl-rows">
        <thead>
          <tr>
            <th>Tool</th>
            <th className="bar-col" />
            <th className="num">Calls</th>
            <th className="num">Failed</th>
            <th className="num cache-col">Sessions</th>
            <th className="num">Output</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((tool) => (
            <tr key={tool.name}>
              <td className="mono" title={tool.name}>
                {tool.name}
              </td>
              <td className="bar-col">
                <span
                  className="hbar"
                  style={{ '--c': 'var(--color-span-tool)', width: `${(tool.calls / most) * 100}%` } as CSSProperties}
                />
              </td>
              <td className="num">{exactNumber(tool.calls)}</td>
              <td className="num ink2">{exactNumber(tool.errors)}</td>
              <td className="num ink2 cache-col">{exactNumber(tool.sessions)}</td>
              <td className="num ink2" title={`${exactNumber(tool.outputBytes)} bytes`}>
                {bytes(tool.outputBytes)}
              </td>
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
