/** Sessions as lists and one by one, with what they spent. */
import type { SessionList, SessionSort, SessionSummary } from '@taffrail/wire';
import { type Expression, type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { SessionsTable, Tables } from '../tables.js';
import { type SessionSpending, spendingOf } from './usage-of.js';

/** How much of its usage a session reported. */
export type UsageState = 'known' | 'partial' | 'unknown';

/** Of each list any one; an empty name means sessions that name none. */
export interface SessionQuestion {
  agent?: readonly string[];
  project?: readonly string[];
  model?: readonly string[];
  status?: readonly string[];
  /** Words in title, folder or id. */
  q?: string;
  /** Milliseconds since 1970, of the last activity. */
  since?: number;
  until?: number;
  usage?: readonly UsageState[];
  open?: boolean;
  parentId?: readonly string[];
  /** Leaves out sub-agents. */
  roots?: boolean;
  /** `position`: as they stand in the workbench. */
  sort: SessionSort | 'position';
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}

const sortColumns = {
  position: 'position',
  updated: 'updated_at',
  created: 'created_at',
  title: 'title',
  agent: 'agent',
  project: 'project',
  model: 'model',
  turns: 'turn_count',
  input: 'input_tokens',
  output: 'output_tokens',
  // The store holds no prices: what cost most is looked for among what said most.
  cost: 'output_tokens',
} as const satisfies Record<SessionSort | 'position', keyof SessionsTable>;

/** Tokens are those of a session with its sub-agents, as the list shows them. Most have none, and cost no walk. */
function sortValue(column: keyof SessionsTable): RawBuilder<unknown> {
  if (column !== 'input_tokens' && column !== 'output_tokens') return sql.ref(column);
  const own = sql.ref(`sessions.${column}`);
  return sql`CASE WHEN NOT EXISTS (SELECT 1 FROM sessions c WHERE c.parent_id = sessions.id) THEN ${own} ELSE (
    WITH RECURSIVE tree (num, id, tokens, depth) AS (
      SELECT sessions.num, sessions.id, ${own}, 0
      UNION
      SELECT s.num, s.id, ${sql.ref(`s.${column}`)}, tree.depth + 1
      FROM sessions s JOIN tree ON s.parent_id = tree.id WHERE tree.depth < 64
    )
    SELECT sum(tokens) FROM (SELECT DISTINCT num, tokens FROM tree)) END`;
}

/** A page of sessions; those that hold nothing at all are left out. */
export async function listSessions(
  queries: Kysely<Tables>,
  prices: PriceTable,
  question: SessionQuestion,
): Promise<SessionList> {
  const value = sortValue(sortColumns[question.sort]);
  const rows = await queries
    .selectFrom('sessions')
    .selectAll()
    .where((builder) => matching(builder, question))
    .orderBy(value, (order) => (question.order === 'asc' ? order.asc() : order.desc()).nullsLast())
    .orderBy('num', question.order)
    .limit(question.limit + 1)
    .offset(question.offset)
    .execute();
  const page = rows.slice(0, question.limit);
  const more = rows.length > question.limit;
  return {
    sessions: await summaries(queries, prices, page),
    nextCursor: more ? String(question.offset + question.limit) : null,
  };
}

/** One session, or `null`. */
export async function findSession(
  queries: Kysely<Tables>,
  prices: PriceTable,
  id: string,
): Promise<SessionSummary | null> {
  const row = await queries.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? ((await summaries(queries, prices, [row]))[0] ?? null) : null;
}

/** The condition of a question, shared by lists, totals and facets. */
export function matching(
  builder: ExpressionBuilder<Tables, 'sessions'>,
  question: Partial<SessionQuestion>,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = [
    // One item that is no message is what a program told itself as it started: Gemini CLI writes that down each time.
    builder.or([
      builder('item_count', '>', 1),
      builder('message_count', '>', 0),
      builder('requests', '>', 0),
      builder('origin', '=', 'live'),
    ]),
  ];
  const equals = (column: 'agent' | 'project' | 'model' | 'status' | 'parent_id', values?: readonly string[]) => {
    if (values !== undefined) {
      all.push(
        builder.or(values.map((value) => (value === '' ? builder(column, 'is', null) : builder(column, '=', value)))),
      );
    }
  };
  equals('agent', question.agent);
  equals('project', question.project);
  equals('model', question.model);
  equals('status', question.status);
  equals('parent_id', question.parentId);
  if (question.roots) all.push(builder('parent_id', 'is', null));
  if (question.open !== undefined) all.push(builder('open', '=', question.open ? 1 : 0));
  if (question.since !== undefined) all.push(builder('updated_at', '>=', question.since));
  if (question.until !== undefined) all.push(builder('updated_at', '<', question.until));
  if (question.usage) all.push(builder.or(question.usage.map(usageIs)));
  for (const word of (question.q ?? '').split(/\s+/).filter((part) => part !== '')) {
    const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    all.push(sql<SqlBool>`(coalesce(title, '') || ' ' || coalesce(cwd, '') || ' ' || id) LIKE ${like} ESCAPE '\\'`);
  }
  return builder.and(all);
}

/** Known: every request reported input and output. Unknown: none reported anything. */
export function usageIs(state: UsageState): Expression<SqlBool> {
  const complete = sql`(json_extract(totals, '$.reported.inputTokens') = requests AND json_extract(totals, '$.reported.outputTokens') = requests
    AND num NOT IN (SELECT num FROM usage_facts WHERE output_tokens IS NULL AND inherited_from IS NULL AND counted = 0))`;
  if (state === 'unknown') return sql<SqlBool>`requests = 0`;
  return state === 'known'
    ? sql<SqlBool>`requests > 0 AND ${complete}`
    : sql<SqlBool>`requests > 0 AND NOT ${complete}`;
}

export async function summaries(
  queries: Kysely<Tables>,
  prices: PriceTable,
  rows: readonly SessionsTable[],
): Promise<SessionSummary[]> {
  const [spending, children, origins] = await Promise.all([
    spendingOf(
      queries,
      prices,
      rows.map((row) => row.num),
    ),
    childCounts(
      queries,
      rows.map((row) => row.id),
    ),
    inheritedOrigins(queries, rows),
  ]);
  return rows.map((row) =>
    summary(
      row,
      spending.get(row.num) ?? { own: null, withSubAgents: null, untold: 0 },
      children.get(row.id) ?? 0,
      origins.get(row.num) ?? null,
    ),
  );
}

/** A fork that does not name its parent is told by the copies of requests it holds. */
async function inheritedOrigins(queries: Kysely<Tables>, rows: readonly SessionsTable[]): Promise<Map<number, string>> {
  const unnamed = rows.filter((row) => !row.forked_from && !row.parent_id).map((row) => row.num);
  if (unnamed.length === 0) return new Map();
  const found = await queries
    .selectFrom('usage_facts')
    .select(['num', 'inherited_from'])
    .where('num', 'in', unnamed)
    .where('inherited_from', 'is not', null)
    .orderBy('seq', 'asc')
    .execute();
  return new Map(found.map((fact) => [fact.num, fact.inherited_from ?? '']));
}

async function childCounts(queries: Kysely<Tables>, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .selectFrom('sessions')
    .select(['parent_id', (builder) => builder.fn.countAll<number>().as('count')])
    .where('parent_id', 'in', ids)
    .groupBy('parent_id')
    .execute();
  return new Map(rows.map((row) => [row.parent_id ?? '', Number(row.count)]));
}

function summary(
  row: SessionsTable,
  spending: SessionSpending,
  childCount: number,
  origin: string | null,
): SessionSummary {
  return {
    id: row.id,
    agent: row.agent,
    origin: row.origin as SessionSummary['origin'],
    title: row.title,
    project: row.project ?? row.cwd,
    cwd: row.cwd,
    branch: row.branch,
    model: row.model,
    agentVersion: row.agent_version,
    status: row.status as SessionSummary['status'],
    open: row.open === 1,
    position: row.position,
    parentId: row.parent_id,
    forkedFrom: row.forked_from ?? origin,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    head: row.head,
    itemCount: row.item_count,
    turnCount: row.turn_count,
    messageCount: row.message_count,
    childCount,
    sourceState: row.source_state as SessionSummary['sourceState'],
    usage: spending.own,
    usageWithSubAgents: spending.withSubAgents,
    ...(spending.untold > 0 ? { untoldRequests: spending.untold } : {}),
  };
}
