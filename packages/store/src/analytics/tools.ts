/** The tools panel: how often each was called, how often in vain, how long it took, and how much it returned. */
import type { ToolTable } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { bucketMs } from '../plan/buckets.js';
import { noFigures, type ToolFigures } from '../plan/tool-sums.js';
import type { Tables } from '../tables.js';
import { type Filter, simulatedProvider } from './filter.js';
import { packedRows } from './packed.js';
import type { Gather } from './remember.js';
import { untoldFacts } from './silent.js';

export interface ToolQuestion {
  queries: Kysely<Tables>;
  gather: Gather;
  filter: Filter;
}

const figures = ['calls', 'errors', 'results', 'output_bytes', 'timed', 'duration_ms'] as const;
const columns = ['name', 'num', ...figures] as const;
type ToolInSession = Record<(typeof figures)[number], number> & { name: string; num: number };

interface Tool {
  name: string;
  sums: ToolFigures;
  roots: Set<string>;
}

const toolsMax = 100;

export async function tools({ queries, gather, filter }: ToolQuestion): Promise<ToolTable> {
  const { roots } = await gather(filter);
  const known = new Map<string, Tool>();
  for (const values of await packedRows<ToolInSession, typeof columns>(queries, bySession(queries, filter), columns)) {
    const tool = known.get(values[0]) ?? newTool(values[0]);
    known.set(tool.name, tool);
    const { sums } = tool;
    sums.calls += values[2];
    sums.errors += values[3];
    sums.results += values[4];
    sums.outputBytes += values[5];
    sums.timed += values[6];
    sums.durationMs += values[7];
    // A sub-agent's calls are those of the session that started it, as everywhere.
    if (values[2] > 0) tool.roots.add(roots.rootOf(values[1]));
  }
  const called = [...known.values()].filter(({ sums }) => sums.calls > 0);
  called.sort((one, other) => other.sums.calls - one.sums.calls || (one.name < other.name ? -1 : 1));
  return { rows: called.slice(0, toolsMax).map(lineOf) };
}

const newTool = (name: string): Tool => ({
  name,
  sums: { ...noFigures },
  roots: new Set(),
});

function lineOf({ name, sums, roots }: Tool): ToolTable['rows'][number] {
  return {
    name,
    calls: sums.calls,
    errors: sums.errors,
    sessions: roots.size,
    outputBytes: sums.results === 0 ? null : sums.outputBytes,
    durationMs: sums.timed === 0 ? null : sums.durationMs,
    timedCalls: sums.timed,
  };
}

function bySession(queries: Kysely<Tables>, { since, until, agents, projects, models }: Filter) {
  let query = queries
    .selectFrom('tool_buckets')
    .innerJoin('sessions', 'sessions.num', 'tool_buckets.num')
    .select(['name', 'tool_buckets.num'])
    .select(({ fn }) => figures.map((figure) => fn.sum<number>(figure).as(figure)))
    .groupBy(['tool_buckets.num', 'name']);
  if (since !== undefined) query = query.where('bucket', '>=', since / bucketMs);
  if (until !== undefined) query = query.where('bucket', '<', until / bucketMs);
  if (agents) query = query.where('sessions.agent', 'in', agents);
  // A session without a folder is asked for by an empty name.
  if (projects) query = query.where(({ fn, val }) => fn.coalesce('sessions.project', val('')), 'in', projects);
  if (models) query = query.where('tool_buckets.num', 'in', sessionsOf(queries, models));
  return query;
}

/** A call belongs to no model: it counts with the sessions that have asked one of these, told or not. */
function sessionsOf(queries: Kysely<Tables>, models: readonly string[]) {
  const untold = untoldFacts(queries).select('num');
  return queries
    .selectFrom('usage_buckets')
    .select('num')
    .where('requests', '>', 0)
    .where('provider', '<>', simulatedProvider)
    .where('model', 'in', models)
    .union(untold.where(({ fn, val }) => fn.coalesce('model', val('')), 'in', models));
}
