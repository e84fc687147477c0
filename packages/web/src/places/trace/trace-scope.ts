/** What of a session its trace shows, as the address holds it. */
import type { SessionSummary } from '@taffrail/wire';
import { oneOf, textOf } from '../../app/search-params.js';

export type TraceScope = { kind: 'turn'; turnId: string } | { kind: 'session' } | { kind: 'tree' };

export const traceViews = ['waterfall', 'table', 'tools'] as const;
export type TraceView = (typeof traceViews)[number];

export type TraceSearch = {
  /** `session`, `tree`, or the id of a turn. Absent: the latest turn of a session that runs here, else all. */
  trace?: string;
  /** Absent: the waterfall. */
  traceView?: TraceView;
};

export function traceSearchOf(raw: Record<string, unknown>): TraceSearch {
  const trace = textOf(raw.trace);
  const traceView = oneOf(raw.traceView, traceViews);
  return { ...(trace ? { trace } : {}), ...(traceView ? { traceView } : {}) };
}

export function scopeOf(
  trace: string | undefined,
  { origin, childCount }: Pick<SessionSummary, 'origin' | 'childCount'>,
  turnIds: readonly string[],
): TraceScope {
  if (trace === 'session' || trace === 'tree') return { kind: trace };
  const latest = turnIds.at(-1);
  const turnId = trace !== undefined && turnIds.includes(trace) ? trace : origin === 'live' ? latest : undefined;
  if (turnId !== undefined) return { kind: 'turn', turnId };
  // What an agent in the background did, and for how long, stands in its own log alone.
  return { kind: childCount > 0 ? 'tree' : 'session' };
}
