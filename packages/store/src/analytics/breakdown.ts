/** Usage and activity by any key: the one way that all reports and panels are counted. */
import type { AnalyticsRow, AnalyticsTable } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { type Family, family } from './family.js';
import { type ActivityRow, activityBuckets, type Filter, usageBuckets } from './filter.js';
import type { UsageBucketRow } from './usage-row.js';
import { chargeOf, UsageSum } from './usage-sum.js';

/** Names the line that a bucket belongs to; `group` is the stack within it. */
export interface Keys {
  key: (bucket: { bucket: number; num: number; agent: string; project: string | null; model?: string }) => string;
  group?: (bucket: { agent: string; project: string | null; model?: string }) => string;
}

interface Line {
  key: string;
  group: string | null;
  sessions: Set<string>;
  withUsage: Set<string>;
  messages: number;
  usage: UsageSum;
}

export interface Counted {
  usage: UsageBucketRow[];
  activity: ActivityRow[];
  roots: Family;
}

/** Everything that a question needs, read once. */
export async function gather(queries: Kysely<Tables>, filter: Filter): Promise<Counted> {
  const [usage, activity, roots] = await Promise.all([
    usageBuckets(queries, filter),
    activityBuckets(queries, filter),
    family(queries),
  ]);
  return { usage, activity, roots };
}

export function breakdown(counted: Counted, prices: PriceTable, keys: Keys): AnalyticsTable {
  const lines = new Map<string, Line>();
  const total = newLine('total', null, prices);
  for (const bucket of counted.usage) {
    const root = counted.roots.rootOf(bucket.num);
    const charge = chargeOf(bucket, prices);
    for (const line of [lineFor(lines, keys, bucket, prices), total]) {
      line.sessions.add(root);
      line.withUsage.add(root);
      line.usage.add(bucket, charge);
    }
  }
  for (const bucket of counted.activity) {
    const root = counted.roots.rootOf(bucket.num);
    for (const line of [lineFor(lines, keys, bucket, prices), total]) {
      line.sessions.add(root);
      line.messages += bucket.messages;
    }
  }
  return { rows: [...lines.values()].map(rowFrom), total: rowFrom(total) };
}

function lineFor(lines: Map<string, Line>, keys: Keys, bucket: UsageBucketRow | ActivityRow, prices: PriceTable): Line {
  const key = keys.key(bucket);
  const group = keys.group?.(bucket) ?? null;
  const id = group === null ? key : `${key}\u0000${group}`;
  const known = lines.get(id);
  if (known) return known;
  const line = newLine(key, group, prices);
  lines.set(id, line);
  return line;
}

function newLine(key: string, group: string | null, prices: PriceTable): Line {
  return { key, group, sessions: new Set(), withUsage: new Set(), messages: 0, usage: new UsageSum(prices) };
}

function rowFrom(line: Line): AnalyticsRow {
  return {
    key: line.key,
    group: line.group,
    sessions: line.sessions.size,
    sessionsWithUsage: line.withUsage.size,
    messages: line.messages,
    usage: line.usage.usage(),
  };
}
