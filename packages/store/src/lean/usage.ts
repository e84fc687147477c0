/**
 * A usage row as it is stored: its figures by their place, and the last request only where it is another one. Every
 * request has such a row, and most of what it would say in words is names and nulls.
 */
import {
  eachToken,
  type LastRequest,
  type TokenCounts,
  type TokenField,
  tokenFields,
  type UsageRecord,
  type UsageTotals,
} from '@taffrail/wire';
import { idIn, type LeanPlace } from './place.js';

/** In the order of `tokenFields`, which is for ever: one that comes later stands at its end. */
type Figures = (number | null)[];
interface LeanTotals {
  requests: number;
  sums: Figures;
  reported: number[];
  /** Left out where it is the row's own request. */
  last?: LastRequest | null;
}
/** `attemptId` is left out where the row's key names it. */
type LeanUsage = Omit<UsageRecord, keyof TokenCounts | 'attemptId' | 'totals'> & {
  attemptId?: string;
  figures: Figures;
  totals: LeanTotals | null;
};

/** @param record without the provider's own record, which is added as the text that it is. */
export function leanUsage(record: Omit<UsageRecord, 'raw'>, place: LeanPlace): LeanUsage {
  const { attemptId, model, provider, final, outputPlaceholder, inheritedFrom, totals } = record;
  return {
    ...(attemptIn(place) === attemptId ? {} : { attemptId }),
    model,
    provider,
    final,
    ...(outputPlaceholder === undefined ? {} : { outputPlaceholder }),
    ...(inheritedFrom === undefined ? {} : { inheritedFrom }),
    figures: figuresOf(record, null),
    totals: totals ? leanTotals(totals, ownRequest(record, place)) : null,
  };
}

function leanTotals(totals: UsageTotals, own: LastRequest): LeanTotals {
  const { requests, reported, last } = totals;
  const isOwn = last !== null && (Object.keys(own) as (keyof LastRequest)[]).every((key) => own[key] === last[key]);
  return { requests, sums: figuresOf(totals, null), reported: figuresOf(reported, 0), ...(isOwn ? {} : { last }) };
}

const attemptIn = ({ key }: LeanPlace): string | null => idIn(key, 'usage:');

/** Without those at the end that are `none`. */
function figuresOf<Figure extends number | null>(counts: Record<TokenField, Figure>, none: Figure): Figure[] {
  const figures = tokenFields.map((field) => counts[field]);
  return figures.slice(0, figures.findLastIndex((figure) => figure !== none) + 1);
}

function ownRequest(record: TokenCounts & Pick<UsageRecord, 'model'>, { at, turnId }: LeanPlace): LastRequest {
  return { ...eachToken((field) => record[field]), model: record.model, at: new Date(at).toISOString(), turnId };
}

function countsOf<None extends 0 | null>(
  figures: readonly (number | None)[],
  none: None,
): Record<TokenField, number | None> {
  return eachToken((field) => figures[tokenFields.indexOf(field)] ?? none);
}

/** The row's data as it was told. Rows of before stand in full already. */
export function fullUsage(stored: LeanUsage | UsageRecord, place: LeanPlace): UsageRecord {
  if (!('figures' in stored)) return stored;
  const { attemptId = attemptIn(place) ?? '', figures, totals, ...record } = stored;
  const full = { attemptId, ...record, ...countsOf(figures, null) };
  return { ...full, totals: totals && fullTotals(totals, ownRequest(full, place)) };
}

function fullTotals({ requests, sums, reported, last }: LeanTotals, own: LastRequest): UsageTotals {
  return {
    ...countsOf(sums, null),
    requests,
    reported: countsOf(reported, 0),
    last: last === undefined ? own : last,
  };
}
