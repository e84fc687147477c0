/** Every request with its bar. The list is virtual: long sessions make thousands. */
import type { UsageRequest } from '@taffrail/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useCapabilities } from '../../app/capabilities.js';
import { Cost, Tokens } from '../../parts/figure.js';
import { exactNumber } from '../../parts/format-number.js';
import { clock, exactTime } from '../../parts/format-time.js';
import { TokenBar } from '../../parts/token-bar.js';
import { whyUnknown } from '../../parts/usage-words.js';

const rowPx = 22;

type ListProps = {
  requests: readonly UsageRequest[];
  agent: string;
  scroller: RefObject<HTMLDivElement | null>;
  onSeq: (seq: number) => void;
};

export function RequestList({ requests, agent, scroller, onSeq }: ListProps) {
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(body.current?.offsetTop ?? 0), []);
  const virtual = useVirtualizer({
    count: requests.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 10,
    scrollMargin: margin,
  });
  const most = requests.reduce((max, request) => Math.max(max, request.inputTokens ?? 0), 1);
  return (
    <section className="sec">
      <div className="sec-h">
        <h2>Per request</h2>
        <span className="end">bar: tokens in</span>
      </div>
      <div className="req req-h">
        <span>#</span>
        <span />
        <span>In</span>
        <span>Out</span>
        <span>At</span>
        <span>Cost</span>
      </div>
      <div ref={body} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const request = requests[row.index];
          if (!request) return null;
          return (
            <button
              key={row.key}
              type="button"
              className="req"
              style={{ transform: `translateY(${row.start - margin}px)` }}
              onClick={() => onSeq(request.seq)}
            >
              <span className="ink3">{row.index + 1}</span>
              <RequestFigures request={request} agent={agent} most={most} />
            </button>
          );
        })}
      </div>
    </section>
  );
}

function RequestFigures({ request, agent, most }: { request: UsageRequest; agent: string; most: number }) {
  const capabilities = useCapabilities(agent);
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, outputPlaceholder } = request;
  const rest = (inputTokens ?? 0) - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0);
  const kinds = [
    { kind: 'cache-read' as const, value: cacheReadTokens },
    { kind: 'cache-write' as const, value: cacheWriteTokens },
    { kind: 'input' as const, value: Math.max(0, rest) },
  ];
  const whyOut =
    outputPlaceholder === undefined
      ? whyUnknown(agent, 'outputTokens', capabilities)
      : `The log’s ${exactNumber(outputPlaceholder)} was written before the answer was finished`;
  const inherited = request.inheritedFrom ? ', a copy: counted in the session it belongs to' : '';
  return (
    <>
      <span title={`${request.model ?? 'model not logged'}${inherited}`}>
        <TokenBar kinds={kinds} width={(inputTokens ?? 0) / most} label="tokens in, by kind" />
      </span>
      <span>
        <Tokens value={inputTokens} why={whyUnknown(agent, 'inputTokens', capabilities)} />
      </span>
      <span>
        <Tokens value={outputTokens} why={whyOut} />
      </span>
      <span className="ink3" title={exactTime(request.at)}>
        {clock(request.at)}
      </span>
      <span>
        <Cost
          micros={request.costMicros}
          why={`No price is known for ${request.model ?? 'a model that is not logged'}`}
        />
      </span>
    </>
  );
}
