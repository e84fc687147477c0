/** `taffrail serve`: the server and the web app, until it is stopped. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { dataHome, serve, UsageError } from '@taffrail/server';
import type { Setting } from '../program.js';

export interface ServeOptions {
  host: string;
  port: string;
  open: boolean;
  import: boolean;
  home?: string;
  db?: string;
}

export async function serveCommand({ terminal, dataDir }: Setting, options: ServeOptions): Promise<void> {
  if (options.db !== undefined) throw new UsageError('--db: this version keeps its data in the data folder only');
  await serve({
    home: dataHome(dataDir, terminal.env),
    host: options.host,
    port: portFrom(options.port),
    watch: options.import,
    importHome: options.home === undefined ? homedir() : resolve(terminal.cwd, options.home),
    agents: [],
    env: terminal.env,
    signal: terminal.untilStopped(),
    onReady: ({ url, signInUrl }) => {
      void terminal.out(`taffrail: listening on ${url}\ntaffrail: open ${signInUrl}\n`);
      if (options.open && terminal.showsProgress) openBrowser(signInUrl);
    },
  });
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageError(`--port: ${text} is not a port`);
  return port;
}

const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** The link is printed anyway: a machine without a browser is no error. */
function openBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
