/** Which part of the archive a question is about. */
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import type { Tables, UsageBucketsTable } from '../tables.js';
import { type PackedValues, packedRows } from './packed.js';

export interface Filter {
  /** Milliseconds since 1970, inclusive; on a quarter of an hour. */
  since?: number;
  /** Exclusive. */
  until?: number;
  agents?: readonly string[];
  projects?: readonly string[];
  models?: readonly string[];
}

/** What a bucket's session adds to it: whose it is, and under which root it counts. */
export interface SessionOfBucket {
  agent: string;
  project: string | null;
}

export type UsageBucketRow = UsageBucketsTable & SessionOfBucket;

const usageColumns = [
  'bucket',
  'num',
  'model',
  'provider',
  'size_class',
  'complete',
  'requests',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_reported',
  'output_reported',
  'cache_read_reported',
  'cache_write_reported',
  'cache_write_1h_reported',
  'reasoning_reported',
  'agent',
  'project',
] as const satisfies readonly (keyof UsageBucketRow)[];
type UsageValues = PackedValues<UsageBucketRow, typeof usageColumns>;

/** Written out, because a loop over the columns takes five times as long, and reports read tens of thousands. */
function usageBucketFrom(values: UsageValues): UsageBucketRow {
  return {
    bucket: values[0],
    num: values[1],
    model: values[2],
    provider: values[3],
    size_class: values[4],
    complete: values[5],
    requests: values[6],
    input_tokens: values[7],
    output_tokens: values[8],
    cache_read_tokens: values[9],
    cache_write_tokens: values[10],
    cache_write_1h_tokens: values[11],
    reasoning_tokens: values[12],
    input_reported: values[13],
    output_reported: values[14],
    cache_read_reported: values[15],
    cache_write_reported: values[16],
    cache_write_1h_reported: values[17],
    reasoning_reported: values[18],
    agent: values[19],
    project: values[20],
  };
}

export async function usageBuckets(queries: Kysely<Tables>, filter: Filter): Promise<UsageBucketRow[]> {
  let query = queries
    .selectFrom('usage_buckets')
    .innerJoin('sessions', 'sessions.num', 'usage_buckets.num')
    .selectAll('usage_buckets')
    .select(['sessions.agent', 'sessions.project'])
    .where('usage_buckets.requests', '>', 0);
  if (filter.since !== undefined) query = query.where('bucket', '>=', filter.since / bucketMs);
  if (filter.until !== undefined) query = query.where('bucket', '<', filter.until / bucketMs);
  if (filter.agents) query = query.where('sessions.agent', 'in', filter.agents);
  if (filter.projects) query = query.where('sessions.project', 'in', filter.projects);
  if (filter.models) query = query.where('usage_buckets.model', 'in', filter.models);
  const rows = await packedRows<UsageBucketRow, typeof usageColumns>(queries, query, usageColumns);
  return rows.map(usageBucketFrom);
}

export interface ActivityRow extends SessionOfBucket {
  bucket: number;
  num: number;
  messages: number;
  turns: number;
  tool_calls: number;
}

/** Messages and turns. A model filter chooses sessions here, since a message belongs to no model. */
export async function activityBuckets(queries: Kysely<Tables>, filter: Filter): Promise<ActivityRow[]> {
  let query = queries
    .selectFrom('activity_buckets')
    .innerJoin('sessions', 'sessions.num', 'activity_buckets.num')
    .selectAll('activity_buckets')
    .select(['sessions.agent', 'sessions.project']);
  if (filter.since !== undefined) query = query.where('bucket', '>=', filter.since / bucketMs);
  if (filter.until !== undefined) query = query.where('bucket', '<', filter.until / bucketMs);
  if (filter.agents) query = query.where('sessions.agent', 'in', filter.agents);
  if (filter.projects) query = query.where('sessions.project', 'in', filter.projects);
  const models = filter.models;
  if (models)
    query = query.where('activity_buckets.num', 'in', (nested) =>
      nested.selectFrom('usage_buckets').select('num').where('model', 'in', models),
    );
  const columns = ['bucket', 'num', 'messages', 'turns', 'tool_calls', 'agent', 'project'] as const;
  const rows = await packedRows<ActivityRow, typeof columns>(queries, query, columns);
  return rows.map(([bucket, num, messages, turns, tool_calls, agent, project]) => ({
    bucket,
    num,
    messages,
    turns,
    tool_calls,
    agent,
    project,
  }));
}
