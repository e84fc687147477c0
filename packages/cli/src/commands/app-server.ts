/** `taffrail app-server`: sessions for clients that speak the Codex app-server protocol. */
import { dataHome, listenAt, runAppServer } from '@taffrail/server';
import type { Setting } from '../program.js';

export interface AppServerOptions {
  listen: string;
}

export async function appServerCommand({ terminal, dataDir }: Setting, { listen }: AppServerOptions): Promise<void> {
  await runAppServer({
    home: dataHome(dataDir, terminal.env),
    env: terminal.env,
    cwd: terminal.cwd,
    at: listenAt(listen),
    // Messages are bytes on the process's own streams: what a terminal makes of text is of no use to them.
    streams: { input: process.stdin, output: process.stdout },
    report: (message) => terminal.err(`taffrail: ${message}\n`),
    onReady: (url) => terminal.err(`taffrail: app-server listens on ${url}\n`),
    signal: terminal.untilStopped(),
  });
}
