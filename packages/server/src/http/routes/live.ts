/** Live sessions: orders to them, and how they stand. */
import { z } from '@hono/zod-openapi';
import { findSession } from '@taffrail/store';
import {
  answerPermissionSchema,
  budgetsSchema,
  choicesSchema,
  createSessionSchema,
  followUpSchema,
  forkSessionSchema,
  patchSessionSchema,
  type SessionSummary,
  sessionSchema,
  sessionSnapshotSchema,
  startTurnSchema,
  statusSchema,
  turnAcceptedSchema,
} from '@taffrail/wire';
import { v7 } from 'uuid';
import { setBudgets } from '../../budgets/budget-config.js';
import { sandboxIn } from '../../runner/sandbox.js';
import { budgetsRevision } from '../../settings/revision.js';
import { cursorFrom, eventStream } from '../../stream/sse.js';
import { type Api, get, order } from '../api.js';
import type { AppParts } from '../app.js';
import { obeying } from '../obeying.js';
import { HttpProblem } from '../problem.js';
import { rewindRoutes } from './rewind.js';

const done = z.object({ done: z.literal(true) });
const nothing = z.object({});

export function liveRoutes(api: Api, parts: AppParts): void {
  standing(api, parts);
  events(api, parts);
  sessionOrders(api, parts);
  turnOrders(api, parts);
  rewindRoutes(api, parts);
}

function standing(api: Api, parts: AppParts): void {
  get(api, '/status', { summary: 'How every open session stands', answer: statusSchema }, async () => ({
    sessions: Object.fromEntries(await statuses(parts)),
  }));
  get(api, '/choices', { summary: 'Models, agents and folders to choose from', answer: choicesSchema }, () =>
    choices(parts),
  );
  const budgets = {
    summary: 'What may be spent, and how that stands for a session',
    query: { session: z.string().optional() },
    answer: budgetsSchema,
  };
  get(api, '/budgets', budgets, async ({ query: { session } }) => {
    const { config } = parts.budgets;
    const { warn, unpriced, unreported } = config;
    const standings = await parts.budgets.standings(session ?? null);
    const open = session === undefined ? { open: await parts.budgets.open() } : {};
    const revision = budgetsRevision(config);
    return { set: setBudgets(config), budgets: standings, ...open, warn, unpriced, unreported, revision };
  });
  const snapshot = z.object({ epoch: z.number(), seq: z.number(), status: z.string(), state: sessionSnapshotSchema });
  get(api, '/sessions/:id/snapshot', { summary: 'A session as it stands', answer: snapshot }, async ({ params }) => {
    const found = await parts.store.snapshot(params['id'] ?? '', {
      items: snapshotItems,
      bytes: Number.POSITIVE_INFINITY,
    });
    if (!found) throw new HttpProblem(404, `There is no session ${params['id'] ?? ''}.`);
    return { epoch: found.epoch, seq: found.head, status: found.status, state: found.state };
  });
}

const snapshotItems = 100;

function events(api: Api, { store, hub }: AppParts): void {
  api.get('/sessions/:id/events', (context) =>
    eventStream(
      store,
      hub,
      context.req.param('id'),
      cursorFrom(context.req.header('last-event-id'), context.req.query('after')),
    ),
  );
}

function sessionOrders(api: Api, parts: AppParts): void {
  const { runner } = parts;
  const session = { answer: sessionSchema };
  order(
    api,
    { method: 'post', path: '/sessions' },
    { summary: 'Starts a session', body: createSessionSchema, ...session },
    ({ body }) => obeying(async () => summaryOf(parts, await runner.create(body))),
  );
  order(
    api,
    { method: 'patch', path: '/sessions/:id' },
    { summary: 'Changes title, place, model or effort', body: patchSessionSchema, ...session },
    ({ body, params }) =>
      obeying(async () => {
        await runner.patch(idOf(params), body);
        return summaryOf(parts, idOf(params));
      }),
  );
  order(
    api,
    { method: 'delete', path: '/sessions/:id' },
    { summary: 'Stops the agent and archives the session', body: nothing, answer: done },
    ({ params }) => obeying(() => thenDone(runner.close(idOf(params)))),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/fork' },
    { summary: 'A new session that goes on from here', body: forkSessionSchema, ...session },
    ({ body, params }) => obeying(async () => summaryOf(parts, await runner.fork(idOf(params), body))),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/reopen' },
    { summary: 'Puts a session back into the workbench', body: nothing, ...session },
    ({ params }) =>
      obeying(async () => {
        await runner.reopen(idOf(params));
        return summaryOf(parts, idOf(params));
      }),
  );
}

function turnOrders(api: Api, parts: AppParts): void {
  const { runner } = parts;
  order(
    api,
    { method: 'post', path: '/sessions/:id/turns', status: 202 },
    {
      summary: 'Asks something: now, or when the running turn allows',
      body: startTurnSchema,
      answer: turnAcceptedSchema,
    },
    ({ body: { id = v7(), input, mode, attachments }, params }) =>
      obeying(async () => {
        const files = await parts.uploads.named(attachments);
        return runner.startTurn(idOf(params), { id, input, mode, files });
      }),
  );
  order(
    api,
    { method: 'delete', path: '/sessions/:id/queue/:inputId' },
    { summary: 'Takes back an input that waits', body: nothing, answer: done },
    ({ params }) => obeying(() => thenDone(runner.dropInput(idOf(params), params['inputId'] ?? ''))),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/interrupt' },
    { summary: 'Stops the running turn', body: nothing, answer: done },
    ({ params }) => obeying(() => thenDone(runner.interrupt(idOf(params)))),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/resume', status: 202 },
    { summary: 'Goes on with the turn that was cut off', body: followUpSchema, answer: turnAcceptedSchema },
    ({ body: { id = v7() }, params }) => obeying(() => runner.resume(idOf(params), id)),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/compact', status: 202 },
    { summary: 'Replaces the older context by a summary', body: followUpSchema, answer: turnAcceptedSchema },
    ({ body: { id = v7() }, params }) => obeying(() => runner.compact(idOf(params), id)),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/permissions/:pid' },
    { summary: 'Answers a question', body: answerPermissionSchema, answer: done },
    ({ body, params }) => obeying(() => thenDone(runner.answer(idOf(params), params['pid'] ?? '', body.decision))),
  );
}

const idOf = (params: Record<string, string>): string => params['id'] ?? '';

async function thenDone(work: Promise<void>): Promise<z.infer<typeof done>> {
  await work;
  return { done: true };
}

async function summaryOf(parts: AppParts, id: string): Promise<SessionSummary> {
  const session = await findSession(parts.store.queries, parts.prices, id);
  if (!session) throw new HttpProblem(404, `There is no session ${id}.`);
  return session;
}

async function statuses({ store, runner }: AppParts) {
  const open = await store.queries
    .selectFrom('sessions')
    .select(['id', 'status'])
    .where('open', '=', 1)
    .orderBy('position')
    .execute();
  return Promise.all(
    open.map(async ({ id, status }) => {
      const running = await runner.running(id);
      if (!running) return [id, { status }] as const;
      const { turnId, session } = running;
      const items = [...session.state.items.values()].filter((item) => item.turnId === turnId);
      return [id, { status: session.state.status, turnId, items }] as const;
    }),
  );
}

const foldersMax = 20;

async function choices({ store, runner, live, prices, dataDir }: AppParts): Promise<z.infer<typeof choicesSchema>> {
  live.takeUp();
  const settings = live.current;
  const now = Date.now();
  const folders = await store.queries
    .selectFrom('sessions')
    .select('cwd')
    .select((builder) => builder.fn.max('updated_at').as('at'))
    .where('cwd', 'is not', null)
    .groupBy('cwd')
    .orderBy('at', 'desc')
    .limit(foldersMax)
    .execute();
  return {
    models: settings.models().map((name) => {
      const until = runner.keys.restingUntil(name, now);
      const provider = settings.keys.get(name.keyId)?.provider ?? '';
      return {
        id: `${name.keyId}/${name.model}`,
        ...name,
        provider,
        contextWindow: prices.contextWindow(name.model, provider),
        exhaustedUntil: until === null ? null : new Date(until).toISOString(),
      };
    }),
    agents: settings.agents.map(({ name, models, tools }) => ({
      name,
      models: models.map(({ keyId, model }) => `${keyId}/${model}`),
      tools: [...tools],
    })),
    hosted: settings.hosted.map(({ name, agent }) => ({ name, agent })),
    // Where nothing was ever worked on, there is still a place to try things.
    folders: [...new Set([...folders.flatMap(({ cwd }) => cwd ?? []), sandboxIn(dataDir)])],
  };
}
