/** An MCP server for tests: how it is started, and the same inside a test's own process. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { FakeHttpServer } from './http.js';

export type { FakeHttpServer } from './http.js';

/** Most tests want none, so that only those that do load what it takes. @param token Requests without it are refused. */
export async function serveFakeMcp(token: string | null = null): Promise<FakeHttpServer> {
  const { serveHttp } = await import('./http.js');
  return serveHttp(0, token);
}

/** What `[mcp.NAME]` says of it: `command` and `args`. */
export const fakeMcpCommand = {
  command: process.execPath,
  args: [
    createRequire(import.meta.url).resolve('tsx/cli'),
    fileURLToPath(new URL('./main.ts', import.meta.url)),
  ] as const,
};

/** The lines of config.toml for it, with how it misbehaves: see `behaviours.ts`. */
export function fakeMcpConfig(name: string, behaviours = '', more = ''): string {
  const { command, args } = fakeMcpCommand;
  return `[mcp.${name}]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\nenv = { FAKE_MCP = "${behaviours}" }\n${more}\n`;
}
