/** turn/start, turn/steer and turn/interrupt. */
import { efforts, type PatchSession } from '@taffrail/wire';
import { v7 } from 'uuid';
import type { AppServer } from '../app-server.js';
import { loadThread } from '../follower.js';
import { RpcError } from '../rpc-error.js';
import { findThread } from '../thread-rows.js';
import { type ParamsOf, paramsSchemas } from '../wire/params.js';
import type { ResultOf } from '../wire/results.js';
import type { ThreadTurn } from '../wire/thread.js';
import { type Answered, type Asking, type Method, method } from './contract.js';
import { mustBeId } from './opened.js';
import { saidBy } from './said.js';

export const turnMethods: Record<string, Method> = {
  'turn/start': method('turn/start', paramsSchemas['turn/start'], start),
  'turn/steer': method('turn/steer', paramsSchemas['turn/steer'], steer),
  'turn/interrupt': method('turn/interrupt', paramsSchemas['turn/interrupt'], interrupt),
};

/** @throws RpcError where no client has opened the thread here. */
function mustBeLoaded(server: AppServer, threadId: string): void {
  mustBeId(threadId);
  if (!server.isLoaded(threadId)) throw new RpcError(`thread not found: ${threadId}`);
}

async function start(params: ParamsOf<'turn/start'>, { server }: Asking): Promise<Answered<ResultOf<'turn/start'>>> {
  const { threadId, clientUserMessageId } = params;
  mustBeLoaded(server, threadId);
  const { text: input, files } = await saidBy(params.input);
  await choose(server, params);
  const id = v7();
  if (clientUserMessageId) server.nameInput(id, clientUserMessageId);
  // While a turn runs, it waits for the next one: its id is that turn's all the same.
  const { turnId } = await server.parts.runner.startTurn(threadId, { id, input, mode: 'queue', files });
  return { result: { turn: begun(turnId) } };
}

function begun(id: string): ThreadTurn {
  const times = { startedAt: null, completedAt: null, durationMs: null };
  return { id, items: [], itemsView: 'notLoaded', status: 'inProgress', error: null, ...times };
}

/** A model or effort that is named for the turn is the session's from then on; unknown ones are let pass. */
async function choose({ store, parts }: AppServer, params: ParamsOf<'turn/start'>): Promise<void> {
  const row = await findThread(store, params.threadId);
  const effort = efforts.find((known) => known === params.effort);
  const changes: PatchSession = {
    ...(params.model && params.model !== row?.model && parts.settings().knows(params.model)
      ? { model: params.model }
      : {}),
    ...(effort && effort !== (await loadThread(store, params.threadId))?.state.description.effort ? { effort } : {}),
  };
  if (Object.keys(changes).length > 0) await parts.runner.patch(params.threadId, changes);
}

async function steer(
  { threadId, input, expectedTurnId, clientUserMessageId }: ParamsOf<'turn/steer'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'turn/steer'>>> {
  mustBeLoaded(server, threadId);
  const { text, files } = await saidBy(input);
  await mustRun(server, threadId, expectedTurnId, 'no active turn to steer');
  const id = v7();
  if (clientUserMessageId) server.nameInput(id, clientUserMessageId);
  const { turnId } = await server.parts.runner.startTurn(threadId, { id, input: text, mode: 'steer', files });
  return { result: { turnId } };
}

async function interrupt(
  { threadId, turnId }: ParamsOf<'turn/interrupt'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'turn/interrupt'>>> {
  mustBeLoaded(server, threadId);
  // An empty id means whichever turn runs: clients send it while they do not know it yet.
  await mustRun(server, threadId, turnId === '' ? null : turnId, 'no active turn to interrupt');
  const { runner } = server.parts;
  // What it still has to say, and its end, are told as they come; the client is not kept waiting for a tool to stop.
  const report = (error: unknown) => server.report(String(error));
  return { result: {}, after: () => void runner.interrupt(threadId).catch(report) };
}

async function mustRun(server: AppServer, threadId: string, turnId: string | null, else_: string): Promise<void> {
  const running = await server.parts.runner.running(threadId);
  if (!running) throw new RpcError(else_);
  if (turnId !== null && running.turnId !== turnId)
    throw new RpcError(`expected active turn id ${turnId} but found ${running.turnId}`);
}
