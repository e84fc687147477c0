/**
 * How long sub-agents worked. Another agent's call for one may be answered as soon as it has begun, and then its length is
 * that of the answer: where the sub-agent's own log is among the spans, that tells.
 */
import type { TraceSpan } from '@taffrail/wire';

/** The same spans, in their order; a call that was answered before its agent was done, or is only inferred, has the agent's time. */
export function withAgentTimes(spans: readonly TraceSpan[]): TraceSpan[] {
  const turns = new Map<string, TraceSpan[]>();
  for (const span of spans) {
    if (span.kind !== 'turn') continue;
    const known = turns.get(span.sessionId);
    if (known) known.push(span);
    else turns.set(span.sessionId, [span]);
  }
  return spans.map((span) => {
    if (span.kind !== 'agent' || span.childSessionId === null) return span;
    const own = turns.get(span.childSessionId);
    const first = own?.[0];
    if (!own || !first || !(span.inferred || outlasts(first, span))) return span;
    // Whoever asks the same agent again is told of what comes after: the time is counted where it began.
    turns.delete(span.childSessionId);
    return { ...span, ...timeOf(own) };
  });
}

/** What a person says to the agent later is none of the call's: its first turn tells whether it went on by itself. */
function outlasts(turn: TraceSpan, call: TraceSpan): boolean {
  if (call.finishedAt === null) return false;
  return turn.status === 'running' || (turn.finishedAt !== null && turn.finishedAt > call.finishedAt);
}

/** Between its turns an agent does nothing. */
function timeOf(turns: readonly TraceSpan[]): Partial<TraceSpan> {
  const startedAt = turns.map((turn) => turn.startedAt).reduce(earlier);
  const inferred = turns.some((turn) => turn.inferred);
  if (turns.some(({ status }) => status === 'running'))
    return { startedAt, inferred, status: 'running', finishedAt: null, durationMs: null };
  const ends = turns.flatMap(({ finishedAt }) => finishedAt ?? []);
  const lengths = turns.flatMap(({ durationMs }) => durationMs ?? []);
  const isKnown = lengths.length === turns.length;
  return {
    startedAt,
    inferred,
    finishedAt: isKnown ? ends.reduce((one, other) => (one > other ? one : other)) : null,
    durationMs: isKnown ? lengths.reduce((sum, length) => sum + length, 0) : null,
  };
}

const earlier = (one: string, other: string): string => (one < other ? one : other);
