/**
 * All that panels are counted from, kept in memory: when the log has changed, only what sessions counted that have moved
 * since is read again. Every change of a session's sums comes with a row in its log, so that its head tells.
 */
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import type { ActivityBucketsTable, SessionsTable, Tables, UsageBucketsTable } from '../tables.js';
import { type Family, familyOf } from './family.js';
import { type Filter, simulatedProvider } from './filter.js';
import { packedRows } from './packed.js';
import { readSilent, type SilentRequest } from './silent.js';
import { type SessionOfBucket, type UsageBucketRow, usageBucketFrom, usageColumns } from './usage-row.js';

/** Messages, turns and calls of a session in a quarter of an hour. */
export type ActivityRow = ActivityBucketsTable & SessionOfBucket;

export interface Counted {
  usage: UsageBucketRow[];
  activity: ActivityRow[];
  /** Requests that told nothing at all, or no output. */
  silent: SilentRequest[];
  roots: Family;
}

interface CountedSession extends SessionOfBucket {
  num: number;
  /** Changes with whatever is kept of the session. */
  state: string;
  usage: UsageBucketRow[];
  activity: ActivityRow[];
  silent: SilentRequest[];
}

const sessionColumns = ['num', 'id', 'parent_id', 'agent', 'project', 'epoch', 'head'] as const;
type SessionRow = Pick<SessionsTable, (typeof sessionColumns)[number]>;

// Beyond so many sessions it is quicker to read all sums than to look for theirs.
const movedMax = 100;

/** Everything that a question needs. Asked again, it reads what has changed. */
export function counting(queries: Kysely<Tables>): (filter: Filter) => Promise<Counted> {
  let kept = new Map<number, CountedSession>();
  return async (filter) => {
    // Before their sums: what is written in between is taken for older than it is, and read once more.
    const rows = await packedRows<SessionRow, typeof sessionColumns>(
      queries,
      queries.selectFrom('sessions').select(sessionColumns),
      sessionColumns,
    );
    const current = new Map<number, CountedSession>();
    const moved: CountedSession[] = [];
    for (const [num, , , agent, project, epoch, head] of rows) {
      const state = `${epoch} ${head} ${agent} ${project}`;
      const known = kept.get(num);
      const session =
        known?.state === state ? known : { num, agent, project, state, usage: [], activity: [], silent: [] };
      if (session !== known) moved.push(session);
      current.set(num, session);
    }
    await readSums(queries, moved);
    kept = current;
    const roots = familyOf(rows.map(([num, id, parent_id]) => ({ num, id, parent_id })));
    return { ...chosen(kept.values(), filter), roots };
  };
}

/** The same once. */
export function gather(queries: Kysely<Tables>, filter: Filter): Promise<Counted> {
  return counting(queries)(filter);
}

async function readSums(queries: Kysely<Tables>, sessions: readonly CountedSession[]): Promise<void> {
  if (sessions.length === 0) return;
  const byNum = new Map(sessions.map((session) => [session.num, session]));
  let usage = queries
    .selectFrom('usage_buckets')
    .selectAll()
    .where('requests', '>', 0)
    .where('provider', '<>', simulatedProvider);
  let activity = queries.selectFrom('activity_buckets').selectAll();
  if (sessions.length <= movedMax) {
    usage = usage.where('num', 'in', [...byNum.keys()]);
    activity = activity.where('num', 'in', [...byNum.keys()]);
  }
  for (const values of await packedRows<UsageBucketsTable, typeof usageColumns>(queries, usage, usageColumns)) {
    const session = byNum.get(values[1]);
    session?.usage.push(usageBucketFrom(values, session));
  }
  const columns = ['bucket', 'num', 'messages', 'turns', 'tool_calls'] as const;
  for (const values of await packedRows<ActivityBucketsTable, typeof columns>(queries, activity, columns)) {
    const [bucket, num, messages, turns, tool_calls] = values;
    const session = byNum.get(num);
    if (!session) continue;
    const { agent, project } = session;
    session.activity.push({ bucket, num, messages, turns, tool_calls, agent, project });
  }
  const nums = sessions.length <= movedMax ? [...byNum.keys()] : null;
  for (const one of await readSilent(queries, nums, (num) => byNum.get(num))) byNum.get(one.num)?.silent.push(one);
}

/** A model filter chooses sessions where messages and turns are counted, since a message belongs to no model. */
function chosen(sessions: Iterable<CountedSession>, filter: Filter): Omit<Counted, 'roots'> {
  const { agents, projects, models } = filter;
  const [first, end] = [(filter.since ?? Number.NEGATIVE_INFINITY) / bucketMs, (filter.until ?? Infinity) / bucketMs];
  const inRange = ({ bucket }: { bucket: number }) => bucket >= first && bucket < end;
  const ofModels = ({ model }: { model: string }) => models?.includes(model) ?? true;
  const usage: UsageBucketRow[] = [];
  const activity: ActivityRow[] = [];
  const silent: SilentRequest[] = [];
  for (const session of sessions) {
    if (agents && !agents.includes(session.agent)) continue;
    if (projects && !projects.includes(session.project ?? '')) continue;
    for (const bucket of session.usage) if (inRange(bucket) && ofModels(bucket)) usage.push(bucket);
    for (const one of session.silent) if (inRange(one) && ofModels(one)) silent.push(one);
    if (models && !session.usage.some(ofModels) && !session.silent.some(ofModels)) continue;
    for (const bucket of session.activity) if (inRange(bucket)) activity.push(bucket);
  }
  return { usage, activity, silent };
}
