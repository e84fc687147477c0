/**
 * What a usage report asks of a store: sums made by the database, and the few facts beside them. Apart from the other
 * questions, so that a report can be made without loading what they need.
 */
import type { ChargedTokens } from '../pricing/cost-sum.js';
import type { UsageFactsTable } from '../tables.js';
import type { Filter } from './filter.js';
import type { UsageBucketRow } from './usage-row.js';

/** Buckets summed into one. `bucket` is where the group begins; columns that were not asked for hold nothing. */
export interface UsageGroup extends UsageBucketRow {
  /** Days since 1970 on the local clock. */
  day: number;
  /** The latest bucket in it. */
  latest: number;
  /** Input that was charged as such, and cache writes that are not kept an hour: summed bucket by bucket. */
  uncached: number;
  short_writes: number;
}

export interface GroupQuestion {
  /** How far the local clock is from UTC, each from its bucket on: tells groups apart by local day. */
  offsets?: readonly { from: number; offsetMs: number }[];
  /** Tells groups apart by session, project or agent. */
  by?: 'num' | 'project' | 'agent';
  /** Leaves every bucket by itself, rather than joining those of one day in UTC. */
  hourly: boolean;
}

/** Requests that told no usage at all, by what tells groups apart; columns that were not asked for hold nothing. */
export interface UntoldGroup extends Pick<UsageGroup, 'num' | 'model' | 'agent' | 'project' | 'day'> {
  requests: number;
}

export type RequestFact = Pick<
  UsageFactsTable,
  | 'num'
  | 'at'
  | 'turn_id'
  | 'model'
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_read_tokens'
  | 'cache_write_tokens'
  | 'cache_write_1h_tokens'
  | 'reasoning_tokens'
>;

export interface SessionLabel {
  num: number;
  id: string;
  parent_id: string | null;
  title: string | null;
  agent: string;
  project: string | null;
}

export interface UsageSource {
  /** The first and the last bucket with a request; `null` without any. */
  span(): Promise<{ first: number; last: number } | null>;
  groups(filter: Filter, question: GroupQuestion): Promise<UsageGroup[]>;
  untold(filter: Filter, question: Omit<GroupQuestion, 'hourly'>): Promise<UntoldGroup[]>;
  /** The sessions that spent something in this bucket. */
  sessionsIn(filter: Filter, bucket: number): Promise<number[]>;
  /** The last counted request of each of these sessions in each of these buckets. */
  lastRequests(filter: Filter, places: readonly { num: number; bucket: number }[]): Promise<RequestFact[]>;
  sessions(): Promise<SessionLabel[]>;
}

export interface UsageReader extends UsageSource {
  close(): Promise<void>;
}

export function chargedIn(group: UsageGroup): ChargedTokens {
  return {
    uncached: group.uncached,
    cacheRead: group.cache_read_tokens,
    cacheWrite: group.short_writes,
    cacheWrite1h: group.cache_write_1h_tokens,
    output: group.output_tokens,
  };
}
