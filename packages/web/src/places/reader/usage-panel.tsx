/** What a session spent: by kind, by request, with what each figure was counted from. */
import type { SessionSummary, SessionUsage, Usage } from '@taffrail/wire';
import { memo, type ReactNode, useRef } from 'react';
import { useCapabilities } from '../../app/capabilities.js';
import { Cost, Share, Tokens, Unknown } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { cacheHitRate, priceCoverage, requestCoverage, whyUnknown, whyUnpriced } from '../../parts/usage-words.js';
import { ContextGauge } from './context-gauge.js';
import { crossCheckSentence } from './cross-check.js';
import { KindsTable } from './kinds-table.js';
import { RequestList } from './request-list.js';

type UsagePanelProps = {
  session: SessionSummary;
  data: SessionUsage;
  /** The context was compacted since the last request. */
  isStale?: boolean;
  onSeq: (seq: number) => void;
  budgets?: ReactNode;
};

export const UsagePanel = memo(function UsagePanel(props: UsagePanelProps) {
  const { session, data, isStale = false, onSeq, budgets } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isSimulated = data.requests.some(({ provider }) => provider === 'demo');
  const sentences = data.crossChecks
    .map((check) => crossCheckSentence(check, session))
    .filter((sentence) => sentence !== null);
  return (
    <div ref={scroller} className="panel-scroll">
      <ContextGauge last={data.usage?.last ?? null} window={data.contextWindow} isStale={isStale} />
      {budgets}
      <section className="sec">
        <div className="sec-h">
          <h2>Tokens</h2>
          {isSimulated ? (
            <span
              className="chip chip-waiting"
              title="The demo model makes its figures up: they are left out of analytics"
            >
              simulated
            </span>
          ) : null}
          <span className="end">{data.usage ? counted(data.usage.requests, 'request') : 'no request recorded'}</span>
        </div>
        {data.usage ? (
          <KindsTable usage={data.usage} agent={session.agent} />
        ) : (
          <NoUsage session={session} inherited={data.inherited} />
        )}
        <Rollups session={session} data={data} />
        {sentences.map((sentence) => (
          <p key={sentence} className="cover mt-2">
            {sentence}
          </p>
        ))}
      </section>
      {data.byModel.length > 1 ? <ByModel list={data.byModel} /> : null}
      {data.requests.length > 0 ? (
        <RequestList requests={data.requests} agent={session.agent} scroller={scroller} onSeq={onSeq} />
      ) : null}
    </div>
  );
});

function NoUsage({ session, inherited }: { session: SessionSummary; inherited: Usage | null }) {
  const capabilities = useCapabilities(session.agent);
  if (session.origin === 'live') return <p className="cover">Each answered request is counted here as it comes.</p>;
  return (
    <p className="cover">
      {inherited
        ? 'Every request in this log is a copy and counted in the session it belongs to.'
        : `${whyUnknown(session.agent, 'inputTokens', capabilities)}. The session is complete without.`}
    </p>
  );
}

/** What stands beside the sum: cache rate, what has no price, sub-agents, what was inherited. */
function Rollups({ session, data }: { session: SessionSummary; data: SessionUsage }) {
  const capabilities = useCapabilities(session.agent);
  const { usage, usageWithSubAgents, inherited } = data;
  const unpriced = usage ? priceCoverage(usage) : '';
  return (
    <table className="kv mt-1.5">
      <tbody>
        {usage ? (
          <tr>
            <td className="ink2">Cache hit rate</td>
            <td className="num">
              <Share value={cacheHitRate(usage)} why={whyUnknown(session.agent, 'cacheReadTokens', capabilities)} />
            </td>
          </tr>
        ) : null}
        {usage && unpriced !== '' ? (
          <tr>
            <td className="ink2">Price</td>
            <td className="num ink2">{unpriced}</td>
          </tr>
        ) : null}
        {session.childCount > 0 ? (
          <tr>
            <td className="ink2">With sub-agents ({session.childCount})</td>
            <td className="num">
              <InOutCost usage={usageWithSubAgents} />
            </td>
          </tr>
        ) : null}
        {inherited ? (
          <tr>
            <td
              className="ink2"
              title="Requests this log only holds a copy of; they are counted in the session they belong to"
            >
              Inherited, not counted here
            </td>
            <td className="num ink2">
              <InOutCost usage={inherited} />
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}

function InOutCost({ usage }: { usage: Usage | null }) {
  if (!usage) return <Unknown why="None of them reported usage" />;
  return (
    <>
      <Tokens value={usage.inputTokens} why="not reported" note={requestCoverage(usage, 'inputTokens')} /> /{' '}
      <Tokens value={usage.outputTokens} why="not reported" note={requestCoverage(usage, 'outputTokens')} />{' '}
      <span className="ink3">·</span>{' '}
      <Cost micros={usage.costMicros} why={whyUnpriced(usage)} note={priceCoverage(usage)} />
    </>
  );
}

function ByModel({ list }: { list: SessionUsage['byModel'] }) {
  return (
    <section className="sec">
      <div className="sec-h">
        <h2>By model</h2>
      </div>
      <table className="kv">
        <tbody>
          {list.map(({ model, usage }) => (
            <tr key={model}>
              <td className="mono trunc" title={model ?? undefined}>
                {model === null ? 'not logged' : shortModel(model)}
              </td>
              <td className="num">
                <InOutCost usage={usage} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
