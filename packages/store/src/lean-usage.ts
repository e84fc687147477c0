/**
 * A usage row as it is stored: its figures by their place, and the last request only where it is another one. Every
 * request has such a row, and most of what it would say in words is names and nulls.
 */
import {
  eachToken,
  type LastRequest,
  type TokenCounts,
  tokenFields,
  type UsageRecord,
  type UsageTotals,
} from '@taffrail/wire';

/** In the order of `tokenFields`, which is for ever: one that comes later stands at its end. */
type Figures = (number | null)[];
interface LeanTotals {
  requests: number;
  sums: Figures;
  reported: Figures;
  /** Left out where it is the row's own request. */
  last?: LastRequest | null;
}
type LeanUsage = Omit<UsageRecord, keyof TokenCounts | 'totals'> & { figures: Figures; totals: LeanTotals | null };

/** Where a row stands: what its last request would repeat. */
interface UsagePlace {
  /** Epoch milliseconds. */
  at: number;
  turnId: string | null;
}

/** @param record without the provider's own record, which is added as the text that it is. */
export function leanUsage(record: Omit<UsageRecord, 'raw'>, place: UsagePlace): LeanUsage {
  const { attemptId, model, provider, final, outputPlaceholder, inheritedFrom, totals } = record;
  return {
    attemptId,
    model,
    provider,
    final,
    ...(outputPlaceholder === undefined ? {} : { outputPlaceholder }),
    ...(inheritedFrom === undefined ? {} : { inheritedFrom }),
    figures: figuresOf(record),
    totals: totals ? leanTotals(totals, ownRequest(record, place)) : null,
  };
}

function leanTotals(totals: UsageTotals, own: LastRequest): LeanTotals {
  const { requests, reported, last } = totals;
  const isOwn = last !== null && (Object.keys(own) as (keyof LastRequest)[]).every((key) => own[key] === last[key]);
  return { requests, sums: figuresOf(totals), reported: figuresOf(reported), ...(isOwn ? {} : { last }) };
}

function figuresOf(counts: TokenCounts): Figures {
  return tokenFields.map((field) => counts[field]);
}

function ownRequest(record: TokenCounts & Pick<UsageRecord, 'model'>, { at, turnId }: UsagePlace): LastRequest {
  return { ...countsOf(figuresOf(record)), model: record.model, at: new Date(at).toISOString(), turnId };
}

function countsOf(figures: Figures): TokenCounts {
  return eachToken((field) => figures[tokenFields.indexOf(field)] ?? null);
}

/** The row's data as it was told. Rows of before stand in full already. */
export function fullUsage(stored: LeanUsage | UsageRecord, place: UsagePlace): UsageRecord {
  if (!('figures' in stored)) return stored;
  const { figures, totals, ...record } = stored;
  const full = { ...record, ...countsOf(figures) };
  return { ...full, totals: totals && fullTotals(totals, ownRequest(full, place)) };
}

function fullTotals({ requests, sums, reported, last }: LeanTotals, own: LastRequest): UsageTotals {
  return {
    ...countsOf(sums),
    requests,
    reported: countsOf(reported) as UsageTotals['reported'],
    last: last === undefined ? own : last,
  };
}
