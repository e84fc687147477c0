/** Usage reports' questions on SQLite, as plain statements: a report is over before a query builder would be loaded. */
import { type Filter, simulatedProvider } from '../analytics/filter.js';
import { type UsageValues, usageBucketFrom, usageColumns } from '../analytics/usage-row.js';
import type {
  GroupQuestion,
  RequestFact,
  SessionLabel,
  UntoldGroup,
  UsageGroup,
  UsageSource,
} from '../analytics/usage-source.js';
import { bucketMs } from '../plan/buckets.js';
import type { Database } from './database.js';

export function usageSource(db: Database): UsageSource {
  return {
    span: () => Promise.resolve(span(db)),
    groups: (filter, question) => Promise.resolve(groups(db, filter, question)),
    untold: (filter, question) => Promise.resolve(untold(db, filter, question)),
    sessionsIn: (filter, bucket) => Promise.resolve(sessionsIn(db, filter, bucket)),
    lastRequests: (filter, places) => Promise.resolve(places.flatMap((place) => lastRequest(db, filter, place) ?? [])),
    sessions: () =>
      Promise.resolve(db.all<SessionLabel>('SELECT num, id, parent_id, title, agent, project FROM sessions')),
  };
}

function span(db: Database): { first: number; last: number } | null {
  const row = db.get<{ first: number | null; last: number | null }>(
    `SELECT min(first) AS first, max(last) AS last FROM (
      SELECT (SELECT min(bucket) FROM usage_buckets) AS first, (SELECT max(bucket) FROM usage_buckets) AS last
      UNION ALL SELECT min(${factBucket}), max(${factBucket}) FROM usage_facts WHERE ${isUntold})`,
  );
  return row && row.first !== null && row.last !== null ? { first: row.first, last: row.last } : null;
}

const factBucket = `CAST(at AS INTEGER) / ${bucketMs}`;
/** Begins with the words of the index that holds such requests. */
const isUntold = `output_tokens IS NULL AND inherited_from IS NULL AND counted = 0 AND provider IS NOT '${simulatedProvider}'`;

const dayBuckets = 86_400_000 / bucketMs;
const summed = usageColumns.slice(usageColumns.indexOf('requests'));
const dimensions = ['bucket', 'num', 'model', 'provider', 'size_class', 'complete', 'agent', 'project', 'day'];

type GroupValues = readonly [
  ...UsageValues,
  agent: string,
  project: string | null,
  day: number,
  latest: number,
  uncached: number,
  short_writes: number,
];

/** One JSON text for all groups: each row that crosses into JavaScript by itself costs ten microseconds. */
function groups(db: Database, filter: Filter, question: GroupQuestion): UsageGroup[] {
  const { sql, parameters } = conditions(filter);
  const from = joinOf(filter, question.by);
  const grouped = `
    SELECT ${question.hourly ? 'bucket' : `bucket / ${dayBuckets} * ${dayBuckets}`} AS bucket, ${question.by === 'num' ? 'u.num' : '0'} AS num,
      u.model AS model, provider, size_class, complete, ${summed.map((column) => `sum(u.${column}) AS ${column}`).join(', ')},
      ${asked(question, 'agent', "''")} AS agent, ${asked(question, 'project', 'NULL')} AS project, ${localDay(question.offsets)} AS day,
      max(bucket) AS latest, sum(max(0, u.input_tokens - cache_read_tokens - cache_write_tokens)) AS uncached,
      sum(max(0, cache_write_tokens - cache_write_1h_tokens)) AS short_writes
    FROM ${from} WHERE ${sql}
    GROUP BY ${dimensions.map((name) => placeOf(name)).join(', ')}`;
  const packed = db.get<{ packed: string }>(
    `SELECT json_group_array(json_array(${outputColumns.join(', ')})) AS packed FROM (${grouped})`,
    ...parameters,
  );
  return (JSON.parse(packed?.packed ?? '[]') as GroupValues[]).map(groupFrom);
}

const outputColumns = [...usageColumns, 'agent', 'project', 'day', 'latest', 'uncached', 'short_writes'];
/** By place in the list, because the names are also those of columns. */
const placeOf = (name: string): number => outputColumns.indexOf(name) + 1;

/** Added to in place: a copy for each of thousands of rows takes longer than the statement that sums them. */
function groupFrom(values: GroupValues): UsageGroup {
  const group = usageBucketFrom(values, { agent: values[19], project: values[20] }) as UsageGroup;
  group.day = values[21];
  group.latest = values[22];
  group.uncached = values[23];
  group.short_writes = values[24];
  return group;
}

/** Days since 1970 on the local clock: a bucket's place, moved by the offset that holds then. */
function localDay(offsets: GroupQuestion['offsets']): string {
  if (!offsets) return '0';
  const seconds = (index: number) => (offsets.at(index)?.offsetMs ?? 0) / 1000;
  const cases = offsets.slice(1).map(({ from }, index) => `WHEN bucket < ${from} THEN ${seconds(index)}`);
  const offset = cases.length === 0 ? String(seconds(0)) : `CASE ${cases.join(' ')} ELSE ${seconds(-1)} END`;
  return `(bucket * ${bucketMs / 1000} + ${offset}) / 86400`;
}

function untold(db: Database, filter: Filter, question: Omit<GroupQuestion, 'hourly'>): UntoldGroup[] {
  const { sql, parameters } = conditions(filter, 'true');
  const facts = `SELECT num, ${factBucket} AS bucket, coalesce(model, '') AS model FROM usage_facts WHERE ${isUntold}`;
  return db.all<UntoldGroup>(
    `SELECT ${question.by === 'num' ? 'u.num' : '0'} AS num, u.model AS model, ${asked(question, 'agent', "''")} AS agent,
      ${asked(question, 'project', 'NULL')} AS project, ${localDay(question.offsets)} AS day, count(*) AS requests
    FROM ${joinOf(filter, question.by, `(${facts})`)} WHERE ${sql} GROUP BY 1, 2, 3, 4, 5`,
    ...parameters,
  );
}

const asked = ({ by }: Pick<GroupQuestion, 'by'>, column: 'project' | 'agent', nothing: string) =>
  by === column ? `sessions.${column}` : nothing;

function sessionsIn(db: Database, filter: Filter, bucket: number): number[] {
  const { sql, parameters } = conditions(filter);
  const rows = db.all<{ num: number }>(
    `SELECT DISTINCT u.num AS num FROM ${joinOf(filter)} WHERE bucket = ? AND ${sql}`,
    bucket,
    ...parameters,
  );
  return rows.map((row) => row.num);
}

function lastRequest(
  db: Database,
  { models }: Filter,
  { num, bucket }: { num: number; bucket: number },
): RequestFact | undefined {
  const ofModels = models ? `AND coalesce(model, '') IN (${models.map(() => '?').join(', ')})` : '';
  return db.get<RequestFact>(
    `SELECT num, at, turn_id, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
      cache_write_1h_tokens, reasoning_tokens
    FROM usage_facts WHERE num = ? AND at >= ? AND at < ? AND counted = 1 AND provider IS NOT '${simulatedProvider}' ${ofModels} ORDER BY at DESC, seq DESC LIMIT 1`,
    num,
    bucket * bucketMs,
    (bucket + 1) * bucketMs,
    ...(models ?? []),
  );
}

/** Sessions are looked up for each bucket only where the question is about them: it takes as long as the sums. */
function joinOf({ agents, projects }: Filter, by?: GroupQuestion['by'], of = 'usage_buckets'): string {
  const asksSessions = agents !== undefined || projects !== undefined || by === 'project' || by === 'agent';
  return asksSessions ? `${of} u JOIN sessions ON sessions.num = u.num` : `${of} u`;
}

const isSpent = `u.requests > 0 AND u.provider <> '${simulatedProvider}'`;

function conditions(
  { since, until, agents, projects, models }: Filter,
  beside = isSpent,
): { sql: string; parameters: (string | number)[] } {
  const all: string[] = [beside];
  const parameters: (string | number)[] = [];
  const add = (sql: string, ...values: (string | number)[]) => {
    all.push(sql);
    parameters.push(...values);
  };
  const oneOf = (column: string, values: readonly string[] | undefined) => {
    if (values) add(`${column} IN (${values.map(() => '?').join(', ')})`, ...values);
  };
  if (since !== undefined) add('bucket >= ?', since / bucketMs);
  if (until !== undefined) add('bucket < ?', until / bucketMs);
  oneOf('sessions.agent', agents);
  oneOf("coalesce(sessions.project, '')", projects);
  oneOf('u.model', models);
  return { sql: all.join(' AND '), parameters };
}
