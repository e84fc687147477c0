/** Sessions: the list, one, its items, usage, timeline. */
import { z } from '@hono/zod-openapi';
import {
  findSession,
  forksOf,
  itemPage,
  listSessions,
  sessionFacets,
  sessionTotals,
  sessionUsage,
  TurnFiles,
  timeline,
} from '@taffrail/store';
import {
  type ItemPage,
  itemPageSchema,
  type SessionSnapshot,
  sessionFacetsSchema,
  sessionListSchema,
  sessionSchema,
  sessionSorts,
  sessionUsageSchema,
  type Turn,
  timelineSchema,
} from '@taffrail/wire';
import { type Api, get } from '../api.js';
import type { AppParts } from '../app.js';
import { calendarOf, cursor, flag, pageSize, several, spanOf } from '../parameters.js';
import { HttpProblem } from '../problem.js';

const usageStates = several.pipe(z.array(z.enum(['known', 'partial', 'unknown'])).optional());

const listShape = {
  agent: several,
  project: several,
  model: several,
  status: several,
  q: z.string().optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  tz: z.string().optional(),
  usage: usageStates,
  open: flag,
  roots: flag,
  parentId: several,
  sort: z.enum([...sessionSorts, 'position']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  limit: pageSize(500, 100),
  cursor,
};

export function sessionRoutes(api: Api, parts: AppParts): void {
  const files = new TurnFiles(parts.store.queries);
  get(
    api,
    '/sessions',
    {
      summary: 'Sessions, newest first; open ones in the order of their tabs',
      query: listShape,
      answer: sessionListSchema,
    },
    async ({ query }) => {
      const question = questionFrom(query);
      const list = await listSessions(parts.store.queries, parts.prices, question);
      return question.offset > 0
        ? list
        : { ...list, totals: await sessionTotals(parts.store.queries, parts.prices, question) };
    },
  );
  get(api, '/sessions/facets', { summary: 'How many sessions each filter shows', answer: sessionFacetsSchema }, () =>
    sessionFacets(parts.store.queries),
  );
  get(api, '/sessions/:id', { summary: 'One session', answer: sessionSchema }, ({ params }) =>
    sessionOf(parts, params),
  );
  get(
    api,
    '/sessions/:id/items',
    {
      summary: 'Items by page',
      query: {
        before: z.coerce.number().int().optional(),
        after: z.coerce.number().int().optional(),
        limit: pageSize(1000, 200),
      },
      answer: itemPageSchema,
    },
    async ({ params, query }) => {
      const num = await numOf(parts, params);
      const session = await sessionOf(parts, params);
      const page = await itemPage(parts.store.queries, {
        num,
        total: session.itemCount,
        limit: query.limit,
        ...defined({ before: query.before, after: query.after }),
      });
      return session.origin === 'live' ? { ...page, turns: await turnsAmong(parts, num, page, query.before) } : page;
    },
  );
  get(api, '/sessions/:id/usage', { summary: 'What a session spent', answer: sessionUsageSchema }, async ({ params }) =>
    sessionUsage(parts.store.queries, parts.prices, await numOf(parts, params)),
  );
  get(
    api,
    '/sessions/:id/timeline',
    { summary: 'Turns in order, where some were set aside, and the forks of the session', answer: timelineSchema },
    async ({ params }) => {
      const { num, id, epoch, origin, cwd, head } = await placeOf(parts, params);
      const stands = origin === 'live' ? await parts.store.snapshot(id, { items: 1, bytes: 1 }) : null;
      const stand = stands ? standOf(stands.state) : null;
      const compared = stand === null ? undefined : await parts.runner.comparedTurns({ id, cwd, stand });
      const known = await files.of({ num, epoch, cwd, head }, compared);
      const { turns, aside } = await timeline(parts.store.queries, { num, head }, known);
      const forks = await forksOf(parts.store.queries, { id, num }, turns);
      const rewinds = stands ? { rewinds: [...stands.state.rewinds] } : {};
      return { turns, ...rewinds, ...(aside.length > 0 ? { aside } : {}), forks };
    },
  );
}

/** Says another thing whenever a turn has ended or was taken back: then a state of the folder may have been kept. */
function standOf({ turns, rewinds }: SessionSnapshot): string {
  return [turns.findLast(({ after }) => after !== null)?.turnId, rewinds.at(-1)?.seq].join(' ');
}

/** The turns that began among a page's items; of the first items also those from before. */
async function turnsAmong(
  { store }: AppParts,
  num: number,
  { items, oldestSeq }: ItemPage,
  before: number | undefined,
): Promise<Turn[]> {
  const from = items[0]?.seq ?? 0;
  const isBeginning = oldestSeq === null || from <= oldestSeq;
  return store.turnsWithin(num, isBeginning ? 0 : from, before ?? (items.at(-1)?.seq ?? 0) + 1);
}

function questionFrom(query: z.infer<z.ZodObject<typeof listShape>>) {
  const calendar = calendarOf(query.tz);
  const { since: _since, until: _until, tz: _zone, cursor: offset, ...rest } = query;
  return {
    ...defined(rest),
    ...spanOf(query, calendar),
    ...orderOf(query),
    limit: query.limit,
    offset,
  };
}

/** Open sessions come in the order of their tabs, others the newest first, unless something else is asked for. */
function orderOf({ open, sort, order }: z.infer<z.ZodObject<typeof listShape>>) {
  const by = sort ?? (open === true ? 'position' : 'updated');
  return { sort: by, order: order ?? (by === 'position' ? 'asc' : 'desc') } as const;
}

async function sessionOf(parts: AppParts, params: Record<string, string>) {
  const session = await findSession(parts.store.queries, parts.prices, params['id'] ?? '');
  if (!session) throw notFound(params['id'] ?? '');
  return session;
}

async function placeOf(parts: AppParts, params: Record<string, string>) {
  const row = await parts.store.queries
    .selectFrom('sessions')
    .select(['num', 'id', 'epoch', 'origin', 'cwd', 'head'])
    .where('id', '=', params['id'] ?? '')
    .executeTakeFirst();
  if (!row) throw notFound(params['id'] ?? '');
  return row;
}

const numOf = async (parts: AppParts, params: Record<string, string>): Promise<number> =>
  (await placeOf(parts, params)).num;

const notFound = (id: string) => new HttpProblem(404, `There is no session ${id}.`);

function defined<Values extends object>(values: Values): { [Key in keyof Values]: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]: Exclude<Values[Key], undefined>;
  };
}
