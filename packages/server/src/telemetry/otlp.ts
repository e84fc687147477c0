/**
 * Spans as OpenTelemetry's OTLP JSON, with the names of its GenAI conventions. Ids are made of ours, so that a span has
 * the same ones however often, and by whom, it is exported. A trace is a turn with all that it started.
 */
import { hash } from 'node:crypto';
import type { TraceSession, TraceSpan } from '@taffrail/wire';
import { version } from '../version.js';
import { type Attribute, attributesOf, type SpanContent } from './otlp-attributes.js';

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code?: number; message?: string };
}

export interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { scope: { name: string; version: string }; spans: OtlpSpan[] }[];
  }[];
}

/** Where a span hangs: the trace, and the span above where another session has it. */
export interface TracePlace {
  traceId: string;
  parentSpanId: string | null;
}

const kinds = { internal: 1, client: 3 } as const;
const errorCode = 2;

export const traceIdOf = (sessionId: string, turnId: string | null): string =>
  hash('sha256', `trace\0${sessionId}\0${turnId ?? ''}`, 'hex').slice(0, 32);

export const spanIdOf = ({ sessionId, id }: Pick<TraceSpan, 'sessionId' | 'id'>): string =>
  hash('sha256', `span\0${sessionId}\0${id}`, 'hex').slice(0, 16);

/** `null` while it runs: a span is told once, when it is over. `content`: what was said, where it was asked for. */
export function otlpSpan(
  span: TraceSpan,
  session: TraceSession,
  place: TracePlace,
  content: SpanContent | null,
): OtlpSpan | null {
  if (span.status === 'running') return null;
  const start = Date.parse(span.startedAt);
  const parentSpanId = span.parentId === null ? place.parentSpanId : spanIdOf({ ...span, id: span.parentId });
  const isError = span.status === 'error' || span.status === 'interrupted';
  const message = content === null || span.error === null ? {} : { message: span.error };
  return {
    traceId: place.traceId,
    spanId: spanIdOf(span),
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name: nameOf(span, session),
    kind: span.kind === 'model' ? kinds.client : kinds.internal,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(span.finishedAt === null ? start : Date.parse(span.finishedAt)),
    attributes: attributesOf(span, session, content),
    status: isError ? { code: errorCode, ...message } : {},
  };
}

/** @param more what else is said of who tells, or said otherwise. */
export function otlpRequest(spans: OtlpSpan[], more: readonly Attribute[] = []): OtlpRequest {
  const own = [
    { key: 'service.name', value: { stringValue: 'taffrail' } },
    { key: 'service.version', value: { stringValue: version } },
  ];
  const resource = [...own.filter(({ key }) => !more.some((one) => one.key === key)), ...more];
  const scope = { name: 'taffrail', version };
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope, spans }] }] };
}

/** Milliseconds as nanoseconds, which are more than a number holds. */
const nanos = (ms: number): string => `${BigInt(ms) * 1_000_000n}`;

function nameOf(span: TraceSpan, session: TraceSession): string {
  switch (span.kind) {
    case 'turn':
      return `invoke_agent ${session.agent}`;
    case 'agent':
      return `invoke_agent ${span.name}`.trim();
    case 'model':
      return `chat ${span.name}`.trim();
    case 'tool':
      return `execute_tool ${span.name}`.trim();
    case 'permission':
      return `permission ${span.name}`;
    // A check is named by its command line, which is content.
    case 'check':
    case 'compaction':
    case 'wait':
      return span.kind;
    default:
      return span.kind satisfies never;
  }
}
