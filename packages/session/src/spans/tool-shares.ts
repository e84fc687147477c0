/**
 * What each tool took: its time, and the tokens by which its results made the next request longer. Nobody reports the
 * latter; it is what a request was given beyond the one before and its answer, shared by the size of the results.
 */
import type { TraceSpan } from '@taffrail/wire';
import { withAgentTimes } from './agent-times.js';

export interface ToolShare {
  name: string;
  calls: number;
  errors: number;
  /** Of the calls whose length is known. */
  durationMs: number | null;
  timedCalls: number;
  outputBytes: number;
  /** Of the calls for which two requests tell. */
  tokens: number | null;
  measuredCalls: number;
}

/** The most time first. */
export function toolShares(spans: readonly TraceSpan[]): ToolShare[] {
  const timed = withAgentTimes(spans);
  const tokens = tokensOfCalls(spans);
  const shares = new Map<string, ToolShare>();
  for (const [index, span] of spans.entries()) {
    if (span.kind !== 'tool' && span.kind !== 'agent' && span.kind !== 'check') continue;
    const name = span.kind === 'check' ? 'check' : span.name;
    const share = shares.get(name) ?? emptyShare(name);
    const given = tokens.get(span);
    const durationMs = timed[index]?.durationMs ?? null;
    shares.set(name, {
      name,
      calls: share.calls + 1,
      errors: share.errors + (span.status === 'error' ? 1 : 0),
      durationMs: durationMs === null ? share.durationMs : (share.durationMs ?? 0) + durationMs,
      timedCalls: share.timedCalls + (durationMs === null ? 0 : 1),
      outputBytes: share.outputBytes + (span.outputBytes ?? 0),
      tokens: given === undefined ? share.tokens : (share.tokens ?? 0) + given,
      measuredCalls: share.measuredCalls + (given === undefined ? 0 : 1),
    });
  }
  return [...shares.values()].sort((one, other) => (other.durationMs ?? 0) - (one.durationMs ?? 0));
}

function emptyShare(name: string): ToolShare {
  return { name, calls: 0, errors: 0, durationMs: null, timedCalls: 0, outputBytes: 0, tokens: null, measuredCalls: 0 };
}

/** Between two requests of one turn to one model lie the calls of the first; a summary in between breaks the row. */
function tokensOfCalls(spans: readonly TraceSpan[]): Map<TraceSpan, number> {
  const turns = new Map<string, TraceSpan[]>();
  for (const span of spans) {
    const name = `${span.sessionId}\n${span.turnId}`;
    const turn = turns.get(name);
    if (turn) turn.push(span);
    else turns.set(name, [span]);
  }
  const found = new Map<TraceSpan, number>();
  for (const turn of turns.values()) {
    const ordered = [...turn].sort((one, other) => one.startedAt.localeCompare(other.startedAt) || one.seq - other.seq);
    for (const { before, calls, after } of stretchesOf(ordered)) share(before, calls, after, found);
  }
  return found;
}

interface Stretch {
  before: TraceSpan;
  calls: TraceSpan[];
  after: TraceSpan;
}

function stretchesOf(spans: readonly TraceSpan[]): Stretch[] {
  const stretches: Stretch[] = [];
  let before: TraceSpan | null = null;
  let calls: TraceSpan[] = [];
  for (const span of spans) {
    if (span.kind === 'compaction') before = null;
    else if (span.kind === 'tool' || span.kind === 'agent') calls.push(span);
    else if (span.kind === 'model' && span.discarded === null) {
      if (before && calls.length > 0) stretches.push({ before, calls, after: span });
      before = span;
      calls = [];
    }
  }
  return stretches;
}

function share(
  { usage: one }: TraceSpan,
  calls: readonly TraceSpan[],
  { usage: next }: TraceSpan,
  found: Map<TraceSpan, number>,
): void {
  if (!one || !next || one.model !== next.model) return;
  const { inputTokens, outputTokens } = one;
  if (inputTokens === null || outputTokens === null || next.inputTokens === null) return;
  const added = next.inputTokens - inputTokens - outputTokens;
  const bytes = calls.reduce((sum, call) => sum + (call.outputBytes ?? 0), 0);
  if (added < 0 || bytes === 0) return;
  for (const call of calls) found.set(call, (added * (call.outputBytes ?? 0)) / bytes);
}
