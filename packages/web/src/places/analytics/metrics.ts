/** The metrics: their names, their figures in a row, and what those were counted from. */
import type { AnalyticsRow, AnalyticsSummary, Metric } from '@taffrail/wire';
import { counted, exactMoney, exactNumber, money, shortNumber } from '../../parts/format-number.js';
import { dayOf, shortDay } from '../../parts/format-time.js';
import { priceCoverage, requestCoverage, sessionCoverage } from '../../parts/usage-words.js';

export const metricLabels: Record<Metric, string> = {
  sessions: 'Sessions',
  messages: 'Messages',
  input_tokens: 'Input tokens',
  output_tokens: 'Output tokens',
  cache_read_tokens: 'Cache reads',
  cost: 'Cost',
};

/** Short names for the switch. */
export const metricShortLabels: Record<Metric, string> = {
  ...metricLabels,
  input_tokens: 'Input',
  output_tokens: 'Output',
  cache_read_tokens: 'Cache',
};

const usageFields = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  cache_read_tokens: 'cacheReadTokens',
} as const;

/** A row's figure; `null` where nobody reported it. */
export function metricValue(row: AnalyticsRow, metric: Metric): number | null {
  switch (metric) {
    case 'sessions':
    case 'messages':
      return row[metric];
    case 'cost':
      return row.usage?.costMicros ?? null;
    default:
      return row.usage?.[usageFields[metric]] ?? null;
  }
}

/** `1.12B`, `$1,406.22`, `1,904`. */
export function metricText(value: number, metric: Metric): string {
  if (metric === 'cost') return money(value);
  return metric === 'sessions' ? exactNumber(value) : shortNumber(value);
}

/** Every digit, with its unit. */
export function exactMetricText(value: number, metric: Metric): string {
  if (metric === 'cost') return exactMoney(value);
  return `${exactNumber(value)} ${metric === 'sessions' || metric === 'messages' ? metric : 'tokens'}`;
}

/** What a figure was counted from: `from 45 of 52 sessions`, `3 requests unpriced`; where nothing is missing, `all`. */
export function metricCoverage(row: AnalyticsRow, metric: Metric, all = 'from all sessions'): string {
  if (metric === 'sessions') return 'sub-agents are inside their session';
  if (metric === 'messages') return row.messages === null ? 'a message belongs to no model' : all;
  const { usage, untoldRequests: untold } = row;
  if (!usage) {
    if (row.sessions === 0) return 'no sessions';
    return untold
      ? `${counted(untold, 'request')} told no usage`
      : `none of ${counted(row.sessions, 'session')} reported it`;
  }
  const sessions = sessionCoverage(row.sessionsWithUsage, row.sessions);
  if (metric === 'cost') return priceCoverage(usage, untold) || sessions || 'every request priced';
  return requestCoverage(usage, usageFields[metric], untold) || sessions || all;
}

/** The days that the change is against. An older server does not tell them. */
export function previousWords({ previousSince, previousUntil }: AnalyticsSummary, today: string): string {
  if (!previousSince || !previousUntil) return 'the period before';
  const [first, last] = [dayOf(previousSince), dayOf(new Date(Date.parse(previousUntil) - 1))];
  return first === last ? shortDay(first, today) : `${shortDay(first, today)} – ${shortDay(last, today)}`;
}

/** `↑ 12.4%`, `↓ 1.2 pt`, `↑ from 0`; `null` where one of both is unknown: from nothing known nothing can be told. */
export function changeText(now: number | null, before: number | null, isRate: boolean): string | null {
  if (now === null || before === null) return null;
  const arrow = now > before ? '↑' : now < before ? '↓' : '=';
  if (isRate) return `${arrow} ${Math.abs((now - before) * 100).toFixed(1)} pt`;
  if (before === 0) return now === 0 ? '= 0' : `${arrow} from 0`;
  const size = Math.abs((now - before) / before) * 100;
  return `${arrow} ${size >= 1000 ? `×${(now / before).toFixed(0)}` : `${size.toFixed(1)}%`}`;
}
