/** The analytics panels: each one question, counted by `breakdown`. */
import type {
  AnalyticsCoverage,
  AnalyticsRow,
  AnalyticsSummary,
  AnalyticsTable,
  Heatmap,
  Metric,
} from '@taffrail/wire';
import { agentLabel, type TokenField, tokenFields, unreachable } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { breakdown } from './breakdown.js';
import { type Calendar, weekday } from './calendar.js';
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

/** Totals of the range, of the equally long range before it, and day by day. */
export async function summary({ gather, prices, filter, calendar }: PanelQuestion): Promise<AnalyticsSummary> {
  const counted = await gather(filter);
  const days = breakdown(counted, prices, { key: (bucket) => calendar.day(bucket.bucket) });
  const { since, until } = filter;
  const previous =
    since === undefined || until === undefined ? null : { ...filter, since: since - (until - since), until: since };
  const before = previous ? breakdown(await gather(previous), prices, { key: () => 'all' }).total : null;
  const named = [...counted.usage, ...counted.activity];
  return {
    since: since === undefined ? null : new Date(since).toISOString(),
    until: until === undefined ? null : new Date(until).toISOString(),
    tz: calendar.tz,
    total: days.total,
    previous: before,
    days: sortedByKey(days.rows),
    agents: new Set(named.map((bucket) => bucket.agent)).size,
    projects: new Set(named.map((bucket) => bucket.project ?? '')).size,
  };
}

/** Day by day, each one line or one for each group; by kind it is one that holds its tokens by kind. */
export async function daily(
  { gather, prices, filter, calendar }: PanelQuestion,
  by: Grouping | 'kind' | null,
): Promise<AnalyticsTable> {
  const counted = await gather(filter);
  // A message belongs to no model, so that a stack by model counts requests alone.
  const source = by === 'model' ? { ...counted, activity: null } : counted;
  const table = breakdown(source, prices, {
    key: (bucket) => calendar.day(bucket.bucket),
    ...(by && by !== 'kind' ? { group: groupings[by] } : {}),
  });
  const rows = sortedByKey(table.rows);
  if (by !== 'kind') return { ...table, rows };
  const kinds = kindsBy(counted.usage, (bucket) => calendar.day(bucket.bucket));
  return { ...table, rows: rows.map((row) => ({ ...row, kinds: kinds.get(row.key) ?? null })) };
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
    })),
    hours: hours.rows.map((row) => {
      const [day, hour] = row.key.split(' ').map(Number);
      return { weekday: day ?? 0, hour: hour ?? 0, value: metricOf(row, metric) };
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

/** What is not known, and why. */
export async function coverage({ queries, gather, prices, filter }: PanelQuestion): Promise<AnalyticsCoverage> {
  const counted = await gather(filter);
  const { total } = breakdown(counted, prices, { key: () => 'all' });
  const requests = total.usage?.requests ?? 0;
  const models = breakdown({ ...counted, activity: null }, prices, { key: groupings.model }).rows;
  const unpriced = models
    .filter((row) => row.usage && row.usage.pricedRequests === 0)
    .map((row) => row.key || 'no model named');
  const unpricedRequests = requests - (total.usage?.pricedRequests ?? 0);
  const agents = breakdown(counted, prices, { key: groupings.agent }).rows;
  const reasons = [
    ...agents
      .filter((row) => row.sessions > row.sessionsWithUsage)
      .map((row) => ({
        reason: `${agentLabel(row.key)}: no request in the log`,
        missing: 'all',
        count: row.sessions - row.sessionsWithUsage,
        unit: 'sessions' as const,
      })),
    ...placeholders(requests, total.usage?.reported.outputTokens ?? 0),
    ...(unpricedRequests > 0
      ? [
          {
            reason:
              unpriced.length > 0 ? `No price: ${unpriced.slice(0, 3).join(', ')}` : 'Input or output not reported',
            missing: 'cost',
            count: unpricedRequests,
            unit: 'requests' as const,
          },
        ]
      : []),
    ...(await brokenLines(queries)),
    ...agents.flatMap(unreported).sort((one, other) => other.count - one.count),
  ];
  const fields = tokenFields.map((field) => ({
    field: field as string,
    reported: total.usage?.reported[field] ?? 0,
    of: requests,
  }));
  return {
    sessions: total.sessions,
    requests,
    fields: [...fields, { field: 'cost', reported: total.usage?.pricedRequests ?? 0, of: requests }],
    reasons,
  };
}

function placeholders(requests: number, reported: number) {
  const count = requests - reported;
  return count === 0
    ? []
    : [{ reason: 'Aborted before usage came', missing: 'output', count, unit: 'requests' as const }];
}

// What an output that is missing means is said by itself.
const unreportedWords: readonly [TokenField, string][] = [
  ['inputTokens', 'input'],
  ['cacheReadTokens', 'cache reads'],
  ['cacheWriteTokens', 'cache writes'],
  ['cacheWrite1hTokens', '1 h writes'],
  ['reasoningTokens', 'reasoning'],
];

/** What an agent's requests did not tell, a line for each number of requests that left something out. */
function unreported({ key, usage }: AnalyticsRow) {
  if (!usage) return [];
  const missing = new Map<number, string[]>();
  for (const [field, words] of unreportedWords) {
    const count = usage.requests - usage.reported[field];
    if (count > 0) missing.set(count, [...(missing.get(count) ?? []), words]);
  }
  return [...missing].map(([count, words]) => ({
    reason: `${agentLabel(key)}: ${count === usage.requests ? 'in no request of its logs' : 'not in every request'}`,
    missing: words.join(', '),
    count,
    unit: 'requests' as const,
  }));
}

async function brokenLines(queries: Kysely<Tables>) {
  const row = await queries
    .selectFrom('source_problems')
    .select((builder) => builder.fn.sum<number | null>('count').as('count'))
    .where('kind', 'in', ['not_json', 'too_long', 'incomplete', 'wrong_shape'])
    .executeTakeFirstOrThrow();
  const count = Number(row.count ?? 0);
  return count === 0
    ? []
    : [{ reason: 'Lines that could not be read', missing: 'content', count, unit: 'lines' as const }];
}

const inputOf = (row: AnalyticsRow): number => row.usage?.inputTokens ?? 0;

function sortedByKey(rows: AnalyticsRow[]): AnalyticsRow[] {
  return rows.sort((one, other) => (one.key < other.key ? -1 : 1));
}
