/** Usage alone, as the command line reports it: one line per day, week, month, session, project, model or agent. */
import type { LastRequest, UsageReport } from '@taffrail/wire';
import { unreachable } from '@taffrail/wire';
import type { PriceTable } from '../pricing/prices.js';
import { type Calendar, dayName, type Period, periodOf } from './calendar.js';
import { type Family, familyOf } from './family.js';
import type { Filter } from './filter.js';
import { type LatestBucket, lastRequests, later } from './last-request.js';
import { chargedIn, type GroupQuestion, type UsageGroup, type UsageSource } from './usage-source.js';
import { chargeOf, UsageSum } from './usage-sum.js';

export interface ReportQuestion {
  source: UsageSource;
  prices: PriceTable;
  filter: Filter;
  calendar: Calendar;
}

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
export async function usageReport(question: ReportQuestion, by: ReportLines): Promise<UsageReport> {
  const groups = await groupsFor(question, by);
  const roots = by === 'session' ? familyOf(await question.source.sessions()) : null;
  const { lines, total } = summed(groups, question, keyOf(by, roots));
  total.latest = await latestOf(question, by, total.latest);
  const lastOf = await lastOfLines(question, by === 'session' ? [...lines.values(), total] : [total]);
  const rows = [...lines].flatMap(([key, line]) => {
    const usage = line.sum.usage(lastOf.get(line));
    return usage ? [{ key, ...usage }] : [];
  });
  return { rows: rows.sort(orderOf(by)), total: total.sum.usage(lastOf.get(total)) };
}

/** Grouped by day first; once more by the quarter of an hour where a price turns out to change with the hour. */
async function groupsFor({ source, prices, filter, calendar }: ReportQuestion, by: ReportLines): Promise<UsageGroup[]> {
  const asked = await groupingOf(by, source, calendar);
  const daily = await source.groups(filter, { ...asked, hourly: false });
  if (!daily.some(({ model, provider }) => prices.changesWithinDay(model, provider))) return daily;
  return source.groups(filter, { ...asked, hourly: true });
}

async function groupingOf(
  by: ReportLines,
  source: UsageSource,
  calendar: Calendar,
): Promise<Omit<GroupQuestion, 'hourly'>> {
  switch (by) {
    case 'day':
    case 'week':
    case 'month': {
      const span = await source.span();
      return { offsets: span ? calendar.offsets(span.first, span.last) : [] };
    }
    case 'session':
      return { by: 'num' };
    case 'project':
    case 'agent':
      return { by };
    case 'model':
      return {};
    default:
      return unreachable(by);
  }
}

/** Each group is added to its line, and the lines to the total: there are ten times as many groups. */
function summed(groups: readonly UsageGroup[], { prices }: ReportQuestion, keyOfGroup: (group: UsageGroup) => string) {
  const lines = new Map<string, Line>();
  for (const group of groups) {
    const key = keyOfGroup(group);
    const line = lines.get(key) ?? newLine(prices);
    lines.set(key, line);
    line.sum.add(group, chargeOf(group, prices, chargedIn(group)));
    line.latest = later(line.latest, group.latest, group.num);
  }
  const total = newLine(prices);
  for (const { sum, latest } of lines.values()) {
    total.sum.addSum(sum);
    for (const num of latest?.nums ?? []) total.latest = later(total.latest, latest?.bucket ?? 0, num);
  }
  return { lines, total };
}

const newLine = (prices: PriceTable): Line => ({ sum: new UsageSum(prices), latest: null });

/** Only groups by session know whose latest bucket it is. */
async function latestOf(
  { source, filter }: ReportQuestion,
  by: ReportLines,
  latest: LatestBucket | null,
): Promise<LatestBucket | null> {
  if (latest === null || by === 'session') return latest;
  return { bucket: latest.bucket, nums: new Set(await source.sessionsIn(filter, latest.bucket)) };
}

async function lastOfLines(
  { source, filter }: ReportQuestion,
  lines: readonly Line[],
): Promise<Map<Line, LastRequest | null>> {
  const lasts = await lastRequests(
    source,
    filter,
    lines.map((line) => line.latest),
  );
  return new Map(lines.map((line, index) => [line, lasts[index] ?? null]));
}

function keyOf(by: ReportLines, roots: Family | null): (group: UsageGroup) => string {
  switch (by) {
    case 'day':
    case 'week':
    case 'month':
      return periodsOf(by);
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

/** Many groups fall on one day. */
function periodsOf(period: Period): (group: UsageGroup) => string {
  const known = new Map<number, string>();
  return ({ day }) => {
    const name = known.get(day) ?? periodOf(dayName(day), period);
    known.set(day, name);
    return name;
  };
}

function orderOf(by: ReportLines): (one: ReportRow, other: ReportRow) => number {
  const byKey = (one: ReportRow, other: ReportRow) => (one.key < other.key ? -1 : 1);
  if (by === 'day' || by === 'week' || by === 'month') return byKey;
  if (by === 'session') return (one, other) => ((one.last?.at ?? '') > (other.last?.at ?? '') ? -1 : 1);
  return (one, other) => (other.inputTokens ?? -1) - (one.inputTokens ?? -1) || byKey(one, other);
}
