/** Usage: requests merged by attempt, claims kept beside them, sums with their coverage. */
import type { UsageTotals } from '@taffrail/wire';
import { mergeRequests, reportedNothing, requestFrom } from '../request.js';
import { addRequest, type CountedRequest } from '../totals.js';
import type { Draft, RowOf, SessionRequest, SessionState } from './state.js';

export function recordUsage(draft: Draft, row: RowOf<'usage.recorded'>): void {
  const known = draft.requests.get(row.data.attemptId);
  const stated = requestFrom(row.data);
  draft.requests.set(row.data.attemptId, {
    ...(known ? mergeRequests(known, stated) : stated),
    attemptId: row.data.attemptId,
    seq: known?.seq ?? row.seq,
    at: known && known.at < row.at ? known.at : row.at,
    turnId: known?.turnId ?? row.turnId ?? null,
    inheritedFrom: row.data.inheritedFrom ?? null,
  });
  if (row.data.totals !== undefined) draft.totals = row.data.totals;
}

/** The latest by time stands, because a session's files may be read in any order. */
export function stateClaim(draft: Draft, row: RowOf<'usage.claimed'>): void {
  const known = draft.claims.get(row.data.source);
  if (!known || known.at <= row.at) draft.claims.set(row.data.source, { ...row.data, at: row.at });
}

/** Written again it replaces what was shown before, at its new place: it includes what was recorded up to there. */
export function show(draft: Draft, row: RowOf<'usage.shown'>): void {
  if (draft.shown && draft.shown.at > row.at) return;
  draft.shown = { ...row.data, seq: row.seq, at: row.at, turnId: row.turnId ?? null };
}

/** What the session itself spent: the sum of its own requests, each counted once. */
export function totalsOf(state: SessionState): UsageTotals | null {
  return sum(state, (request) => request.inheritedFrom === null);
}

/** What it holds copies of: counted in the sessions they belong to. */
export function inheritedTotalsOf(state: SessionState): UsageTotals | null {
  return sum(state, (request) => request.inheritedFrom !== null);
}

function sum(state: SessionState, counts: (request: SessionRequest) => boolean): UsageTotals | null {
  let totals: UsageTotals | null = null;
  for (const request of state.requests.values()) {
    if (counts(request) && !reportedNothing(request)) totals = addRequest(totals, counted(request));
  }
  return totals;
}

function counted(request: SessionRequest): CountedRequest {
  return { ...request, at: Date.parse(request.at) };
}
