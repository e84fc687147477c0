/** Sentences about usage: why a figure is unknown, and what a total was counted from. */
import {
  type AnalyticsRow,
  agentLabel,
  capabilityOf,
  type ImporterCapabilities,
  type ReportedCounts,
  type TokenField,
  type Usage,
} from '@taffrail/wire';
import { counted, exactNumber } from './format-number.js';

const fieldWords: Record<TokenField, string> = {
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  cacheReadTokens: 'cache reads',
  cacheWriteTokens: 'cache writes',
  cacheWrite1hTokens: 'one-hour cache writes',
  reasoningTokens: 'reasoning tokens',
};

/** Why a token figure is "—": the agent never records it, or this session's requests did not. */
export function whyUnknown(agent: string, field: TokenField, capabilities: ImporterCapabilities | undefined): string {
  const label = agentLabel(agent);
  if (capabilities && !capabilities[capabilityOf[field]]) return `${label} does not record ${fieldWords[field]}`;
  return `No request in this ${label} log reported ${fieldWords[field]}`;
}

/** `12 of 14`, or `all` where nothing is missing. */
export function coverageOf(reported: number, of: number): string {
  return reported === of ? 'all' : `${exactNumber(reported)} of ${exactNumber(of)}`;
}

/** `from 12 of 14 sessions`; empty where every session is known. */
export function sessionCoverage(known: number, all: number): string {
  return known === all ? '' : `from ${exactNumber(known)} of ${exactNumber(all)} sessions`;
}

/** `from 10 of 11 requests`; empty where every request reported the figure. `untold`: those that told no usage at all. */
export function requestCoverage(
  usage: Pick<Usage, 'requests' | 'reported'>,
  field: TokenField,
  untold: number | undefined = 0,
): string {
  const all = usage.requests + untold;
  const reported = usage.reported[field];
  return reported === all ? '' : `from ${coverageOf(reported, all)} requests`;
}

/** `3 requests unpriced`; empty where every request has a price. `untold`: those that told no usage at all. */
export function priceCoverage(
  usage: Pick<Usage, 'requests' | 'pricedRequests'>,
  untold: number | undefined = 0,
): string {
  const missing = usage.requests + untold - usage.pricedRequests;
  return missing === 0 ? '' : `${counted(missing, 'request')} unpriced`;
}

/** Why there is no cost, or only a part of it. */
export function whyUnpriced(usage: Pick<Usage, 'requests' | 'pricedRequests' | 'reported'> | null): string {
  if (!usage) return 'No usage was reported, so there is nothing to price';
  if (usage.pricedRequests > 0) return priceCoverage(usage);
  const isHalf = usage.reported.inputTokens === 0 || usage.reported.outputTokens === 0;
  return isHalf ? 'Input or output was not reported, and half a price is none' : 'No price is known for its model';
}

/** Why nobody knows what the cache saved. */
export function whyNoSaving(usage: Pick<Usage, 'requests' | 'pricedRequests' | 'reported'> | null): string {
  if (!usage || usage.pricedRequests === 0) return whyUnpriced(usage);
  return 'No request here with a known price reported cache reads';
}

/** `from 10 of 11 requests`; empty where every request is priced and told its cache reads. */
export function savingCoverage({ usage, cacheSavedRequests = 0, untoldRequests = 0 }: AnalyticsRow): string {
  const requests = (usage?.requests ?? 0) + untoldRequests;
  return cacheSavedRequests === requests ? '' : `from ${coverageOf(cacheSavedRequests, requests)} requests`;
}

/**
 * The share of input that came from the cache, or `null` where cache reads or input are unknown. `input`: that of the requests
 * that told their cache reads, where it is known; those that did not are no misses.
 */
export function cacheHitRate(
  usage: Pick<Usage, 'inputTokens' | 'cacheReadTokens'> | null,
  input: number | null | undefined = usage?.inputTokens,
): number | null {
  if (!usage?.inputTokens || !input || usage.cacheReadTokens === null) return null;
  return usage.cacheReadTokens / input;
}

/** The same of a line of a panel. */
export const cacheHitRateOf = ({ usage, cacheToldInputTokens }: AnalyticsRow): number | null =>
  cacheHitRate(usage, cacheToldInputTokens);

/** Why there is no cache hit rate: unknown, or nothing went in of which a share could be from the cache. */
export function whyNoRate(usage: Pick<Usage, 'inputTokens' | 'cacheReadTokens'> | null): string {
  if (usage?.inputTokens == null) return 'No request here reported its input';
  return usage.inputTokens > 0 && usage.cacheReadTokens === null
    ? 'No request here reported cache reads'
    : 'No input, so there is no share of it';
}

export type TokenKind = 'cache-read' | 'cache-write' | 'input' | 'output' | 'reasoning';
export type KindFigure = { kind: TokenKind; label: string; value: number | null; reported: number };

/**
 * The five kinds in their fixed order, disjoint: input without its cached part, output without its reasoning.
 * A part that is unknown leaves the rest whole: nothing is subtracted that was not reported.
 */
export function tokenKinds(
  usage: Pick<Usage, Exclude<TokenField, 'cacheWrite1hTokens'>> & { reported: ReportedCounts },
): KindFigure[] {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, reported } = usage;
  const rest = (whole: number | null, ...parts: (number | null)[]) =>
    whole === null ? null : Math.max(0, whole - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
  return [
    { kind: 'cache-read', label: 'Cache read', value: cacheReadTokens, reported: reported.cacheReadTokens },
    { kind: 'cache-write', label: 'Cache write', value: cacheWriteTokens, reported: reported.cacheWriteTokens },
    {
      kind: 'input',
      label: 'Uncached input',
      value: rest(inputTokens, cacheReadTokens, cacheWriteTokens),
      reported: reported.inputTokens,
    },
    { kind: 'output', label: 'Output', value: rest(outputTokens, reasoningTokens), reported: reported.outputTokens },
    { kind: 'reasoning', label: 'Reasoning', value: reasoningTokens, reported: reported.reasoningTokens },
  ];
}
