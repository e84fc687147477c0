/** The context gauge: the last request on the model's window. */
import type { LastRequest } from '@taffrail/wire';
import type { CSSProperties } from 'react';
import { exactNumber, shortNumber } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';

type Kind = 'cache-read' | 'cache-write' | 'input';

type GaugeProps = {
  last: LastRequest | null;
  window: number | null;
  /** The context was compacted since it was measured. */
  isStale?: boolean;
};

export function ContextGauge({ last, window, isStale = false }: GaugeProps) {
  const used = last?.inputTokens ?? null;
  const full = used === null ? null : used + (last?.outputTokens ?? 0);
  return (
    <section className="sec">
      <div className="sec-h">
        <h2>Context</h2>
        <span className="end">{last?.model ? shortModel(last.model) : ''}</span>
      </div>
      <div className="gauge-v">
        {full === null ? (
          <>
            <b>—</b>
            <span className="ink2">
              {last === null ? 'no request reported tokens' : 'the last request reported none'}
            </span>
          </>
        ) : (
          <>
            <b title={`${exactNumber(full)} tokens in the last request, answer included`}>{shortNumber(full)}</b>
            <span className="ink2">
              {window === null
                ? 'in the last request; the model’s window is not known'
                : `of ${shortNumber(window)} at the end`}
              {isStale ? ', before it was compacted' : ''}
            </span>
            <span className="grow" />
            {window === null ? null : <span className="ink2">{Math.round((full / window) * 100)}%</span>}
          </>
        )}
      </div>
      {last && used !== null && window !== null ? (
        <Bar last={last} used={used} window={window} />
      ) : (
        <div className="gauge gauge-unknown" />
      )}
    </section>
  );
}

function Bar({ last, used, window }: { last: LastRequest; used: number; window: number }) {
  const read = last.cacheReadTokens ?? 0;
  const write = last.cacheWriteTokens ?? 0;
  const parts: [Kind, number][] = [
    ['cache-read', read],
    ['cache-write', write],
    ['input', Math.max(0, used - read - write)],
  ];
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> can't show kinds side by side */}
      <div
        className="gauge"
        role="meter"
        aria-label="Context"
        aria-valuenow={used}
        aria-valuemin={0}
        aria-valuemax={window}
      >
        {parts.map(([kind, value]) =>
          value === 0 ? null : (
            <i
              key={kind}
              style={{ '--c': `var(--color-token-${kind})`, width: `${(value / window) * 100}%` } as CSSProperties}
            />
          ),
        )}
      </div>
      <div className="gauge-x" aria-hidden="true">
        <span style={{ left: 0 }}>0</span>
        <span style={{ left: '50%' }}>{shortNumber(window / 2)}</span>
        <span style={{ left: '100%' }}>{shortNumber(window)}</span>
      </div>
    </>
  );
}
