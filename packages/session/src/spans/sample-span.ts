/** Spans in short. For tests. */
import { type TraceSpan, tokenFields } from '@taffrail/wire';

interface Some {
  kind?: TraceSpan['kind'];
  name?: string;
  sessionId?: string;
  /** Seconds since 1970. */
  from: number;
  to: number | null;
  parentId?: string | null;
  step?: number | null;
  childSessionId?: string | null;
  discarded?: boolean;
  outputBytes?: number;
  usage?: Partial<NonNullable<TraceSpan['usage']>>;
}

const unknown = Object.fromEntries(tokenFields.map((field) => [field, null])) as Record<
  (typeof tokenFields)[number],
  null
>;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function sampleSpan(id: string, some: Some): TraceSpan {
  const { kind = 'model', name = 'n', sessionId = 's', from, to, parentId = null, step = null } = some;
  return {
    id,
    sessionId,
    parentId,
    turnId: 'turn',
    step,
    kind,
    name,
    subject: null,
    status: to === null ? 'running' : 'ok',
    startedAt: iso(from),
    finishedAt: to === null ? null : iso(to),
    durationMs: to === null ? null : (to - from) * 1000,
    firstContentMs: null,
    inputBytes: null,
    outputBytes: some.outputBytes ?? null,
    error: null,
    usage: some.usage
      ? { ...unknown, model: 'm', provider: null, inheritedFrom: null, costMicros: null, ...some.usage }
      : null,
    keyId: null,
    callId: null,
    childSessionId: some.childSessionId ?? null,
    discarded: some.discarded ? { reason: 'overloaded', httpStatus: null, retryAfterMs: null } : null,
    decision: null,
    inferred: false,
    seq: from + 1,
    itemSeq: null,
  };
}
