/** The server: wires store, import, HTTP and sockets together, and takes them down in order. */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { processRegistry, sweepOwned, sweepProcesses } from '@taffrail/agent';
import { gathering, pricedVersion, remembering, type Store } from '@taffrail/store';
import { pino } from 'pino';
import { appServerGuest } from './app-server/guest.js';
import { Budgets } from './budgets/budgets.js';
import type { DataHome } from './data-home.js';
import { Uploads } from './files/uploads.js';
import type { AccessRules } from './http/access.js';
import { createApp } from './http/app.js';
import { ImportService } from './import/service.js';
import { Runner } from './runner/runner.js';
import { claimAlone } from './running/claim.js';
import { callable, writeServerFile } from './running/server-file.js';
import { keptPrices } from './settings/kept-prices.js';
import { LiveSettings } from './settings/live-settings.js';
import { SocketHub } from './stream/hub.js';
import { LiveTelemetry } from './telemetry/live-telemetry.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

export interface ServeOptions {
  home: DataHome;
  host: string;
  port: number;
  /** Read the logs at the start and follow them. */
  watch: boolean;
  importHome: string;
  agents: readonly string[];
  /** Where keys may be, and what programs inherit; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  /** Told when the server listens: its address, and the link that signs a browser in. */
  onReady: (address: { url: string; signInUrl: string }) => void;
  /** Ends the server. */
  signal: AbortSignal;
}

/**
 * Serves until `signal` says stop; then finishes what is being written and returns.
 * @throws UsageError when the address is taken or cannot be used, or another server runs on the data folder.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const lock = claimAlone(options.home);
  try {
    await serveAlone(options);
  } finally {
    lock.release();
  }
}

async function serveAlone(options: ServeOptions): Promise<void> {
  const { home, env = process.env } = options;
  const log = pino({ level: process.env['TAFFRAIL_LOG'] ?? 'warn' }, pino.destination(2));
  const store = home.openStore();
  const access: AccessRules = { token: home.token(), hosts: new Set() };
  const hub = new SocketHub(store, access, (message) => log.warn(message));
  const report = (message: string) => log.warn(message);
  const imports = importsFor(options, store, hub, report);
  const processes = join(home.dir, 'processes');
  const around = { store, hub, imports, processes, report };
  const { live, prices, telemetry, budgets, runner } = runningSide({ home, env }, around);
  const uploads = new Uploads({ dataDir: home.dir, store, now: Date.now });
  const settings = () => live.current;
  const clients = appServerGuest({ store, runner, settings, prices, dataDir: home.dir, report });
  const remember = remembering(pricedVersion(store, prices));
  const gather = gathering(store, remember);
  const app = createApp({
    store,
    runner,
    hub,
    live,
    budgets,
    uploads,
    gather,
    remember,
    prices,
    imports,
    access,
    version,
    dataDir: home.dir,
    webDir: webFolder(),
    changed: (ids) => hub.changed(ids),
    report: (error) => log.error(error),
  });
  const server = createServer(getRequestListener(app.fetch));
  hub.attach(server, { '/app-server': clients });
  const leave = live.keepUp();
  let forgetAddress = () => {};
  try {
    await sweepProcesses(processes);
    sweepOwned(home.dir);
    await uploads.sweep();
    await runner.recover();
    const port = await listen(server, options);
    allowHosts(access, live, (allowed) => hostNames(options.host, port, allowed));
    const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    forgetAddress = writeServerFile(home.dir, callable(options.host, port));
    if (options.watch) imports.start();
    daily(() => runner.tidyFiles(), { signal: options.signal, failed: (error) => log.warn(error) });
    options.onReady({ url, signInUrl: `${url}/sign-in?token=${encodeURIComponent(access.token)}` });
    // All sums are read once before anybody asks: from then on only those of what changes are.
    await gather({}).catch((error) => log.warn(error));
    await aborted(options.signal);
  } finally {
    forgetAddress();
    leave();
    hub.close();
    clients.close();
    server.closeAllConnections();
    server.close();
    await runner.stop();
    await telemetry.stop();
    await imports.stop();
    await store.close();
  }
}

/** Now, and whenever config.toml allows others. */
function allowHosts(
  access: AccessRules,
  live: LiveSettings,
  namesWith: (allowed: readonly string[]) => readonly string[],
): void {
  const allow = () => {
    access.hosts = new Set(namesWith(live.current.allowedHosts));
  };
  allow();
  live.onChanged(allow);
}

/** What sessions run with. */
function runningSide(
  { home, env }: { home: DataHome; env: NodeJS.ProcessEnv },
  {
    store,
    hub,
    imports,
    processes,
    report,
  }: {
    store: Store;
    hub: SocketHub;
    imports: ImportService;
    processes: string;
    report: (message: string) => void;
  },
) {
  const live = new LiveSettings({ dataDir: home.dir, env, now: Date.now, report });
  const prices = keptPrices(live);
  const telemetry = new LiveTelemetry(() => live.current.telemetry, env, { store, prices, report });
  const budgets = new Budgets({ store, prices, config: () => live.current.budgets, now: Date.now });
  const runner = new Runner({
    store,
    settings: () => live.current,
    budgets,
    dataDir: home.dir,
    env,
    started: (program) => processRegistry(processes).started(program),
    contextWindow: (model, provider) => prices.contextWindow(model, provider),
    changed: (ids) => {
      hub.changed(ids);
      telemetry.changed(ids);
    },
    report,
    agentLogs: imports,
    now: Date.now,
  });
  live.onChanged(() => {
    runner.settingsChanged();
    telemetry.settingsChanged();
  });
  return { live, prices, telemetry, budgets, runner };
}

function importsFor(
  { home, importHome, agents, watch }: ServeOptions,
  store: Store,
  hub: SocketHub,
  problem: (message: string) => void,
): ImportService {
  const from = { databasePath: home.databasePath, importHome, agents, watch };
  return new ImportService(store, from, {
    progressed: (state) => hub.importMoved(state),
    changed: (ids) => hub.changed(ids),
    problem,
  });
}

function listen(server: Server, { host, port }: ServeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new UsageError(
          taken
            ? `port ${port} is in use; stop what runs there or choose another with --port`
            : `cannot listen on ${host}:${port}: ${error.message}`,
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Every name by which a browser on this machine, or one that was allowed, may call the server. */
function hostNames(host: string, port: number, allowed: readonly string[]): string[] {
  const named = host.includes(':') ? `[${host}]` : host;
  const names = ['localhost', '127.0.0.1', '[::1]', named, ...allowed].map((name) => name.toLowerCase());
  return names.flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [name.includes(':') && !name.startsWith('[') ? name : `${name}:${port}`],
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Beside the bundle when built, in the clone's `dist` when run from source. */
function webFolder(): string {
  const built = import.meta.url.endsWith('.mjs');
  return fileURLToPath(new URL(built ? '../web' : '../../../dist/web', import.meta.url));
}

const dayMs = 24 * 60 * 60 * 1000;

/** Now, and then once a day until the signal. */
function daily(
  work: () => Promise<void>,
  { signal, failed }: { signal: AbortSignal; failed: (error: unknown) => void },
): void {
  const run = () => void work().catch((error: unknown) => (signal.aborted ? undefined : failed(error)));
  const timer = setInterval(run, dayMs).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  run();
}
