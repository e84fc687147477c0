/** What changes a thread without asking its agent anything: names, the archive, compaction, going back. */
import { firstPrompt } from '@taffrail/store';
import { v7 } from 'uuid';
import type { AppServer } from '../app-server.js';
import { RpcError } from '../rpc-error.js';
import type { ThreadRow } from '../thread-rows.js';
import { statusOf } from '../translate/turns.js';
import { anyParams, type ParamsOf, paramsSchemas } from '../wire/params.js';
import type { ResultOf } from '../wire/results.js';
import { type Answered, type Asking, type Method, method, ofThread, standing } from './contract.js';
import { keptThread, listedThread, loaded, mustBeId, threadRow, wholeThread } from './opened.js';

type OfThread = ParamsOf<'thread'>;

export const keepingMethods: Record<string, Method> = {
  'thread/name/set': method('thread/name/set', paramsSchemas['thread/name/set'], setName),
  'thread/archive': method('thread/archive', ofThread, archive),
  'thread/unarchive': method('thread/unarchive', ofThread, unarchive),
  'thread/delete': method('thread/name/set', ofThread, remove),
  'thread/unsubscribe': method('thread/unsubscribe', ofThread, unsubscribe),
  'thread/loaded/list': standing('thread/loaded/list', anyParams, ({ server }) => ({
    data: [...server.loaded],
    nextCursor: null,
  })),
  'thread/compact/start': method('thread/compact/start', ofThread, compact),
  'thread/rollback': method('thread/rollback', paramsSchemas['thread/rollback'], rollback),
  'thread/revert': method('thread/revert', paramsSchemas['thread/revert'], revert),
};

const nameCharacters = 300;

async function setName(
  { threadId, name }: ParamsOf<'thread/name/set'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/name/set'>>> {
  mustBeId(threadId);
  const title = name.trim().slice(0, nameCharacters);
  if (title === '') throw new RpcError('thread name must not be empty');
  const row = await threadRow(server, threadId);
  if (await isFirstLine(server, row, title)) return { result: {} };
  await server.parts.runner.patch(threadId, { title });
  const message = { method: 'thread/name/updated', params: { threadId, threadName: title } } as const;
  return { result: {}, after: () => server.broadcastToOthers(threadId, message) };
}

/**
 * Clients name a thread after what was asked first when they find no better name. That is no person's choice: it would
 * stand in the way of the name that the model finds.
 */
async function isFirstLine(server: AppServer, { num }: ThreadRow, name: string): Promise<boolean> {
  const prompt = await firstPrompt(server.store.queries, num);
  const line = prompt.trim().split('\n')[0] ?? '';
  const start = name.replace(/(…|\.\.\.)$/, '');
  return line !== '' && (start === name ? line === name : line.startsWith(start));
}

async function archive({ threadId }: OfThread, { server }: Asking): Promise<Answered<ResultOf<'thread/archive'>>> {
  await keptThread(server, threadId);
  await server.parts.runner.close(threadId);
  server.unload(threadId);
  return { result: {}, after: () => server.broadcast({ method: 'thread/archived', params: { threadId } }) };
}

async function unarchive({ threadId }: OfThread, { server }: Asking): Promise<Answered<ResultOf<'thread/unarchive'>>> {
  await keptThread(server, threadId);
  await server.parts.runner.reopen(threadId);
  const thread = await listedThread(server, await threadRow(server, threadId));
  return { result: { thread }, after: () => server.broadcast({ method: 'thread/unarchived', params: { threadId } }) };
}

async function remove({ threadId }: OfThread, { server }: Asking): Promise<never> {
  await keptThread(server, threadId);
  throw new RpcError(`taffrail deletes no session. Archive thread ${threadId} instead.`);
}

async function unsubscribe(
  { threadId }: OfThread,
  { server, connection }: Asking,
): Promise<Answered<ResultOf<'thread/unsubscribe'>>> {
  mustBeId(threadId);
  if (!server.isLoaded(threadId)) return { result: { status: 'notLoaded' } };
  return { result: { status: connection.unfollow(threadId) ? 'unsubscribed' : 'notSubscribed' } };
}

async function compact(
  { threadId }: OfThread,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/compact/start'>>> {
  await keptThread(server, threadId);
  await server.parts.runner.compact(threadId, v7());
  return { result: {} };
}

async function rollback(
  { threadId, numTurns }: ParamsOf<'thread/rollback'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/rollback'>>> {
  await keptThread(server, threadId);
  const { state } = await loaded(server, threadId);
  const turn = [...state.turns.keys()].at(-numTurns) ?? [...state.turns.keys()][0];
  if (turn === undefined) throw new RpcError(`thread ${threadId} has no turns`);
  return goBack(server, threadId, turn);
}

async function revert(
  { threadId, beforeTurnId }: ParamsOf<'thread/revert'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/revert'>>> {
  await keptThread(server, threadId);
  const { state } = await loaded(server, threadId);
  if (!state.turns.has(beforeTurnId)) throw new RpcError(`turn not found: ${beforeTurnId}`);
  return goBack(server, threadId, beforeTurnId);
}

async function goBack(server: AppServer, threadId: string, turnId: string) {
  // The files stay as they are, as clients expect of it.
  await (await server.parts.runner.files(threadId)).rewind(turnId, false);
  const thread = await loaded(server, threadId);
  const row = await threadRow(server, threadId);
  const status = statusOf(thread.state);
  return { result: { thread: await wholeThread(server, row, thread, { withTurns: true, status }) } };
}
