/** thread/start, thread/resume and thread/fork: what makes a thread a client's own to follow. */
import { v7 } from 'uuid';
import type { AppServer } from '../app-server.js';
import { RpcError } from '../rpc-error.js';
import { isArchived, type ThreadRow } from '../thread-rows.js';
import { activeTurn, statusOf } from '../translate/turns.js';
import { type ParamsOf, paramsSchemas } from '../wire/params.js';
import type { Opened } from '../wire/results.js';
import { continuationOf } from './continuation.js';
import { type Answered, type Asking, type Method, method } from './contract.js';
import { keptThread, loaded, openedThread, tellUsage } from './opened.js';

export const openMethods: Record<string, Method> = {
  'thread/start': method('thread/start', paramsSchemas['thread/start'], start),
  'thread/resume': method('thread/resume', paramsSchemas['thread/resume'], resume),
  'thread/fork': method('thread/fork', paramsSchemas['thread/fork'], fork),
};

const noEphemeral = 'taffrail keeps a log of every thread: ephemeral threads are not supported';

async function start(params: ParamsOf<'thread/start'>, { server, connection }: Asking): Promise<Answered<Opened>> {
  if (params.ephemeral) throw new RpcError(noEphemeral);
  const { runner, settings, cwd } = server.parts;
  const model = params.model && settings().knows(params.model) ? { model: params.model } : {};
  const id = await runner.create({ id: v7(), cwd: params.cwd ?? cwd, ...model });
  const thread = await loaded(server, id);
  server.load(id, statusOf(thread.state), { silent: true });
  connection.follow(id, thread);
  const result = await openedThread(server, thread, id, true);
  return { result, after: () => server.broadcast({ method: 'thread/started', params: { thread: result.thread } }) };
}

async function resume(params: ParamsOf<'thread/resume'>, { server, connection }: Asking): Promise<Answered<Opened>> {
  if (params.history) throw historyRefusal(connection.knowsExperimental);
  const asked = await keptThread(server, params.threadId);
  if (isArchived(asked))
    throw new RpcError(`session ${asked.id} is archived. Run \`codex unarchive ${asked.id}\` to go on with it.`);
  const id = asked.origin === 'live' ? asked.id : await continuationOf(server, asked, params.cwd ?? null);
  await endIfDead(server, asked);
  // Whoever follows it already is told the rest first: the result then says nothing that was not told.
  await connection.caughtUp(id);
  const thread = await loaded(server, id);
  server.load(id, statusOf(thread.state));
  connection.follow(id, thread);
  const result = await openedThread(server, thread, id, !params.excludeTurns);
  return {
    result,
    after: () => {
      tellUsage(server, connection, id, thread);
      connection.askOpen(id, thread.state);
    },
  };
}

function historyRefusal(knowsExperimental: boolean): RpcError {
  return new RpcError(
    knowsExperimental
      ? 'thread/resume.history is not supported: a thread goes on from its own log'
      : 'thread/resume.history requires experimentalApi capability',
  );
}

/** A turn that nobody runs any more, because its server was killed, is ended before its thread goes on. */
async function endIfDead(server: AppServer, { id, status }: ThreadRow): Promise<void> {
  if (status !== 'running' && status !== 'waiting') return;
  const { runner, aloneAt } = server.parts;
  if (aloneAt === null || (await runner.running(id))) return;
  const { state } = await loaded(server, id);
  const turn = state.turns.get(activeTurn(state) ?? '');
  if (turn && Date.parse(turn.startedAt) <= aloneAt) await runner.interrupt(id);
}

async function fork(params: ParamsOf<'thread/fork'>, { server, connection }: Asking): Promise<Answered<Opened>> {
  if (params.ephemeral) throw new RpcError(noEphemeral);
  const parent = await keptThread(server, params.threadId);
  const point = await forkPoint(server, params);
  const { runner, settings } = server.parts;
  const model = params.model && settings().knows(params.model) ? { model: params.model } : {};
  const cwd = params.cwd ? { cwd: params.cwd } : {};
  const id = await runner.fork(parent.id, { id: v7(), ...point, ...cwd, ...model });
  const thread = await loaded(server, id);
  server.load(id, statusOf(thread.state), { silent: true });
  connection.follow(id, thread);
  const result = await openedThread(server, thread, id, !params.excludeTurns);
  const started = { ...result.thread, turns: [] };
  return {
    result,
    after: () => {
      tellUsage(server, connection, id, thread);
      server.broadcast({ method: 'thread/started', params: { thread: started } });
    },
  };
}

/** Up to which turn the fork reaches. @throws RpcError where there is no such turn. */
async function forkPoint(
  server: AppServer,
  { threadId, lastTurnId, beforeTurnId }: ParamsOf<'thread/fork'>,
): Promise<{ turnId?: string; atSeq?: number }> {
  if (lastTurnId && beforeTurnId) throw new RpcError('`beforeTurnId` cannot be combined with `lastTurnId`');
  const named = lastTurnId ?? beforeTurnId;
  if (!named) return {};
  const { state } = await loaded(server, threadId);
  const turn = state.turns.get(named);
  if (!turn) throw new RpcError(`turn not found: ${named}`);
  if (lastTurnId && activeTurn(state) === named) throw new RpcError(`turn is still running: ${named}`);
  return lastTurnId ? { turnId: lastTurnId } : { atSeq: turn.seq - 1 };
}
