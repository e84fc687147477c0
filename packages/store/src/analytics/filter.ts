/** Which part of the archive a question is about. */
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import type { Tables, UsageBucketsTable } from '../tables.js';

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
  return query.execute();
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
  return query.execute();
}
