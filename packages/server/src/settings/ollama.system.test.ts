/** A local Ollama is found by itself, and its absence harms nobody; and providers that hang are given up. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '@taffrail/testing';
import type { Choices } from '@taffrail/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { testKey } from './key-test.js';
import { LiveSettings } from './live-settings.js';
import { lookForOllama, ollamaUrl } from './ollama.js';
import { noOllama, SettingsServer, until } from './server-for-tests.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('where Ollama is', () => {
  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:4000', 'http://127.0.0.1:4000'],
    ['[::]:4000', 'http://127.0.0.1:4000'],
    [':4000', 'http://127.0.0.1:4000'],
    ['box', 'http://box:11434'],
    ['http://box:80', 'http://box'],
    ['https://box/ollama/', 'https://box/ollama'],
    ['http://me:word@box:1', 'http://box:1'],
    ['file:///etc/passwd', 'http://127.0.0.1:11434'],
    ['not an address', 'http://127.0.0.1:11434'],
  ])('A3: %s means %s', (host, url) => {
    expect(ollamaUrl({ OLLAMA_HOST: host })).toBe(url);
  });
});

describe('a local Ollama', () => {
  it('A3: is found, is a key without a secret, and its models answer', async () => {
    const ollama = await startModelServer({ models: ['llama3:8b', 'nomic-embed-text'] });
    closing.push(() => ollama.close());
    const server = await SettingsServer.open('', { OLLAMA_HOST: ollama.url });
    closing.unshift(() => server.close());
    const { models } = await until(
      () => server.read<Choices>('/choices'),
      ({ models: known }) => known.length > 1,
    );
    expect(models.map(({ id }) => id)).toEqual(['demo/demo', 'ollama/llama3:8b']);
    const { keys, ollama: told } = await server.settings();
    expect(told).toMatchObject({ url: ollama.url, isFound: true, models: 1 });
    expect(keys[0]).toMatchObject({ id: 'ollama', origin: 'found', source: { kind: 'none' }, isPresent: true });
    await server.session('local', 'ollama/llama3:8b');
    await server.ask('local', 'who are you?');
    await until(
      () => server.texts('local'),
      (texts) => texts.length === 2,
    );
    expect((await server.texts('local')).at(-1)).toBe('echo: who are you?');
    await server.ordered('PUT', '/settings/agents/default', { models: ['ollama/llama3:8b'], tools: [] });
  });

  it('A3: that is not there is said in the settings only, and looked for again when asked', async () => {
    const server = await SettingsServer.open('[[agents]]\nname = "local"\nmodels = ["ollama/llama3", "demo/demo"]\n');
    closing.push(() => server.close());
    const { ollama, keys, problem } = await server.ordered('POST', '/settings/look');
    expect(ollama).toMatchObject({ url: `http://${noOllama}`, isFound: false, lookedAt: expect.any(String) });
    expect([keys.map(({ id }) => id), problem]).toEqual([['demo'], null]);
    // An agent that would rather have it goes on with what is there.
    await server.session('without');
    await server.ask('without', 'hello');
    expect(
      (
        await until(
          () => server.texts('without'),
          (texts) => texts.length > 1,
        )
      ).length,
    ).toBeGreaterThan(1);
  });

  it('A3: is waited for by a session that needs it, and answers once it is found', async () => {
    const spare = await startModelServer();
    const port = Number(new URL(spare.url).port);
    await spare.close();
    const server = await SettingsServer.open('', { OLLAMA_HOST: `127.0.0.1:${port}` });
    closing.push(() => server.close());
    await server.session('local', 'ollama/llama3:8b');
    await server.ask('local', 'are you up?');
    expect((await server.status('local', 'waiting')).status).toBe('waiting');
    const ollama = await startModelServer({ port, models: ['llama3:8b'] });
    closing.push(() => ollama.close());
    await server.ordered('POST', '/settings/look');
    expect((await server.status('local', 'idle')).status).toBe('idle');
    expect((await server.texts('local')).at(-1)).toBe('echo: are you up?');
  });

  it.each([
    ['garbage', (_: unknown, response: { end(text: string): void }) => response.end('<html>')],
    ['another server', (_: unknown, response: { end(text: string): void }) => response.end('{"models": [{"id": 1}]}')],
    ['nothing at all', () => undefined],
  ] as const)('A3: is not what answers with %s', async (_name, answer) => {
    const url = await listening(createServer(answer));
    expect(await lookForOllama({ OLLAMA_HOST: url }, Date.now)).toMatchObject({ url, models: null });
  });
});

function listening(server: Server): Promise<string> {
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
}

it('A3: a provider that hangs is given up, with its list as with its answer', async () => {
  const models = await startModelServer();
  closing.push(() => models.close());
  const dataDir = mkdtempSync(join(tmpdir(), 'taffrail-hangs-'));
  writeFileSync(
    join(dataDir, 'config.toml'),
    `[[keys]]\nid = "main"\nprovider = "anthropic"\nbase_url = "${models.url}"\n`,
  );
  const live = new LiveSettings({ dataDir, env: {}, now: Date.now, report: () => undefined });
  models.lists('stalled');
  expect(await testKey(live, 'main', 150)).toMatchObject({ ok: false, message: 'no answer within 1 s' });
  models.lists('missing');
  models.script('Say OK', [{ parts: [{ text: 'OK' }], stallAfter: 'start' }]);
  expect(await testKey(live, 'main', 300)).toMatchObject({ ok: false, message: 'no answer within 1 s' });
});
