/**
 * Traces by page. They are folded from the log when somebody asks, and what was folded is kept for a while: whoever
 * watches a running session asks again with every few rows, and then only those are read.
 */
import type { TracePage, TraceSession, TraceSpan } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { ReadLog, type Stretch } from './read-log.js';
import { requestCost } from './request-cost.js';
import { rowsPerReadUsually } from './trace-rows.js';

export interface TraceQuestion {
  sessionId: string;
  /** Only what belongs to this turn of the session; sub-agents that it started are then those of the page. */
  turnId?: string | undefined;
  /** With the sessions that it, and they, have started. */
  tree?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

interface TracedSession extends TraceSession {
  num: number;
  epoch: number;
  head: number;
}

// About 40 MB of spans: some long sessions, or very many usual ones.
const keptSpansMax = 100_000;
const wholePageSpans = 1_000;
// A tree of agents that is larger than this is not looked at as a whole.
const treeSessionsMax = 500;

export class Traces {
  readonly #queries: Kysely<Tables>;
  readonly #prices: PriceTable;
  /** The one asked for last comes last. */
  readonly #kept = new Map<string, ReadLog>();

  readonly #rowsPerRead: number;

  constructor(queries: Kysely<Tables>, prices: PriceTable, rowsPerRead = rowsPerReadUsually) {
    this.#queries = queries;
    this.#prices = prices;
    this.#rowsPerRead = rowsPerRead;
  }

  /** `null` where there is no such session. */
  async page(question: TraceQuestion): Promise<TracePage | null> {
    const sessions = await sessionsOf(this.#queries, question.sessionId, question.tree ?? false);
    if (sessions.length === 0) return null;
    return this.#pageOf(question, await this.#wanted(question, sessions));
  }

  /** With `turnId`, of the sub-agents only those that the turn has started, and what they have. */
  async #wanted({ sessionId, turnId, tree }: TraceQuestion, sessions: readonly TracedSession[]) {
    const own = sessions.find(({ id }) => id === sessionId);
    if (turnId === undefined || !tree || !own) return sessions;
    const ofTurn = { sessionId, turnId, limit: Number.MAX_SAFE_INTEGER };
    const { spans } = await this.#read(own, 0, ofTurn);
    const wanted = new Set([sessionId, ...spans.flatMap(({ childSessionId }) => childSessionId ?? [])]);
    // Until no more come: a parent may stand behind its sub-agents.
    for (let size = 0; size < wanted.size; ) {
      size = wanted.size;
      for (const { id, parentId } of sessions)
        if (parentId !== null && parentId !== sessionId && wanted.has(parentId)) wanted.add(id);
    }
    return sessions.filter(({ id }) => wanted.has(id));
  }

  async #pageOf(question: TraceQuestion, sessions: readonly TracedSession[]): Promise<TracePage> {
    const from = placeOf(question.cursor);
    const spans: TraceSpan[] = [];
    let nextCursor: string | null = null;
    for (const session of sessions) {
      if (session.num < from.num) continue;
      const start = session.num === from.num ? from.index : 0;
      const found = await this.#read(session, start, { ...question, limit: question.limit - spans.length });
      spans.push(...found.spans);
      nextCursor = found.next === null ? null : `${session.num}.${found.next}`;
      if (nextCursor !== null) break;
    }
    const known = sessions.map(({ id, parentId, agent, title }) => ({ id, parentId, agent, title }));
    return { spans: spans.map((span) => this.#priced(span)), sessions: known, nextCursor };
  }

  /** Everything at once, with all that the session has started. @throws Error where there is no such session. */
  async whole(sessionId: string): Promise<Omit<TracePage, 'nextCursor'>> {
    const spans: TraceSpan[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await this.page({ sessionId, tree: true, cursor, limit: wholePageSpans });
      if (!page) throw new Error(`There is no session ${sessionId}.`);
      spans.push(...page.spans);
      if (page.nextCursor === null) return { spans, sessions: page.sessions };
      cursor = page.nextCursor;
    }
  }

  async #read(session: TracedSession, start: number, { sessionId, turnId, limit }: TraceQuestion): Promise<Stretch> {
    const known = this.#kept.get(session.id);
    const log = known?.epoch === session.epoch ? known : new ReadLog(this.#queries, session, this.#rowsPerRead);
    this.#kept.delete(session.id);
    this.#kept.set(session.id, log);
    const ofTurn = session.id === sessionId ? turnId : undefined;
    const stretch = await log.read({ start, limit, head: session.head, turnId: ofTurn });
    this.#forgetSome();
    return stretch;
  }

  #forgetSome(): void {
    let spans = [...this.#kept.values()].reduce((sum, log) => sum + log.length, 0);
    for (const [id, log] of this.#kept) {
      if (spans <= keptSpansMax || this.#kept.size === 1) return;
      spans -= log.length;
      this.#kept.delete(id);
    }
  }

  #priced(span: TraceSpan): TraceSpan {
    if (!span.usage) return span;
    const costMicros = requestCost(this.#prices, { ...span.usage, at: Date.parse(span.startedAt) });
    return { ...span, usage: { ...span.usage, costMicros } };
  }
}

function placeOf(cursor: string | undefined): { num: number; index: number } {
  const [num = 0, index = 0] = (cursor ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { num, index };
}

/** The session, and with `tree` all that it and they have started, in the order in which the archive came to know them. */
async function sessionsOf(queries: Kysely<Tables>, id: string, tree: boolean): Promise<TracedSession[]> {
  const found = await sql<TracedSession>`
    WITH RECURSIVE tree (num, id, depth) AS (
      SELECT num, id, 0 FROM sessions WHERE id = ${id}
      UNION
      SELECT s.num, s.id, tree.depth + 1 FROM sessions s JOIN tree ON s.parent_id = tree.id WHERE tree.depth < ${tree ? 64 : 0}
    )
    SELECT s.num, s.id, s.parent_id AS "parentId", s.agent, s.title, s.epoch, s.head
    FROM sessions s WHERE s.num IN (SELECT num FROM tree) ORDER BY s.num LIMIT ${treeSessionsMax}`.execute(queries);
  return found.rows;
}
