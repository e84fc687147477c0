/** Where the time went, and what each tool took of time and tokens. */
import { type ToolShare, toolShares, withoutEchoes } from '@taffrail/session';
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
  const times = useMemo(() => timesOf(withoutEchoes(spans)), [spans]);
  if (shares.length === 0 && times.every(({ ms }) => ms === 0))
    return (
      <div className="px-4">
        <Blank fact="Nothing was timed yet">Each model call and each tool call is, as it comes.</Blank>
      </div>
    );
  return (
    <div className="panel-scroll">
      <TimeShares times={times} />
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
              <ToolRow key={share.name} share={share} all={shares} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

const colour = (tone: Tone, width?: number) =>
  ({
    '--c': `var(--color-span-${tone})`,
    ...(width === undefined ? {} : { width: `${width * 100}%` }),
  }) as CSSProperties;

function TimeShares({ times }: { times: ReturnType<typeof timesOf> }) {
  const whole = Math.max(
    1,
    times.reduce((sum, { ms }) => sum + ms, 0),
  );
  return (
    <section className="sec">
      <div className="sec-h">
        <h2>Time</h2>
        <span className="end">calls that ran side by side count each</span>
      </div>
      <div className="stack">
        {times.map(({ tone, ms }) => (ms === 0 ? null : <i key={tone} style={colour(tone, ms / whole)} />))}
      </div>
      <div className="split">
        {times.map(({ label, tone, ms }) => (
          <span key={tone} className="nowrap">
            <i className="sw" style={colour(tone)} /> <span className="ink3">{label}</span>{' '}
            <span className="num">{duration(ms)}</span> <span className="ink3">{Math.round((ms / whole) * 100)}%</span>
          </span>
        ))}
      </div>
    </section>
  );
}

function ToolRow({ share, all }: { share: ToolShare; all: readonly ToolShare[] }) {
  const { name, calls, errors, durationMs, timedCalls, outputBytes, tokens, measuredCalls } = share;
  const sum = (of: (one: ToolShare) => number | null) => all.reduce((total, one) => total + (of(one) ?? 0), 0);
  const most = Math.max(1, ...all.map((one) => one.durationMs ?? 0));
  const timeShare =
    (durationMs ?? 0) /
    Math.max(
      1,
      sum((one) => one.durationMs),
    );
  const tokenShare =
    (tokens ?? 0) /
    Math.max(
      1,
      sum((one) => one.tokens),
    );
  const exactTokens = `${exactNumber(Math.round(tokens ?? 0))} tokens, ${Math.round(tokenShare * 100)}% of the tools’`;
  return (
    <tr>
      <td className="trunc">{name || 'not logged'}</td>
      <td className="num">
        {exactNumber(calls)}
        {errors === 0 ? null : <span className="bad"> · {exactNumber(errors)} failed</span>}
      </td>
      <td className="num" title={noteOf(timedCalls, calls)}>
        {durationMs === null ? <Unknown why="The log does not say how long it took" /> : duration(durationMs)}
      </td>
      <td className="barc" title={`${Math.round(timeShare * 100)}% of the tools’ time`}>
        <div className="stack">
          <i style={colour('tool', (durationMs ?? 0) / most)} />
        </div>
      </td>
      <td className="num" title={`${exactNumber(outputBytes)} bytes`}>
        {bytes(outputBytes)}
      </td>
      <td className="num" title={tokens === null ? undefined : `${exactTokens}${noteOf(measuredCalls, calls, ', ')}`}>
        {tokens === null ? (
          <Unknown why="No two requests around its calls reported their figures" />
        ) : (
          shortNumber(Math.round(tokens))
        )}
      </td>
    </tr>
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
