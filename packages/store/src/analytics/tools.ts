/** The tools panel: how often each was called, how often in vain, and how much it returned. */
import type { ToolTable } from '@taffrail/wire';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';
import { type Filter, simulatedProvider } from './filter.js';
import type { Gather } from './remember.js';

export interface ToolQuestion {
  queries: Kysely<Tables>;
  gather: Gather;
  filter: Filter;
}

interface ToolInSession {
  name: string;
  num: number;
  calls: number;
  errors: number;
  /** `null` where no result is in the log. */
  outputBytes: number | null;
}

const toolsMax = 100;

export async function tools({ queries, gather, filter }: ToolQuestion): Promise<ToolTable> {
  const { roots } = await gather(filter);
  const { rows } = await callsBySession(filter).execute(queries);
  const known = new Map<string, ToolTable['rows'][number] & { roots: Set<string> }>();
  for (const { name, num, calls, errors, outputBytes } of rows) {
    const tool = known.get(name) ?? { name, calls: 0, errors: 0, sessions: 0, outputBytes: null, roots: new Set() };
    known.set(name, tool);
    tool.calls += calls;
    tool.errors += errors;
    if (outputBytes !== null) tool.outputBytes = (tool.outputBytes ?? 0) + outputBytes;
    // A sub-agent's calls are those of the session that started it, as everywhere.
    if (calls > 0) tool.roots.add(roots.rootOf(num));
  }
  const called = [...known.values()].filter(({ calls }) => calls > 0);
  called.sort((one, other) => other.calls - one.calls || (one.name < other.name ? -1 : 1));
  return { rows: called.slice(0, toolsMax).map(({ roots: { size }, ...tool }) => ({ ...tool, sessions: size })) };
}

/**
 * A result that came in pieces stands whole in a later row, by its name; a long one's size is that of its blob. A call that
 * was taken back with its answer was never made.
 */
function callsBySession({ since, until, agents, projects, models }: Filter): RawBuilder<ToolInSession> {
  const oneOf = (column: string, values: readonly string[] | undefined) =>
    values ? sql`AND ${sql.ref(column)} IN (${sql.join([...values])})` : sql``;
  const ofModels = models
    ? sql`AND s.num IN (SELECT num FROM usage_buckets WHERE requests > 0 AND provider <> ${simulatedProvider} AND model IN (${sql.join([...models])}))`
    : sql``;
  return sql<ToolInSession>`
    SELECT r.label AS name, s.num AS num, sum(r.item_type = 'tool_call') AS calls,
      sum(r.item_type = 'tool_result' AND coalesce(v.data, r.data) LIKE '%"status":"error"%') AS errors,
      sum(CASE WHEN r.item_type = 'tool_result' THEN coalesce(
        CASE WHEN coalesce(v.data, r.data) LIKE '%"blob":%' THEN json_extract(coalesce(v.data, r.data), '$.blob.sizeBytes') END,
        octet_length(coalesce(v.text, r.text))) END) AS "outputBytes"
    FROM rows r JOIN sessions s ON s.num = r.id / ${sql.lit(rowIdSpan)}
      LEFT JOIN keys k ON r.revised_by IS NOT NULL AND k.num = s.num AND k.key = r.key
      LEFT JOIN rows v ON v.id = r.id - r.id % ${sql.lit(rowIdSpan)} + k.latest
    WHERE r.label IS NOT NULL AND r.revises IS NULL AND coalesce(v.kind, r.kind) <> 'item.deleted'
      ${since === undefined ? sql`` : sql`AND r.at >= ${since}`} ${until === undefined ? sql`` : sql`AND r.at < ${until}`}
      ${oneOf('s.agent', agents)} ${oneOf('s.project', projects)} ${ofModels}
    GROUP BY r.label, s.num`;
}
