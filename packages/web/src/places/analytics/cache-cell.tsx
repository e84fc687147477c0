/** How well the cache worked, agent by agent: the share of input that came from it, and what that saved. */
import type { Query } from '@taffrail/client';
import { type AnalyticsRow, type AnalyticsTable, agentLabel } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useServes } from '../../app/serves.js';
import { Cost, Share } from '../../parts/figure.js';
import { agentColour, Glyph } from '../../parts/glyph.js';
import { cacheHitRateOf, requestCoverage, savingCoverage, whyNoRate, whyNoSaving } from '../../parts/usage-words.js';
import { Cell } from './cell.js';
import { tableQuery } from './queries.js';
import type { FilterName } from './url-state.js';

type OnFilter = (name: FilterName, value: string) => void;

export function CacheCell({ asked, onFilter }: { asked: Query; onFilter: OnFilter }) {
  const query = { ...asked, metric: 'input_tokens' };
  const agents = useQuery(tableQuery('agents', query));
  const isPriced = useServes('metric.cost');
  // A server of before does not tell what the cache saved.
  const told = isPriced && agents.data?.total.usage ? agents.data.total : null;
  const isTold = told?.cacheSavedMicros !== undefined;
  return (
    <Cell
      title="Cache efficiency"
      span={4}
      query={agents}
      panel="agents"
      asked={query}
      height={111}
      end={told && isTold ? <Saved total={told} /> : null}
    >
      {(data) => <CacheRates table={data} isSavingTold={isTold} onFilter={onFilter} />}
    </Cell>
  );
}

/** `saved $1,820.91`, or what the cache cost where writing to it was dearer than what its reads spared. */
function Saved({ total }: { total: AnalyticsRow }) {
  const micros = total.cacheSavedMicros ?? null;
  return (
    <span className="saved">
      {micros !== null && micros < 0 ? 'cost' : 'saved'}{' '}
      <b>
        <Saving row={total} micros={micros === null ? null : Math.abs(micros)} />
      </b>
    </span>
  );
}

function Saving({ row, micros }: { row: AnalyticsRow; micros: number | null }) {
  return <Cost micros={micros} why={whyNoSaving(row.usage)} note={savingCoverage(row)} />;
}

const agentsMax = 5;

type RatesProps = { table: AnalyticsTable; isSavingTold: boolean; onFilter: OnFilter };

function CacheRates({ table, isSavingTold, onFilter }: RatesProps) {
  const rows = table.rows.filter((row) => row.usage).slice(0, agentsMax);
  if (rows.length === 0) return <p className="cover">No request in this range reported any usage.</p>;
  return (
    <table className="tbl plain dense cache-rates">
      <colgroup>
        <col className="w-[128px]" />
        <col />
        <col className="w-[66px]" />
        {isSavingTold ? <col className="w-[84px]" /> : null}
      </colgroup>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td>
              <button type="button" className="row cell-link" onClick={() => onFilter('agent', row.key)}>
                <Glyph agent={row.key} />
                <span className="trunc">{agentLabel(row.key)}</span>
              </button>
            </td>
            <Rate row={row} />
            {isSavingTold ? (
              <td className="num ink2">
                <Saving row={row} micros={row.cacheSavedMicros ?? null} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rate({ row }: { row: AnalyticsRow }) {
  const rate = cacheHitRateOf(row);
  return (
    <>
      <td>
        {rate === null ? null : (
          <span className="hbar" style={{ '--c': agentColour(row.key), width: `${rate * 100}%` } as CSSProperties} />
        )}
      </td>
      <td className="num">
        <Share
          value={rate}
          why={whyNoRate(row.usage)}
          note={row.usage ? requestCoverage(row.usage, 'cacheReadTokens', row.untoldRequests) : undefined}
        />
      </td>
    </>
  );
}
