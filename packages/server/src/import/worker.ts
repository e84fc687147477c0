/** The import worker: a thread of its own with its own connection, so that reading logs never delays an answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CommitResult, openSqlite } from '@taffrail/store';
import { readLogs } from './agent-logs.js';
import { Follower } from './follow.js';
import type { WorkerNews, WorkerOrder, WorkerSetup } from './messages.js';
import { runImport } from './run-import.js';

const setup = workerData as WorkerSetup;
const port = parentPort;
if (!port) throw new Error('the import worker runs in a thread of the server');

const say = (news: WorkerNews): void => port.postMessage(news);
const stop = new AbortController();
const store = openSqlite({ path: setup.databasePath, now: Date.now });
const surroundings = { home: setup.importHome, env: process.env };
let work: Promise<void> = Promise.resolve();

async function importAll(): Promise<void> {
  const report = await runImport({
    store,
    surroundings,
    agents: setup.agents,
    index: 'later',
    now: Date.now,
    signal: stop.signal,
    onProgress: (progress) => say({ type: 'progress', progress: { ...progress } }),
    onCommit: (result) => say({ type: 'changed', sessionIds: idsOf(result) }),
  });
  say({ type: 'imported', report });
  await indexAll();
  say({ type: 'idle' });
}

async function read({ id, question }: Extract<WorkerOrder, { type: 'read' }>): Promise<void> {
  const onCommit = (result: CommitResult) => say({ type: 'changed', sessionIds: idsOf(result) });
  await readLogs(store, question, onCommit).finally(() => say({ type: 'read', id }));
}

const idsOf = ({ changed }: CommitResult) => changed.map(({ sessionId }) => sessionId);

async function indexAll(): Promise<void> {
  while (!stop.signal.aborted) {
    const rows = await store.indexNext();
    if (rows === 0) return;
    say({ type: 'indexing', pendingRows: await store.pendingRows() });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One thing at a time, in the order asked for; a failure is told and does not end the worker. */
function enqueue(task: () => Promise<void>): void {
  work = work.then(task).catch((error: unknown) => {
    if (!stop.signal.aborted) say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
}

const follower = new Follower({
  store,
  surroundings,
  agents: setup.agents,
  enqueue,
  onCommit: (result) => say({ type: 'changed', sessionIds: idsOf(result) }),
  onProblem: (message) => say({ type: 'problem', message }),
});

async function close(): Promise<void> {
  stop.abort();
  await follower.stop();
  await work;
  await store.close();
  port?.close();
}

port.on('message', (order: WorkerOrder) => {
  if (order.type === 'run') enqueue(importAll);
  else if (order.type === 'read') enqueue(() => read(order));
  else void close();
});

// Watching begins before the first reading, so that nothing written in between is missed.
if (setup.watch) await follower.start();
enqueue(importAll);
