/** The app-server as a program of its own: over the standard streams, or for clients on a port. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { processRegistry, sweepOwned, sweepProcesses } from '@taffrail/agent';
import { Budgets } from '../budgets/budgets.js';
import type { DataHome } from '../data-home.js';
import { type AccessRules, unauthorised } from '../http/access.js';
import { agentLogsOf } from '../import/agent-logs.js';
import { Runner } from '../runner/runner.js';
import { claimAlone, serverOrClaim, whileAlone } from '../running/claim.js';
import { keptPrices } from '../settings/kept-prices.js';
import { LiveSettings } from '../settings/live-settings.js';
import { UsageError } from '../usage-error.js';
import { AppServer } from './app-server.js';
import { leadTo } from './lead-to-server.js';
import { type Streams, serveStreams } from './stdio.js';
import { AppServerSockets } from './websocket.js';

export type ListenAt = { kind: 'stdio' } | { kind: 'ws'; host: string; port: number };

/** @throws UsageError for what is no address. */
export function listenAt(text: string): ListenAt {
  if (text === 'stdio://') return { kind: 'stdio' };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'ws:' || url.port === '' || url.pathname !== '/')
    throw new UsageError(`--listen: ${text} is neither stdio:// nor ws://HOST:PORT`);
  return { kind: 'ws', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
}

export interface AppServerOrder {
  home: DataHome;
  env: NodeJS.ProcessEnv;
  cwd: string;
  at: ListenAt;
  streams: Streams;
  report: (message: string) => void;
  onReady: (url: string) => void;
  signal: AbortSignal;
}

/**
 * Serves until `signal` says stop, or the client on the standard streams has said its last. Where a server runs on the
 * data folder, the client is led to it.
 * @throws UsageError where a port is asked for beside another server.
 */
export async function runAppServer(order: AppServerOrder): Promise<void> {
  const { home, at } = order;
  if (at.kind === 'ws') {
    const lock = claimAlone(home);
    try {
      return await serveHere(order, null, (server) => servePort(server, at, order));
    } finally {
      lock.release();
    }
  }
  const aloneAt = await whileAlone(home, Date.now, () => sweep(home));
  const found = await serverOrClaim(home);
  if ('server' in found) return leadTo(found.server, order.streams, order.signal);
  try {
    await serveHere(order, aloneAt, (server) => serveStreams(server, order.streams, order.signal));
  } finally {
    found.lock.release();
  }
}

/** What tools of a server that was killed had started. */
async function sweep(home: DataHome): Promise<void> {
  await sweepProcesses(join(home.dir, 'processes'));
  sweepOwned(home.dir);
}

/** @param aloneAt `null` for a server that has the folder to itself: it looks after all sessions at once. */
async function serveHere(
  { home, env, cwd, at, report }: AppServerOrder,
  aloneAt: number | null,
  work: (server: AppServer) => Promise<void>,
): Promise<void> {
  const store = home.openStore();
  const live = new LiveSettings({ dataDir: home.dir, env, now: Date.now, report });
  const settings = () => live.current;
  const prices = keptPrices(live);
  const runner = new Runner({
    store,
    settings,
    budgets: new Budgets({ store, prices, config: () => live.current.budgets, now: Date.now }),
    dataDir: home.dir,
    env,
    started: (program) => processRegistry(join(home.dir, 'processes')).started(program),
    contextWindow: (model, provider) => prices.contextWindow(model, provider),
    changed: (ids) => server.changed(ids),
    report,
    agentLogs: agentLogsOf(store, report),
    now: Date.now,
  });
  live.onChanged(() => runner.settingsChanged());
  const parts = { store, runner, settings, prices, dataDir: home.dir, cwd, aloneAt, report, now: Date.now };
  const server = new AppServer(parts);
  const leave = live.keepUp();
  try {
    if (at.kind === 'ws') {
      await sweep(home);
      await runner.recover();
    }
    await work(server);
  } finally {
    leave();
    await runner.stop();
    await store.close();
  }
}

async function servePort(
  server: AppServer,
  { host, port }: { host: string; port: number },
  { home, onReady, signal }: AppServerOrder,
): Promise<void> {
  const access = { token: home.token(), hosts: new Set<string>() };
  const sockets = new AppServerSockets(server);
  const http = createServer((request, response) => answerProbe(request, response));
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(access, request);
    if (refusal) refuse(socket, refusal);
    else sockets.upgrade(request, socket, head);
  });
  try {
    const bound = await listening(http, host, port);
    onReady(`ws://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  } finally {
    sockets.close();
    http.closeAllConnections();
    http.close();
  }
}

const probes = new Set(['/readyz', '/healthz']);

function answerProbe({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const status = headers.origin ? 403 : probes.has(url ?? '') ? 200 : 404;
  response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok' : '');
}

interface Refused {
  status: string;
  text: string;
}

/** A page of whatever site has no business here, and nobody without the token. */
function refusalOf(access: AccessRules, { headers }: IncomingMessage): Refused | null {
  if (headers.origin !== undefined) return { status: '403 Forbidden', text: '' };
  const { authorization } = headers;
  if (!authorization) return { status: '401 Unauthorized', text: 'missing websocket bearer token' };
  const head = { host: headers.host, origin: undefined, authorization, cookie: undefined };
  return unauthorised(access, head) && { status: '401 Unauthorized', text: 'invalid websocket bearer token' };
}

function refuse(socket: Duplex, { status, text }: Refused): void {
  const length = Buffer.byteLength(text);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${text}`,
  );
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new UsageError(`cannot listen on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
