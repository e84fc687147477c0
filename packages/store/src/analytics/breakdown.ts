/** Usage and activity by any key: the one way that all reports and panels are counted. */
import type { AnalyticsRow, AnalyticsTable } from '@taffrail/wire';
import type { PriceTable } from '../pricing/prices.js';
import type { ActivityRow, Counted } from './counted.js';
import type { SilentRequest } from './silent.js';
import type { UsageBucketRow } from './usage-row.js';
import { UsageSum } from './usage-sum.js';

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
  /** `null` where lines are by what no message belongs to. */
  messages: number | null;
  usage: UsageSum;
  /** Requests that told nothing at all. */
  untold: number;
}

/** `activity`: `null` where it belongs to none of the lines. */
type Source = Omit<Counted, 'activity'> & { activity: readonly ActivityRow[] | null };

/** Each bucket is added to its line, and the lines to the total: there are many times as many buckets. */
export function breakdown(counted: Source, prices: PriceTable, keys: Keys): AnalyticsTable {
  return tableOf(linesOf(counted, prices, keys), prices, counted.activity !== null);
}

/**
 * Lines that are divided into groups, and `wholes`: for each key all of its lines as one, in which a session that is in
 * several counts once. `isActive`: whether activity belongs to a group; to a whole it does always.
 */
export function stacked(
  counted: Counted,
  prices: PriceTable,
  { isActive, ...keys }: Required<Keys> & { isActive: boolean },
): AnalyticsTable {
  const lines = linesOf(isActive ? counted : { ...counted, activity: null }, prices, keys);
  const wholes = new Map<string, Line>();
  const wholeOf = (key: string) => {
    const whole = wholes.get(key) ?? newLine(key, null, prices);
    wholes.set(key, whole);
    return whole;
  };
  for (const line of lines.values()) addLine(wholeOf(line.key), line);
  if (!isActive) for (const bucket of counted.activity) addActivity(wholeOf(keys.key(bucket)), bucket, counted);
  return { ...tableOf(lines, prices, isActive), wholes: [...wholes.values()].map(rowFrom) };
}

function tableOf(lines: ReadonlyMap<string, Line>, prices: PriceTable, isActive: boolean): AnalyticsTable {
  const total = newLine('total', null, prices);
  for (const line of lines.values()) addLine(total, line);
  const rowOf = (line: Line) => rowFrom(isActive ? line : { ...line, messages: null });
  return { rows: [...lines.values()].map(rowOf), total: rowOf(total) };
}

function linesOf(counted: Source, prices: PriceTable, keys: Keys): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const bucket of counted.usage) {
    const line = lineFor(lines, keys, bucket, prices);
    const root = counted.roots.rootOf(bucket.num);
    line.sessions.add(root);
    line.withUsage.add(root);
    line.usage.add(bucket);
  }
  for (const request of counted.silent) {
    if (!request.isUntold) continue;
    const line = lineFor(lines, keys, request, prices);
    line.sessions.add(counted.roots.rootOf(request.num));
    line.untold += 1;
  }
  for (const bucket of counted.activity ?? []) addActivity(lineFor(lines, keys, bucket, prices), bucket, counted);
  return lines;
}

function addActivity(line: Line, { num, messages }: ActivityRow, { roots }: Pick<Counted, 'roots'>): void {
  line.sessions.add(roots.rootOf(num));
  line.messages = (line.messages ?? 0) + messages;
}

function addLine(sum: Line, { sessions, withUsage, messages, usage, untold }: Line): void {
  for (const root of sessions) sum.sessions.add(root);
  for (const root of withUsage) sum.withUsage.add(root);
  sum.messages = (sum.messages ?? 0) + (messages ?? 0);
  sum.usage.addSum(usage);
  sum.untold += untold;
}

type Place = UsageBucketRow | ActivityRow | SilentRequest;

function lineFor(lines: Map<string, Line>, keys: Keys, bucket: Place, prices: PriceTable): Line {
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
  return { key, group, sessions: new Set(), withUsage: new Set(), messages: 0, usage: new UsageSum(prices), untold: 0 };
}

function rowFrom(line: Line): AnalyticsRow {
  const saved = line.usage.cacheSaving();
  return {
    key: line.key,
    group: line.group,
    sessions: line.sessions.size,
    sessionsWithUsage: line.withUsage.size,
    messages: line.messages,
    usage: line.usage.usage(),
    untoldRequests: line.untold,
    cacheToldInputTokens: line.usage.cacheToldInput(),
    cacheSavedMicros: saved.micros,
    cacheSavedRequests: saved.requests,
  };
}
