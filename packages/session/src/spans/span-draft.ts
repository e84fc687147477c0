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

/**
 * Where the clock went back in between, how long it took is unknown: never less than nothing. Field by field, because
 * this is most of the work of a page.
 */
export function spanFrom(sessionId: string, draft: SpanDraft): TraceSpan {
  const { startedAt, finishedAt: toldAt } = draft;
  const finishedAt = toldAt !== null && toldAt >= startedAt ? toldAt : null;
  return {
    id: draft.id,
    sessionId,
    parentId: draft.parentId,
    turnId: draft.turnId,
    step: draft.step,
    kind: draft.kind,
    name: draft.name,
    subject: draft.subject,
    status: draft.status,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
    durationMs: finishedAt === null ? null : finishedAt - startedAt,
    firstContentMs: draft.firstContentMs,
    inputBytes: draft.inputBytes,
    outputBytes: draft.outputBytes,
    error: draft.error,
    usage: draft.request && usageFrom(draft.request),
    keyId: draft.keyId,
    callId: draft.callId,
    childSessionId: draft.childSessionId,
    discarded: draft.discarded,
    decision: draft.decision,
    inferred: draft.inferred,
    seq: draft.seq,
    itemSeq: draft.itemSeq,
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
