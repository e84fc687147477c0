/** `taffrail serve`: the server and its web app, until it is asked to stop. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { dataHome, serve, UsageError } from '@taffrail/server';
import type { Command } from 'commander';

interface ServeFlags {
  host: string;
  port: string;
  open: boolean;
  import: boolean;
  home?: string;
  db?: string;
  dataDir?: string;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('server and web app; finds, imports and follows the logs of all agents')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', '7420')
    .option('--no-open', 'do not open a browser')
    .option('--no-import', 'do not read the logs of other agents')
    .option('--home <dir>', 'read the logs as if this were the home folder')
    .option('--db <url>', 'database to use (PostgreSQL; not built yet)')
    .action((_flags, command: Command) => runServe(command.optsWithGlobals<ServeFlags>()));
}

async function runServe(flags: ServeFlags): Promise<void> {
  if (flags.db) throw new UsageError('--db: PostgreSQL is not built yet; leave it out to use the data folder');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  await serve({
    home: dataHome(flags.dataDir),
    host: flags.host,
    port: portOf(flags.port),
    watch: flags.import,
    importHome: flags.home ?? homedir(),
    agents: [],
    signal: stop.signal,
    onReady: ({ url, signInUrl }) => {
      process.stdout.write(`taffrail: listening on ${url}\nOpen ${signInUrl}\n`);
      if (flags.open && process.stdout.isTTY) openBrowser(signInUrl);
    },
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`--port: ${text} is not a port (0 to 65535)`);
  return port;
}

/** Best effort: the link stands in the terminal too. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command ?? 'xdg-open', [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => child.unref());
  child.unref();
}
