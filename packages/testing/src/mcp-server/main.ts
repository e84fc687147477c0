/**
 * An MCP server for tests, as a program: `main.ts [http PORT]`. On its standard streams, or over HTTP; then it prints
 * `{"url": …}`. FAKE_MCP names how it misbehaves, a word or several: `behaviours.ts` says which.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { behaviour } from './behaviours.js';
import { serveHttp } from './http.js';
import { fakeServer } from './server.js';

if (behaviour('silent')) await wait(3_600_000);
if (behaviour('late')) await wait(2_000);
if (behaviour('broken')) {
  process.stderr.write('warming up\nno such database: customers\n');
  process.exit(3);
}
if (behaviour('noisy')) process.stdout.write('Welcome to the fake server!\n{"not": "a message"}\n[1, 2]\n');
if (behaviour('endless')) {
  for (;;) if (!process.stdout.write('x'.repeat(65_536))) await new Promise((go) => process.stdout.once('drain', go));
}

const [kind, port = '0'] = process.argv.slice(2);
if (kind === 'http') {
  const { url } = await serveHttp(Number(port));
  process.stdout.write(`${JSON.stringify({ url })}\n`);
} else {
  await fakeServer().connect(new StdioServerTransport());
}
