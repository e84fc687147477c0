/** Where the time went, and what each tool took of time and tokens. */
import { toolShares } from '@taffrail/session';
import type { TraceSpan } from '@taffrail/wire';
import { type CSSProperties, useMemo } from 'react';
import { Unknown } from '../../parts/figure.js';
import { bytes, counted, exactNumber, shortNumber } from '../../parts/format-number.js';
import { duration } from '../../parts/format-time.js';
import { Blank } from '../../parts/states.js';
import type { Tone } from './trace-rows.js';

const kindsOfTime: { label: string; tone: Tone; kinds: readonly TraceSpan['kind'][] }[] = [
  { label: 'Models', tone: 'model', kinds: ['model'] },
  { label: 'Tools', tone: 'tool', kinds: ['tool', 'check'] },
  { label: 'Waiting', tone: 'wait', kinds: ['permission', 'wait'] },
];

export function ToolTable({ spans }: { spans: readonly TraceSpan[] }) {
  const shares = useMemo(() => toolShares(spans), [spans]);
  const times = useMemo(() => timesOf(spans), [spans]);
  const whole = times.reduce((sum, { ms }) => sum + ms, 0);
  const mostMs = Math.max(1, ...shares.map(({ durationMs }) => durationMs ?? 0));
  const tokens = shares.reduce((sum, share) => sum + (share.tokens ?? 0), 0);
  const toolMs = shares.reduce((sum, share) => sum + (share.durationMs ?? 0), 0);
  if (whole === 0 && shares.length === 0)
    return (
      <div className="px-4">
        <Blank fact="Nothing was timed yet">Each model call and each tool call is, as it comes.</Blank>
      </div>
    );
  return (
    <div className="panel-scroll">
      <section className="sec">
        <div className="sec-h">
          <h2>Time</h2>
          <span className="end">calls that ran side by side count each</span>
        </div>
        <div className="stack">
          {times.map(({ tone, ms }) =>
            ms === 0 ? null : (
              <i
                key={tone}
                style={{ '--c': `var(--color-span-${tone})`, width: `${(ms / whole) * 100}%` } as CSSProperties}
              />
            ),
          )}
        </div>
        <div className="split">
          {times.map(({ label, tone, ms }) => (
            <span key={tone} className="nowrap">
              <i className="sw" style={{ '--c': `var(--color-span-${tone})` } as CSSProperties} />{' '}
              <span className="ink3">{label}</span> <span className="num">{duration(ms)}</span>{' '}
              <span className="ink3">{whole === 0 ? '' : `${Math.round((ms / whole) * 100)}%`}</span>
            </span>
          ))}
        </div>
      </section>
      <section className="sec">
        <div className="sec-h">
          <h2>Tools</h2>
          <span
            className="end"
            title="By how much a request was longer than the one before and its answer, shared by the size of the results"
          >
            ≈ tokens their results added
          </span>
        </div>
        <table className="kv tool-shares">
          <thead>
            <tr>
              <th>Tool</th>
              <th className="num">Calls</th>
              <th className="num">Time</th>
              <th className="barc" aria-label="Share of time" />
              <th className="num">Output</th>
              <th className="num">≈ Tokens</th>
            </tr>
          </thead>
          <tbody>
            {shares.map((share) => (
              <tr key={share.name}>
                <td className="trunc">{share.name || 'not logged'}</td>
                <td className="num" title={share.errors === 0 ? undefined : `${counted(share.errors, 'call')} failed`}>
                  {exactNumber(share.calls)}
                  {share.errors === 0 ? null : <span className="bad"> · {share.errors} failed</span>}
                </td>
                <td className="num" title={noteOf(share.timedCalls, share.calls)}>
                  {share.durationMs === null ? (
                    <Unknown why="The log does not say how long it took" />
                  ) : (
                    duration(share.durationMs)
                  )}
                </td>
                <td
                  className="barc"
                  title={
                    toolMs === 0
                      ? undefined
                      : `${Math.round(((share.durationMs ?? 0) / toolMs) * 100)}% of the tools’ time`
                  }
                >
                  <div className="stack">
                    <i
                      style={
                        {
                          '--c': 'var(--color-span-tool)',
                          width: `${((share.durationMs ?? 0) / mostMs) * 100}%`,
                        } as CSSProperties
                      }
                    />
                  </div>
                </td>
                <td className="num" title={`${exactNumber(share.outputBytes)} bytes`}>
                  {bytes(share.outputBytes)}
                </td>
                <td
                  className="num"
                  title={
                    share.tokens === null
                      ? undefined
                      : `${exactNumber(Math.round(share.tokens))} tokens, ${Math.round((share.tokens / Math.max(1, tokens)) * 100)}% of the tools’${noteOf(share.measuredCalls, share.calls, ', ')}`
                  }
                >
                  {share.tokens === null ? (
                    <Unknown why="No two requests around its calls reported their figures" />
                  ) : (
                    shortNumber(Math.round(share.tokens))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function noteOf(known: number, all: number, lead = ''): string {
  return known === all ? '' : `${lead}from ${exactNumber(known)} of ${counted(all, 'call')}`;
}

function timesOf(spans: readonly TraceSpan[]) {
  return kindsOfTime.map(({ label, tone, kinds }) => ({
    label,
    tone,
    ms: spans.reduce((sum, span) => sum + (kinds.includes(span.kind) ? (span.durationMs ?? 0) : 0), 0),
  }));
}
