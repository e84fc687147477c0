/** What is known of the selected span: its tokens as one bar with figures, its times and sizes, and where it stands in the log. */
import type { SpanNode } from '@taffrail/session';
import type { TraceSpan, TraceUsage } from '@taffrail/wire';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Cost, Unknown } from '../../parts/figure.js';
import { bytes, exactNumber, shortNumber } from '../../parts/format-number.js';
import { duration, exactTime } from '../../parts/format-time.js';
import { KindSwatch, TokenBar } from '../../parts/token-bar.js';
import { tokenKinds } from '../../parts/usage-words.js';
import { barWords, type TurnFacts, wordsOf } from './trace-rows.js';

interface DetailProps {
  node: SpanNode;
  /** Its place among attempts at one answer. */
  attempt: { number: number; of: number } | null;
  turn: TurnFacts | null;
  sessionId: string;
  nowMs: number;
  onSeq: (seq: number) => void;
}

export function SpanDetail({ node, attempt, turn, sessionId, nowMs, onSeq }: DetailProps) {
  const { span } = node;
  const words = wordsOf(node, false, turn);
  const seq = span.itemSeq ?? span.seq;
  return (
    <section className="span-d" aria-label="Selected span">
      <div className="row span-h">
        <span className="strong nowrap">{words.name}</span>
        <span className="trunc ink2">{words.about}</span>
        {attempt ? (
          <span className="chip">
            attempt {attempt.number} of {attempt.of}
          </span>
        ) : null}
        {span.step === null ? null : <span className="chip">step {span.step + 1}</span>}
        {span.inferred ? (
          <span className="chip" title="The log does not state its times: they follow from what stands around it">
            inferred
          </span>
        ) : null}
        <span className="grow" />
        {span.sessionId !== sessionId ? (
          <Link className="link xs nowrap" to="/s/$id" params={{ id: span.sessionId }} search={{ seq }}>
            Open its session
          </Link>
        ) : seq === Number.MAX_SAFE_INTEGER ? null : (
          <button type="button" className="link xs nowrap" onClick={() => onSeq(seq)}>
            Show in transcript
          </button>
        )}
      </div>
      {span.usage ? <Split usage={span.usage} /> : null}
      <dl className="attrs">
        {factsOf(node, nowMs).map(({ name, value, isWide }) => (
          <div key={name} className={isWide ? 'wide' : undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Cached, fresh, written to the cache; answered, thought. */
function Split({ usage }: { usage: TraceUsage }) {
  const reported = {
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: 1,
    cacheWriteTokens: 1,
    cacheWrite1hTokens: 1,
    reasoningTokens: 1,
  };
  const kinds = tokenKinds({ ...usage, reported });
  return (
    <>
      <TokenBar kinds={kinds} label="tokens by kind" />
      <div className="split">
        {kinds.map(({ kind, label, value }) => (
          <span key={kind} className="nowrap">
            <KindSwatch kind={kind} /> <span className="ink3">{label}</span>{' '}
            {value === null ? (
              <Unknown why={`${label} was not reported for this request`} />
            ) : (
              <span className="num" title={`${exactNumber(value)} tokens`}>
                {shortNumber(value)}
              </span>
            )}
          </span>
        ))}
      </div>
    </>
  );
}

interface Fact {
  name: string;
  value: ReactNode;
  isWide?: boolean;
}

function factsOf(node: SpanNode, nowMs: number): Fact[] {
  const { span } = node;
  const facts: (Fact | null)[] = [
    { name: 'Started', value: exactTime(span.startedAt) },
    { name: 'Took', value: barWords(node, nowMs) || '—' },
    span.keyId === null ? null : { name: 'Key', value: <span className="mono">{span.keyId}</span> },
    ...(span.kind === 'model' ? modelFacts(span) : []),
    span.inputBytes === null ? null : { name: 'Input', value: size(span.inputBytes) },
    span.outputBytes === null ? null : { name: 'Output', value: size(span.outputBytes) },
    span.discarded?.retryAfterMs == null ? null : { name: 'Retry after', value: duration(span.discarded.retryAfterMs) },
    span.seq === Number.MAX_SAFE_INTEGER
      ? null
      : { name: 'Log', value: <span className="mono">seq {exactNumber(span.seq)}</span> },
    span.error === null ? null : { name: 'Error', value: <span className="bad">{span.error}</span>, isWide: true },
  ];
  return facts.filter((fact) => fact !== null);
}

const size = (value: number) => <span title={`${exactNumber(value)} bytes`}>{bytes(value)}</span>;

function modelFacts(span: TraceSpan): (Fact | null)[] {
  const { usage, firstContentMs, durationMs } = span;
  const writingMs = durationMs !== null && firstContentMs !== null ? durationMs - firstContentMs : null;
  const output = usage?.outputTokens ?? null;
  const speed = writingMs !== null && writingMs > 0 && output !== null ? Math.round(output / (writingMs / 1000)) : null;
  const whyFirst = span.inferred ? 'This log does not say when the answer began' : 'Nothing came';
  return [
    { name: 'First token', value: firstContentMs === null ? <Unknown why={whyFirst} /> : duration(firstContentMs) },
    speed === null ? null : { name: 'Speed', value: `${exactNumber(speed)} tokens/s after it` },
    usage === null
      ? null
      : {
          name: 'Cost',
          value: (
            <Cost
              micros={usage.costMicros}
              why={`No price is known for ${usage.model ?? 'a model that is not logged'}`}
            />
          ),
        },
    usage?.inheritedFrom
      ? { name: 'Counted', value: 'in the session that this one was copied from', isWide: true }
      : null,
  ];
}
