/** The range of days a view covers, as the address holds it: a named length, or two days. */
import { addDays, shortDay } from '../parts/format-time.js';
import { dayParam, oneOf } from './search-params.js';

export const rangeNames = ['1d', '7d', '30d', '90d', '365d', 'all'] as const;
export type RangeName = (typeof rangeNames)[number];

/** `range` is a length that ends today; `since` and `until` are whole days, both included, and go before it. */
export type RangeSearch = { range?: RangeName; since?: string; until?: string };
/** Days as the API takes them; absent: open. */
export type Days = { since?: string; until?: string };

const lengths: Record<Exclude<RangeName, 'all'>, number> = { '1d': 1, '7d': 7, '30d': 30, '90d': 90, '365d': 365 };

export const rangeLabels: Record<RangeName, string> = {
  '1d': 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last 365 days',
  all: 'All time',
};

/** Reads the range of an address; what can't be read is left out, and two days stand in their order. */
export function rangeOf(raw: Record<string, unknown>): RangeSearch {
  const [since, until] = inOrder(dayParam(raw.since), dayParam(raw.until));
  const range = oneOf(raw.range, rangeNames);
  return { ...(range ? { range } : {}), ...(since ? { since } : {}), ...(until ? { until } : {}) };
}

/** The server refuses a range that ends before it begins; an address may have been written by hand. */
function inOrder(since: string | undefined, until: string | undefined) {
  return since && until && since > until ? [until, since] : [since, until];
}

/** The days a range names, today being `today`. */
export function daysOf(search: RangeSearch, fallback: RangeName, today: string): Days {
  if (search.since || search.until) {
    return { ...(search.since ? { since: search.since } : {}), ...(search.until ? { until: search.until } : {}) };
  }
  const name = search.range ?? fallback;
  return name === 'all' ? {} : { since: addDays(today, 1 - lengths[name]), until: today };
}

/** `22 Oct – 20 Nov`; `All time` where nothing bounds it. */
export function daysLabel(days: Days, today: string): string {
  const { since, until } = days;
  if (!since && !until) return rangeLabels.all;
  if (since && since === until) return shortDay(since, today);
  return `${since ? shortDay(since, today) : 'the beginning'} – ${until ? shortDay(until, today) : 'today'}`;
}
