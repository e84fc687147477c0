/** Which part of the archive a question is about. */
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import type { Tables } from '../tables.js';
import { packedRows } from './packed.js';
import { type SessionOfBucket, type UsageBucketRow, usageBucketFrom, usageColumns } from './usage-row.js';

/** Usage of the demo model is made up: it stands in its session, and in no report. */
export const simulatedProvider = 'demo';

export interface Filter {
  /** Milliseconds since 1970, inclusive; on a quarter of an hour. */
  since?: number;
  /** Exclusive. */
  until?: number;
  agents?: readonly string[];
  projects?: readonly string[];
  models?: readonly string[];
}

export async function usageBuckets(queries: Kysely<Tables>, filter: Filter): Promise<UsageBucketRow[]> {
  let query = queries
    .selectFrom('usage_buckets')
    .innerJoin('sessions', 'sessions.num', 'usage_buckets.num')
    .selectAll('usage_buckets')
    .select(['sessions.agent', 'sessions.project'])
    .where('usage_buckets.requests', '>', 0)
    .where('usage_buckets.provider', '<>', simulatedProvider);
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
