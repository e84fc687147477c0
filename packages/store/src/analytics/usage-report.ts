/** Usage alone, as the command line reports it: one line per day, week, month, session, project, model or agent. */
import type { LastRequest, UsageReport } from '@taffrail/wire';
import { unreachable } from '@taffrail/wire';
import type { PriceTable } from '../pricing/prices.js';
import { type Family, family } from './family.js';
import { type UsageBucketRow, usageBuckets } from './filter.js';
import { type LatestBucket, lastRequests, later } from './last-request.js';
import type { PanelQuestion } from './panels.js';
import { costOf, UsageSum } from './usage-sum.js';

export type ReportLines = 'day' | 'week' | 'month' | 'session' | 'project' | 'model' | 'agent';

type ReportRow = UsageReport['rows'][number];

interface Line {
  sum: UsageSum;
  latest: LatestBucket | null;
}

/**
 * Lines without any usage are left out. Sub-agents count with the session that started them. The last request is
 * named for the total and for sessions. Periods come in their order, sessions the latest first, others the largest.
 */
export async function usageReport(question: PanelQuestion, by: ReportLines): Promise<UsageReport> {
  const { queries, prices, filter } = question;
  const buckets = await usageBuckets(queries, filter);
  const roots = by === 'session' ? await family(queries) : null;
  const { lines, total } = summed(buckets, prices, keyOf(question, by, roots));
  const named = by === 'session' ? [...lines.values(), total] : [total];
  const lasts = await lastRequests(
    queries,
    filter,
    named.map((line) => line.latest),
  );
  const lastOf = new Map<Line, LastRequest | null>(named.map((line, index) => [line, lasts[index] ?? null]));
  const rows = [...lines].flatMap(([key, line]) => {
    const usage = line.sum.usage(lastOf.get(line));
    return usage ? [{ key, ...usage }] : [];
  });
  return { rows: rows.sort(orderOf(by)), total: total.sum.usage(lastOf.get(total)) };
}

function summed(
  buckets: readonly UsageBucketRow[],
  prices: PriceTable,
  keyOfBucket: (bucket: UsageBucketRow) => string,
) {
  const total: Line = { sum: new UsageSum(prices), latest: null };
  const lines = new Map<string, Line>();
  for (const bucket of buckets) {
    const key = keyOfBucket(bucket);
    const line = lines.get(key) ?? { sum: new UsageSum(prices), latest: null };
    lines.set(key, line);
    const cost = costOf(bucket, prices);
    line.sum.add(bucket, cost);
    total.sum.add(bucket, cost);
    line.latest = later(line.latest, bucket);
    total.latest = later(total.latest, bucket);
  }
  return { lines, total };
}

function keyOf({ calendar }: PanelQuestion, by: ReportLines, roots: Family | null): (bucket: UsageBucketRow) => string {
  switch (by) {
    case 'day':
    case 'week':
    case 'month':
      return ({ bucket }) => calendar.key(bucket, by);
    case 'session':
      return ({ num }) => roots?.rootOf(num) ?? '';
    case 'project':
      return ({ project }) => project ?? '';
    case 'model':
      return ({ model }) => model;
    case 'agent':
      return ({ agent }) => agent;
    default:
      return unreachable(by);
  }
}

function orderOf(by: ReportLines): (one: ReportRow, other: ReportRow) => number {
  const byKey = (one: ReportRow, other: ReportRow) => (one.key < other.key ? -1 : 1);
  if (by === 'day' || by === 'week' || by === 'month') return byKey;
  if (by === 'session') return (one, other) => ((one.last?.at ?? '') > (other.last?.at ?? '') ? -1 : 1);
  return (one, other) => (other.inputTokens ?? -1) - (one.inputTokens ?? -1) || byKey(one, other);
}
