/** Usage alone, as the command line reports it: one line per day, week, month, session, project, model or agent. */
import type { LastRequest, UsageReport } from '@taffrail/wire';
import { unreachable } from '@taffrail/wire';
import type { PriceTable } from '../pricing/prices.js';
import { type Calendar, dayName, type Period, periodOf } from './calendar.js';
import { type Family, familyOf } from './family.js';
import type { Filter } from './filter.js';
import { type LatestBucket, lastRequests, later } from './last-request.js';
import { chargedIn, type GroupQuestion, type UntoldGroup, type UsageGroup, type UsageSource } from './usage-source.js';
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
  /** Requests that told no usage at all. */
  untold: number;
}

/**
 * Lines without any usage are left out; the report still says how many requests told none. Sub-agents count with the
 * session that started them. The last request is named for the total and for sessions. Periods come in their order,
 * sessions the latest first, others the largest.
 */
export async function usageReport(question: ReportQuestion, by: ReportLines): Promise<UsageReport> {
  const { groups, untold } = await groupsFor(question, by);
  const roots = by === 'session' ? familyOf(await question.source.sessions()) : null;
  const { lines, total } = summed({ groups, untold }, question, keyOf(by, roots));
  total.latest = await latestOf(question, by, total.latest);
  const lastOf = await lastOfLines(question, by === 'session' ? [...lines.values(), total] : [total]);
  const usageIn = (line: Line) => {
    const usage = line.sum.usage(lastOf.get(line));
    return usage && { ...usage, ...untoldIn(line) };
  };
  const rows = [...lines].flatMap(([key, line]) => {
    const usage = usageIn(line);
    return usage ? [{ key, ...usage }] : [];
  });
  return { rows: rows.sort(orderOf(by)), total: usageIn(total), ...untoldIn(total) };
}

const untoldIn = ({ untold }: Line) => (untold > 0 ? { untoldRequests: untold } : {});

/** Grouped by day first; once more by the quarter of an hour where a price turns out to change with the hour. */
async function groupsFor({ source, prices, filter, calendar }: ReportQuestion, by: ReportLines): Promise<Groups> {
  const asked = await groupingOf(by, source, calendar);
  const untold = await source.untold(filter, asked);
  const daily = await source.groups(filter, { ...asked, hourly: false });
  if (!daily.some(({ model, provider }) => prices.changesWithinDay(model, provider))) return { groups: daily, untold };
  return { groups: await source.groups(filter, { ...asked, hourly: true }), untold };
}

interface Groups {
  groups: readonly UsageGroup[];
  untold: readonly UntoldGroup[];
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
function summed({ groups, untold }: Groups, { prices }: ReportQuestion, keyOfGroup: (group: Keyed) => string) {
  const lines = new Map<string, Line>();
  const lineOf = (group: Keyed) => {
    const key = keyOfGroup(group);
    const line = lines.get(key) ?? newLine(prices);
    lines.set(key, line);
    return line;
  };
  for (const group of untold) lineOf(group).untold += group.requests;
  for (const group of groups) {
    const line = lineOf(group);
    line.sum.add(group, chargeOf(group, prices, chargedIn(group)));
    line.latest = later(line.latest, group.latest, group.num);
  }
  const total = newLine(prices);
  for (const { sum, latest, untold: silent } of lines.values()) {
    total.sum.addSum(sum);
    total.untold += silent;
    for (const num of latest?.nums ?? []) total.latest = later(total.latest, latest?.bucket ?? 0, num);
  }
  return { lines, total };
}

const newLine = (prices: PriceTable): Line => ({ sum: new UsageSum(prices), latest: null, untold: 0 });

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

type Keyed = Omit<UntoldGroup, 'requests'>;

function keyOf(by: ReportLines, roots: Family | null): (group: Keyed) => string {
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
function periodsOf(period: Period): (group: Keyed) => string {
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
