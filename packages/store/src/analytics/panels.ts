/** The analytics panels: each one question, counted by `breakdown`. */
import type { AnalyticsRow, AnalyticsSummary, AnalyticsTable, Heatmap, Metric } from '@taffrail/wire';
import { unreachable } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { breakdown, stacked } from './breakdown.js';
import { type Calendar, firstDayOf, type Period, weekday } from './calendar.js';
import type { Filter } from './filter.js';
import { kindsBy } from './kinds.js';
import type { Gather } from './remember.js';

export interface PanelQuestion {
  queries: Kysely<Tables>;
  gather: Gather;
  prices: PriceTable;
  filter: Filter;
  calendar: Calendar;
}

export type Grouping = 'agent' | 'model' | 'project';

const groupings = {
  agent: (bucket: { agent: string }) => bucket.agent,
  model: (bucket: { model?: string }) => bucket.model ?? '',
  project: (bucket: { project: string | null }) => bucket.project ?? '',
} as const;

/** Totals of the range, of the one `before` it, and day by day. Milliseconds since 1970 UTC; `null`: it has none. */
export async function summary(
  { gather, prices, filter, calendar }: PanelQuestion,
  before: { since: number; until: number } | null,
): Promise<AnalyticsSummary> {
  const counted = await gather(filter);
  const days = breakdown(counted, prices, { key: (bucket) => calendar.day(bucket.bucket) });
  const { since, until } = filter;
  const previous = before && breakdown(await gather({ ...filter, ...before }), prices, { key: () => 'all' }).total;
  const named = [...counted.usage, ...counted.activity, ...counted.silent.filter(({ isUntold }) => isUntold)];
  return {
    since: since === undefined ? null : new Date(since).toISOString(),
    until: until === undefined ? null : new Date(until).toISOString(),
    tz: calendar.tz,
    total: days.total,
    previous,
    previousSince: before && new Date(before.since).toISOString(),
    previousUntil: before && new Date(before.until).toISOString(),
    days: sortedByKey(days.rows),
    agents: new Set(named.map((bucket) => bucket.agent)).size,
    projects: new Set(named.map((bucket) => bucket.project ?? '')).size,
  };
}

/**
 * Day by day (or by week or month, named by its first day), each one line or one for each group; by kind it is one that holds
 * its tokens by kind. Then `wholes` has each day as one line: a session that is in several groups counts once.
 */
export async function daily(
  { gather, prices, filter, calendar }: PanelQuestion,
  by: Grouping | 'kind' | null,
  period: Period = 'day',
): Promise<AnalyticsTable> {
  const counted = await gather(filter);
  const key = periodsOf(calendar, period);
  if (by === null || by === 'kind') {
    const { rows: lines, total } = breakdown(counted, prices, { key });
    const wholes = sortedByKey(lines);
    if (by === null) return { rows: wholes, total };
    const kinds = kindsBy(counted.usage, key);
    return { rows: wholes.map((row) => ({ ...row, kinds: kinds.get(row.key) ?? null })), total, wholes };
  }
  // A message belongs to no model, so that a stack by model counts requests alone.
  const table = stacked(counted, prices, { key, group: groupings[by], isActive: by !== 'model' });
  return { rows: sortedByKey(table.rows), total: table.total, wholes: sortedByKey(table.wholes ?? []) };
}

/** Many buckets fall into one period. */
function periodsOf(calendar: Calendar, period: Period): (bucket: { bucket: number }) => string {
  const known = new Map<string, string>();
  return ({ bucket }) => {
    const day = calendar.day(bucket);
    const first = known.get(day) ?? firstDayOf(day, period);
    known.set(day, first);
    return first;
  };
}

/** Models, projects or agents, the largest first. */
export async function breakdownBy({ gather, prices, filter }: PanelQuestion, by: Grouping): Promise<AnalyticsTable> {
  const counted = await gather(filter);
  const table = breakdown(by === 'model' ? { ...counted, activity: null } : counted, prices, { key: groupings[by] });
  return { ...table, rows: table.rows.sort((one, other) => inputOf(other) - inputOf(one)) };
}

export async function topSessions(
  { gather, prices, filter }: PanelQuestion,
  metric: Metric,
  limit: number,
): Promise<AnalyticsTable> {
  const counted = await gather(filter);
  const table = breakdown(counted, prices, { key: (bucket) => counted.roots.rootOf(bucket.num) });
  const value = (row: AnalyticsRow) => metricOf(row, metric) ?? -1;
  return { ...table, rows: table.rows.sort((one, other) => value(other) - value(one)).slice(0, limit) };
}

export async function heatmap({ gather, prices, filter, calendar }: PanelQuestion, metric: Metric): Promise<Heatmap> {
  const counted = await gather(filter);
  const days = breakdown(counted, prices, { key: (bucket) => calendar.day(bucket.bucket) });
  const hours = breakdown(counted, prices, {
    key: (bucket) => `${weekday(calendar.day(bucket.bucket))} ${calendar.hour(bucket.bucket)}`,
  });
  return {
    metric,
    tz: calendar.tz,
    days: sortedByKey(days.rows).map((row) => ({
      day: row.key,
      value: metricOf(row, metric),
      reported: row.sessionsWithUsage,
      of: row.sessions,
      ...requestsTold(row, metric),
    })),
    hours: hours.rows.map((row) => {
      const [day, hour] = row.key.split(' ').map(Number);
      return { weekday: day ?? 0, hour: hour ?? 0, value: metricOf(row, metric), ...requestsTold(row, metric) };
    }),
  };
}

/** A row's figure for a metric; `null` where nobody reported it. */
export function metricOf(row: AnalyticsRow, metric: Metric): number | null {
  switch (metric) {
    case 'sessions':
      return row.sessions;
    case 'messages':
      return row.messages;
    case 'input_tokens':
      return row.usage?.inputTokens ?? null;
    case 'output_tokens':
      return row.usage?.outputTokens ?? null;
    case 'cache_read_tokens':
      return row.usage?.cacheReadTokens ?? null;
    case 'cost':
      return row.usage?.costMicros ?? null;
    default:
      return unreachable(metric);
  }
}

const fields = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  cache_read_tokens: 'cacheReadTokens',
} as const;

/** How many of a row's requests a metric is from; nothing where it is not one of requests. */
function requestsTold({ usage, untoldRequests = 0 }: AnalyticsRow, metric: Metric) {
  if (metric === 'sessions' || metric === 'messages') return {};
  const reported = metric === 'cost' ? usage?.pricedRequests : usage?.reported[fields[metric]];
  return { requests: (usage?.requests ?? 0) + untoldRequests, reportedRequests: reported ?? 0 };
}

const inputOf = (row: AnalyticsRow): number => row.usage?.inputTokens ?? 0;

function sortedByKey(rows: AnalyticsRow[]): AnalyticsRow[] {
  return rows.sort((one, other) => (one.key < other.key ? -1 : 1));
}
