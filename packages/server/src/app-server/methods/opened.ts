/** A thread that a client opens: found by its id, loaded from its log, and told in the words of the protocol. */
import { firstPrompt } from '@taffrail/store';
import type { AppServer } from '../app-server.js';
import type { Connection } from '../connection.js';
import { type LoadedThread, loadThread } from '../follower.js';
import { RpcError } from '../rpc-error.js';
import { findThread, modelOf, type ThreadRow, threadOf } from '../thread-rows.js';
import { statusOf, turnsOf } from '../translate/turns.js';
import { usageReplay } from '../usage-replay.js';
import type { Opened } from '../wire/results.js';
import type { Thread, ThreadStatus } from '../wire/thread.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws RpcError for what is no id. */
export function mustBeId(threadId: string): void {
  if (!uuid.test(threadId)) throw new RpcError(`invalid session id: ${threadId} is not a UUID`);
}

export function noRollout(threadId: string): RpcError {
  return new RpcError(`no rollout found for thread id ${threadId}`);
}

/** A thread with at least one turn. @throws RpcError where there is none. */
export async function keptThread(server: AppServer, threadId: string): Promise<ThreadRow> {
  mustBeId(threadId);
  const row = await findThread(server.store, threadId);
  if (!row || row.turn_count === 0) throw noRollout(threadId);
  return row;
}

export async function threadRow(server: AppServer, threadId: string): Promise<ThreadRow> {
  const row = await findThread(server.store, threadId);
  if (!row) throw noRollout(threadId);
  return row;
}

export async function loaded(server: AppServer, threadId: string): Promise<LoadedThread> {
  const thread = await loadThread(server.store, threadId);
  if (!thread) throw noRollout(threadId);
  return thread;
}

/** How a thread stands for whoever only looks at it: one that nobody has opened here is not loaded. */
export function standingOf(server: AppServer, row: ThreadRow): ThreadStatus {
  if (!server.isLoaded(row.id) && row.status !== 'running' && row.status !== 'waiting') return { type: 'notLoaded' };
  return statusOf({ status: row.status as 'idle', permissions: new Map() });
}

export async function listedThread(server: AppServer, row: ThreadRow): Promise<Thread> {
  const preview = await firstPrompt(server.store.queries, row.num);
  return threadOf(row, { status: standingOf(server, row), preview, turns: [] });
}

export async function wholeThread(
  server: AppServer,
  row: ThreadRow,
  { state }: LoadedThread,
  { withTurns, status }: { withTurns: boolean; status: ThreadStatus },
): Promise<Thread> {
  const preview = await firstPrompt(server.store.queries, row.num);
  return threadOf(row, { status, preview, turns: withTurns ? turnsOf(state, server.clientIds) : [] });
}

/** What start, resume and fork answer. */
export async function openedThread(
  server: AppServer,
  thread: LoadedThread,
  threadId: string,
  withTurns: boolean,
): Promise<Opened> {
  const row = await threadRow(server, threadId);
  const { model, provider } = modelOf(row);
  return {
    thread: await wholeThread(server, row, thread, { withTurns, status: statusOf(thread.state) }),
    model,
    modelProvider: provider,
    serviceTier: null,
    cwd: row.cwd ?? '/',
    approvalPolicy: 'on-request',
    approvalsReviewer: 'user',
    sandbox: { type: 'dangerFullAccess' },
    reasoningEffort: thread.state.description.effort ?? null,
  };
}

/** The thread's tokens as its log tells them: to this connection alone, once for each request, and never written. */
export function tellUsage(server: AppServer, connection: Connection, threadId: string, { state }: LoadedThread): void {
  const replay = usageReplay(state, server.around(threadId).windowOf);
  if (replay) connection.tell({ method: 'thread/tokenUsage/updated', params: { threadId, ...replay } });
}
