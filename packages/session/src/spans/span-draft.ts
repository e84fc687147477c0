/** A span while its log is read. */
import type { TraceKind, TraceSpan, TraceStatus } from '@taffrail/wire';
import type { RequestFacts } from '../request.js';

/** Times are milliseconds since 1970 UTC. */
export interface SpanDraft extends Omit<TraceSpan, 'sessionId' | 'startedAt' | 'finishedAt' | 'durationMs' | 'usage'> {
  startedAt: number;
  finishedAt: number | null;
  request: (RequestFacts & { inheritedFrom: string | null }) | null;
}

export interface SpanPlace {
  seq: number;
  at: number;
  turnId: string | null;
  step: number | null;
}

export function spanDraft(
  id: string,
  kind: TraceKind,
  name: string,
  { seq, at, turnId, step }: SpanPlace,
  some: Partial<SpanDraft> = {},
): SpanDraft {
  return {
    id,
    parentId: kind === 'turn' ? null : turnId,
    turnId,
    step,
    kind,
    name,
    subject: null,
    status: 'running',
    startedAt: at,
    finishedAt: null,
    firstContentMs: null,
    inputBytes: null,
    outputBytes: null,
    error: null,
    request: null,
    keyId: null,
    callId: null,
    childSessionId: null,
    discarded: null,
    decision: null,
    inferred: false,
    seq,
    itemSeq: null,
    ...some,
  };
}

export function finish(draft: SpanDraft, at: number, status: Exclude<TraceStatus, 'running'>): void {
  draft.status = status;
  draft.finishedAt = at;
}

/** Where the clock went back in between, how long it took is unknown: never less than nothing. */
export function spanFrom(sessionId: string, draft: SpanDraft): TraceSpan {
  const { request, startedAt, finishedAt: toldAt, ...rest } = draft;
  const finishedAt = toldAt !== null && toldAt >= startedAt ? toldAt : null;
  return {
    ...rest,
    sessionId,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
    durationMs: finishedAt === null ? null : finishedAt - startedAt,
    usage: request && usageFrom(request),
  };
}

function usageFrom(request: NonNullable<SpanDraft['request']>): NonNullable<TraceSpan['usage']> {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, reasoningTokens } = request;
  const { model, provider, inheritedFrom } = request;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens,
    reasoningTokens,
    model,
    provider,
    inheritedFrom,
    costMicros: null,
  };
}
