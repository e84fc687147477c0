/** Sums over requests with their coverage: a figure nobody reported stays `null`, a reported 0 is 0. */
import {
  eachToken,
  type LastRequest,
  type ReportedCounts,
  type TokenCounts,
  tokenFields,
  type UsageTotals,
} from '@taffrail/wire';

/** What totals need to know of a request. `at` is milliseconds since 1970. */
export interface CountedRequest extends TokenCounts {
  model: string | null;
  at: number;
  turnId: string | null;
}

const noTokens: TokenCounts = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};

const noneReported: ReportedCounts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
};

/** Adds a request. The latest by time is `last`; of two at one time the one added later. */
export function addRequest(totals: UsageTotals | null, request: CountedRequest): UsageTotals {
  const sums = changed(totals, request, 1);
  const last = totals?.last && Date.parse(totals.last.at) > request.at ? totals.last : lastOf(request);
  return { ...sums, last };
}

/**
 * Takes back a request that was added. `last` is the latest of those that remain, which only the caller knows.
 * Returns `null` when none remains.
 */
export function removeRequest(
  totals: UsageTotals,
  request: CountedRequest,
  last: CountedRequest | null,
): UsageTotals | null {
  if (totals.requests === 1) return null;
  return { ...changed(totals, request, -1), last: last ? lastOf(last) : null };
}

/** The sum of several totals, for a parent with its sub-agents or a report over sessions. */
export function sumTotals(several: readonly (UsageTotals | null)[]): UsageTotals | null {
  return several.reduce<UsageTotals | null>(
    (sum, totals) => (totals === null ? sum : sum === null ? totals : both(sum, totals)),
    null,
  );
}

export function lastOf(request: CountedRequest): LastRequest {
  return {
    ...eachToken((field) => request[field]),
    model: request.model,
    at: new Date(request.at).toISOString(),
    turnId: request.turnId,
  };
}

function changed(totals: UsageTotals | null, request: TokenCounts, sign: 1 | -1): Omit<UsageTotals, 'last'> {
  const tokens: TokenCounts = { ...noTokens };
  const reported: ReportedCounts = { ...noneReported };
  for (const field of tokenFields) {
    const figure = request[field];
    reported[field] = (totals?.reported[field] ?? 0) + (figure === null ? 0 : sign);
    tokens[field] = reported[field] === 0 ? null : (totals?.[field] ?? 0) + sign * (figure ?? 0);
  }
  return { ...tokens, requests: (totals?.requests ?? 0) + sign, reported };
}

function both(one: UsageTotals, other: UsageTotals): UsageTotals {
  const tokens: TokenCounts = { ...noTokens };
  const reported: ReportedCounts = { ...noneReported };
  for (const field of tokenFields) {
    reported[field] = one.reported[field] + other.reported[field];
    tokens[field] = reported[field] === 0 ? null : (one[field] ?? 0) + (other[field] ?? 0);
  }
  const later = !one.last || (other.last && other.last.at >= one.last.at) ? other.last : one.last;
  return { ...tokens, requests: one.requests + other.requests, reported, last: later };
}
