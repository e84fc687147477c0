/** What only looks: thread/list, thread/loaded/list, thread/read, thread/turns/list and thread/items/list. */
import type { AppServer } from '../app-server.js';
import { RpcError } from '../rpc-error.js';
import { findThread, listThreads, type ThreadRow } from '../thread-rows.js';
import { itemsOf, statusOf, turnsOf } from '../translate/turns.js';
import { type ParamsOf, paramsSchemas } from '../wire/params.js';
import type { ResultOf } from '../wire/results.js';
import { type Answered, type Asking, type Method, method } from './contract.js';
import { listedThread, loaded, mustBeId, standingOf, wholeThread } from './opened.js';

export const historyMethods: Record<string, Method> = {
  'thread/list': method('thread/list', paramsSchemas['thread/list'], list),
  'thread/read': method('thread/read', paramsSchemas['thread/read'], read),
  'thread/turns/list': method('thread/turns/list', paramsSchemas['thread/turns/list'], turns),
  'thread/items/list': method('thread/items/list', paramsSchemas['thread/items/list'], items),
};

const limits = { usual: 25, most: 100 };
const limitOf = (limit: number | null | undefined) => Math.min(Math.max(limit ?? limits.usual, 1), limits.most);

/** Cursors are places in the order asked for. @throws RpcError for what this server never gave. */
function offsetOf(cursor: unknown): number {
  if (cursor === null || cursor === undefined) return 0;
  if (typeof cursor === 'string' && /^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new RpcError(`invalid cursor: ${typeof cursor === 'string' ? cursor : JSON.stringify(cursor)}`);
}

/** All threads say that they are of this kind: who asks for others alone, or for a section or a parent, is shown none. */
const asksForOthers = ({ sourceKinds, sectionId, parentThreadId }: ParamsOf<'thread/list'>): boolean =>
  Boolean(sectionId ?? parentThreadId) || Boolean(sourceKinds?.length && !sourceKinds.includes('vscode'));

async function list(params: ParamsOf<'thread/list'>, { server }: Asking): Promise<Answered<ResultOf<'thread/list'>>> {
  const offset = offsetOf(params.cursor);
  const limit = limitOf(params.limit);
  if (asksForOthers(params)) return { result: { data: [], nextCursor: null, backwardsCursor: null } };
  const { cwd } = params;
  const rows = await listThreads(server.store, {
    archived: params.archived ?? false,
    cwds: cwd === null || cwd === undefined ? null : typeof cwd === 'string' ? [cwd] : cwd,
    words: params.searchTerm ?? '',
    included: params.includedThreadIds ?? null,
    excluded: params.excludedThreadIds ?? [],
    sort: params.sortKey === 'created_at' ? 'created_at' : 'updated_at',
    order: params.sortDirection === 'asc' ? 'asc' : 'desc',
    offset,
    limit: limit + 1,
  });
  const data = await Promise.all(rows.slice(0, limit).map((row) => listedThread(server, row)));
  return { result: { data, nextCursor: rows.length > limit ? String(offset + limit) : null, backwardsCursor: null } };
}

/** @throws RpcError where there is none, in the words of those who only look. */
async function seen(server: AppServer, threadId: string): Promise<ThreadRow> {
  mustBeId(threadId);
  const row = await findThread(server.store, threadId);
  if (!row) throw new RpcError(`thread not loaded: ${threadId}`);
  return row;
}

async function read(
  params: ParamsOf<'thread/read'>,
  { server, connection }: Asking,
): Promise<Answered<ResultOf<'thread/read'>>> {
  const row = await seen(server, params.threadId);
  if (!params.includeTurns) return { result: { thread: await listedThread(server, row) } };
  await connection.caughtUp(row.id);
  const thread = await loaded(server, row.id);
  const status = server.isLoaded(row.id) ? statusOf(thread.state) : standingOf(server, row);
  return { result: { thread: await wholeThread(server, row, thread, { withTurns: true, status }) } };
}

/** A page of what stands in this order, from a cursor on. */
function pageOf<Entry>(
  all: readonly Entry[],
  {
    cursor,
    limit,
    sortDirection,
  }: { cursor: unknown; limit: number | null | undefined; sortDirection: 'asc' | 'desc' },
) {
  const ordered = sortDirection === 'asc' ? all : all.toReversed();
  const from = offsetOf(cursor);
  const to = from + limitOf(limit);
  return {
    data: ordered.slice(from, to),
    nextCursor: to < ordered.length ? String(to) : null,
    backwardsCursor: null,
  };
}

async function begun(server: AppServer, threadId: string, name: string) {
  const row = await seen(server, threadId);
  if (row.turn_count > 0) return loaded(server, row.id);
  throw new RpcError(`thread ${threadId} is not materialized yet; ${name} is unavailable before first user message`);
}

async function turns(
  { threadId, cursor, limit, sortDirection, itemsView }: ParamsOf<'thread/turns/list'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/turns/list'>>> {
  const { state } = await begun(server, threadId, 'thread/turns/list');
  const all = turnsOf(state, server.clientIds);
  const order = sortDirection === 'asc' ? 'asc' : 'desc';
  const page = pageOf(all, { cursor, limit, sortDirection: order });
  const bare = itemsView === 'notLoaded';
  const data = page.data.map((turn) => (bare ? { ...turn, items: [], itemsView: 'notLoaded' as const } : turn));
  return { result: { ...page, data } };
}

async function items(
  { threadId, cursor, limit, sortDirection, turnId }: ParamsOf<'thread/items/list'>,
  { server }: Asking,
): Promise<Answered<ResultOf<'thread/items/list'>>> {
  const { state } = await begun(server, threadId, 'thread/items/list');
  const all = itemsOf(state, server.clientIds).filter((each) => !turnId || each.turnId === turnId);
  const order = sortDirection === 'desc' ? 'desc' : 'asc';
  return { result: pageOf(all, { cursor, limit, sortDirection: order }) };
}
