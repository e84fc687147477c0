/** The server as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'model-server-'));
const scriptPath = join(folder, 'script.json');
const servedPath = join(folder, 'served.ndjson');
const tsx = join(createRequire(import.meta.url).resolve('tsx/package.json'), '../dist/cli.mjs');
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const script = {
  conversations: { alpha: { replies: [{ parts: [{ text: 'hello' }], usage: { inputTokens: 3 } }] } },
  limits: { spent: { status: 429 } },
};

let child: ReturnType<typeof spawn>;
let url = '';
beforeAll(async () => {
  writeFileSync(scriptPath, JSON.stringify(script));
  child = spawn(process.execPath, [tsx, main, scriptPath, '0', servedPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string];
  ({ url } = JSON.parse(line) as { url: string });
  // A busy machine takes its time to start a process.
}, 60_000);
afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'exit');
  rmSync(folder, { recursive: true });
});

test('the process answers from its file and writes a line per request', async () => {
  const ask = (key: string) =>
    fetch(`${url}/compatible/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'alpha' }] }),
    });
  expect((await ask('spent')).status).toBe(429);
  expect(await (await ask('fresh')).text()).toContain('hello');
  await expect.poll(() => readFileSync(servedPath, 'utf8').trim().split('\n')).toHaveLength(2);
  const served = readFileSync(servedPath, 'utf8').trim().split('\n');
  expect(served.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { apiKey: 'spent', outcome: 'failed', index: null },
    { apiKey: 'fresh', outcome: 'finished', index: 0, textServed: 'hello', usageServed: { inputTokens: 3 } },
  ]);
});
