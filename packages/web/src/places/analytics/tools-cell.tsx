/** The tools that were called: how often, how often in vain, how long they took, and how much they returned. */
import type { Query } from '@taffrail/client';
import type { ToolTable } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, useState } from 'react';
import { Unknown } from '../../parts/figure.js';
import { bytes, counted, exactNumber } from '../../parts/format-number.js';
import { duration } from '../../parts/format-time.js';
import { Cell } from './cell.js';
import { toolsQuery } from './queries.js';
import { rowsMax } from './usage-rows.js';

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
  // A server of before has not counted it.
  const isTimed = rows.some(({ timedCalls }) => timedCalls !== undefined);
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
            {isTimed ? <th className="num cache-col">Time</th> : null}
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
              {isTimed ? <TimeOf tool={tool} /> : null}
              <td
                className="num ink2"
                title={tool.outputBytes === null ? undefined : `${exactNumber(tool.outputBytes)} bytes`}
              >
                {tool.outputBytes === null ? <Unknown why="No result is in the log" /> : bytes(tool.outputBytes)}
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

function TimeOf({ tool: { calls, durationMs = null, timedCalls = 0 } }: { tool: ToolTable['rows'][number] }) {
  const note = timedCalls < calls ? `from ${exactNumber(timedCalls)} of ${counted(calls, 'call')}` : undefined;
  return (
    <td className="num ink2 cache-col">
      {durationMs === null ? (
        <Unknown why="No log says how long it took" />
      ) : (
        <span className={note ? 'partial' : undefined} title={note}>
          {duration(durationMs)}
        </span>
      )}
    </td>
  );
}
