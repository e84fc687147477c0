/** Keys over HTTP: added, tested, changed and removed while the server runs; and no answer tells a secret. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Choices } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsServer, until } from './server-for-tests.js';

const secret = 'sk-entered-5ad1c07e';
let server: SettingsServer;
beforeEach(async () => {
  server = await SettingsServer.open('# mine\n');
});
afterEach(() => server.close());

const add = (id: string, more: object = {}) =>
  server.ordered('POST', '/settings/keys', { id, provider: 'anthropic', baseUrl: server.models.url, secret, ...more });
const modelsOf = async () => (await server.read<Choices>('/choices')).models.map(({ id }) => id);

describe('a key that is added', () => {
  it('A3: stands in config.toml without its secret, which only its owner can read and no answer tells', async () => {
    const settings = await add('main');
    expect(settings.keys[0]).toMatchObject({
      id: 'main',
      source: { kind: 'stored' },
      isPresent: true,
      origin: 'config',
    });
    const config = server.file('config.toml');
    expect(config).toBe(`# mine\n\n[[keys]]\nid = "main"\nprovider = "anthropic"\nbase_url = "${server.models.url}"\n`);
    expect(JSON.parse(server.file('secrets.json'))).toEqual({ keys: { main: secret } });
    expect(statSync(join(server.folder, 'data/secrets.json')).mode & 0o777).toBe(0o600);
    const told = await Promise.all(
      ['/settings', '/choices', '/openapi.json', '/meta', '/sessions'].map(async (path) =>
        (await server.order('GET', path)).text(),
      ),
    );
    for (const text of [...told, JSON.stringify(settings), JSON.stringify(await server.test('main'))])
      expect(text).not.toContain(secret.slice(3));
  });

  it('A3: answers in a new session at once', async () => {
    await add('main');
    expect(await modelsOf()).toEqual(['main/claude-sonnet-4-5', 'demo/demo']);
    await server.session('first');
    await server.ask('first', 'are you there?');
    await server.status('first', 'idle');
    await until(
      () => server.texts('first'),
      (texts) => texts.length === 2,
    );
    expect(await server.texts('first')).toEqual(['are you there?', 'echo: are you there?']);
    expect(server.models.served[0]?.apiKey).toBe(secret);
  });

  it('A3: takes its secret from the environment where a variable is named, and keeps only the name', async () => {
    await server.close();
    server = await SettingsServer.open('', { MY_OPENAI_API_KEY: secret });
    const { environment, keys } = await add('main', { secret: undefined, env: 'MY_OPENAI_API_KEY' });
    expect(environment).toEqual(['MY_OPENAI_API_KEY']);
    expect(keys[0]).toMatchObject({ source: { kind: 'environment', name: 'MY_OPENAI_API_KEY' }, isPresent: true });
    const { keys: missing } = await add('other', { secret: undefined, env: 'NOT_SET' });
    expect(missing.find(({ id }) => id === 'other')).toMatchObject({ isPresent: false });
    expect(await server.test('other')).toMatchObject({ ok: false, message: expect.stringContaining('NOT_SET') });
    expect(readdirSync(join(server.folder, 'data'))).not.toContain('secrets.json');
  });

  it('A3: is refused where it cannot be, and then nothing is written', async () => {
    await add('main');
    const before = server.file('config.toml') + server.file('secrets.json');
    const tries: [object, RegExp][] = [
      [{ id: 'main' }, /already/],
      [{ id: 'demo' }, /demo/],
      [{ id: 'a/b' }, /^id: /],
      [{ id: 'a"]\n[x]' }, /^id: /],
      [{ id: '../up' }, /^id: /],
      [{ id: '__proto__' }, /^id: /],
      [{ baseUrl: 'file:///etc/passwd' }, /^baseUrl: /],
      [{ baseUrl: 'http://me:word@host' }, /^baseUrl: /],
      [{ baseUrl: 'https://host/?key=1' }, /^baseUrl: /],
      [{ baseUrl: null, provider: 'openai-compatible' }, /^baseUrl: /],
      [{ provider: 'demo' }, /^provider: /],
      [{ secret: 'short' }, /^secret: /],
      [{ secret: 'two words-of-it' }, /^secret: /],
      [{ secret: 'sk-line\r\nx-evil: 1' }, /^secret: /],
      [{ env: 'A=B\n' }, /^env: /],
    ];
    for (const [more, why] of tries) {
      const body = { id: 'new', provider: 'anthropic', baseUrl: server.models.url, secret, ...more };
      const [status, detail] = await server.refused('POST', '/settings/keys', body);
      expect([status, detail]).toEqual([400, expect.stringMatching(why)]);
      expect(detail).not.toContain(secret);
    }
    expect(await server.refused('POST', '/settings/keys', '{"secret": "sk-half')).toEqual([
      400,
      'The body is not JSON.',
    ]);
    expect(server.file('config.toml') + server.file('secrets.json')).toBe(before);
  });

  it('A3: comes from this page alone, in a body of ordinary size', async () => {
    const body = { id: 'main', provider: 'anthropic', secret };
    const foreign = await server.order('POST', '/settings/keys', body, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const unsigned = await server.order('POST', '/settings/keys', body, { authorization: 'Bearer wrong' });
    expect(unsigned.status).toBe(401);
    const [status] = await server.refused('POST', '/settings/keys', { ...body, padding: 'x'.repeat(300_000) });
    expect(status).toBe(413);
    expect(server.file('config.toml')).toBe('# mine\n');
  });
});

describe('a test of a key', () => {
  it('A3: lists the models that can hold a conversation, and they can be chosen', async () => {
    await add('main');
    expect(await server.test('main')).toMatchObject({ ok: true, message: '2 models', models: ['big', 'small'] });
    expect(await modelsOf()).toEqual(['main/claude-sonnet-4-5', 'main/big', 'main/small', 'demo/demo']);
    expect((await server.settings()).keys[0]?.tested).toMatchObject({ ok: true });
    expect(server.models.served).toEqual([]);
  });

  it.each(['anthropic', 'openai', 'google', 'openai-compatible'])('A3: works with %s', async (provider) => {
    await add('main', { provider });
    expect(await server.test('main')).toMatchObject({ ok: true, models: ['big', 'small'] });
  });

  it('A3: says why the provider refuses, without the secret that it may repeat', async () => {
    await add('main');
    server.models.limit(secret, { status: 401, message: `Incorrect API key provided: ${secret}` });
    const test = await server.test('main');
    expect(test).toMatchObject({ ok: false, models: [], message: expect.stringMatching(/^401: Incorrect API key/) });
    expect(JSON.stringify([test, await server.settings()])).not.toContain(secret);
  });

  it('A3: asks for a word where there is no list that can be read', async () => {
    await add('main');
    for (const how of ['missing', 'garbage'] as const) {
      server.models.lists(how);
      expect(await server.test('main')).toMatchObject({ ok: true, message: 'claude-sonnet-4-5 answers' });
    }
    await add('bare', { provider: 'openai-compatible' });
    expect(await server.test('bare')).toMatchObject({
      ok: false,
      message: expect.stringContaining('no list of models'),
    });
  });

  it('A3: carries the secret to no other address than its own', async () => {
    await add('main');
    server.models.lists('elsewhere');
    expect(await server.test('main')).toMatchObject({ ok: false, message: expect.stringContaining('redirect') });
  });

  it('A3: of nobody who listens says so, of nobody there is no key', async () => {
    await add('main', { baseUrl: 'http://127.0.0.1:9' });
    expect(await server.test('main')).toMatchObject({
      ok: false,
      message: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
    expect((await server.order('POST', '/settings/keys/nobody/test')).status).toBe(404);
    expect((await server.order('POST', '/settings/keys/..%2Fup/test')).status).toBe(404);
  });
});

describe('a key that is changed', () => {
  it('A3: lets a session go on by itself that waited because the old one was refused', async () => {
    await add('main');
    server.models.limit(secret, { status: 401 });
    await server.session('waits');
    await server.ask('waits', 'go on then');
    expect((await server.status('waits', 'waiting')).status).toBe('waiting');
    expect((await server.settings()).keys[0]?.resting?.reason).toMatch(/401/);
    await server.ordered('PUT', '/settings/keys/main', {
      provider: 'anthropic',
      baseUrl: server.models.url,
      secret: 'sk-another-91be2f44',
    });
    expect((await server.status('waits', 'idle')).status).toBe('idle');
    expect((await server.texts('waits')).at(-1)).toBe('echo: go on then');
    expect(server.models.served.at(-1)?.apiKey).toBe('sk-another-91be2f44');
    expect((await server.settings()).keys[0]?.resting).toBeNull();
  });

  it('A3: keeps its secret, but not for another address', async () => {
    await add('main');
    const elsewhere = { provider: 'anthropic', baseUrl: 'https://elsewhere.example' };
    expect(await server.refused('PUT', '/settings/keys/main', elsewhere)).toEqual([
      400,
      expect.stringContaining('Enter the secret again'),
    ]);
    await server.ordered('PUT', '/settings/keys/main', { provider: 'anthropic', baseUrl: server.models.url });
    expect(await server.test('main')).toMatchObject({ ok: true });
  });

  it('A3: leaves no secret behind when a variable takes its place, or when it is removed', async () => {
    await add('main');
    await server.ordered('PUT', '/settings/keys/main', { provider: 'openai', env: 'ELSEWHERE' });
    expect(server.file('config.toml')).toContain('provider = "openai"\nenv = "ELSEWHERE"\n');
    expect(JSON.parse(server.file('secrets.json'))).toEqual({ keys: {} });
    await add('compatible', { provider: 'openai-compatible' });
    const without = { provider: 'openai-compatible', baseUrl: 'http://elsewhere.example', secret: null };
    await server.ordered('PUT', '/settings/keys/compatible', without);
    expect(JSON.parse(server.file('secrets.json'))).toEqual({ keys: {} });
    await server.ordered('DELETE', '/settings/keys/compatible');
    await add('second');
    const { keys } = await server.ordered('DELETE', '/settings/keys/second');
    expect(keys.map(({ id }) => id)).toEqual(['main', 'demo']);
    expect(JSON.parse(server.file('secrets.json'))).toEqual({ keys: {} });
    await server.ordered('DELETE', '/settings/keys/main');
    expect(server.file('config.toml').trim()).toBe('# mine');
    await add('second', { secret: undefined });
    expect((await server.settings()).keys[0]).toMatchObject({ source: { kind: 'none' } });
  });

  it('A3: is not stood in for by the demo model, which nobody has asked', async () => {
    await add('local', { provider: 'openai-compatible' });
    server.models.limit(secret, { status: 429, headers: { 'retry-after': '3600' } });
    await server.session('waits', 'local/big');
    await server.ask('waits', 'wait for it');
    expect((await server.status('waits', 'waiting')).status).toBe('waiting');
    expect((await server.settings()).agents[0]?.models).toEqual(['demo/demo']);
    await server.ordered('DELETE', '/settings/keys/local');
    await server.status('waits', 'idle');
    expect((await server.texts('waits')).at(-1)).toContain('there is no key called local');
  });

  it('A3: is not removed while an agent names it, and none that is not in config.toml', async () => {
    await add('main');
    await server.ordered('POST', '/settings/agents', { name: 'mine', models: ['main/big'], tools: ['read'] });
    expect(await server.refused('DELETE', '/settings/keys/main', {})).toEqual([409, expect.stringContaining('mine')]);
    expect((await server.refused('DELETE', '/settings/keys/demo', {}))[0]).toBe(400);
    expect((await server.refused('DELETE', '/settings/keys/nobody', {}))[0]).toBe(404);
  });
});

it('E1: a secret that is entered while a program writes it is cut out of the rest', async () => {
  await add('main');
  await server.ordered('PUT', '/settings/agents/default', {
    models: ['main/big'],
    tools: ['run_command'],
    permissions: { run_command: 'allow' },
  });
  const later = 'sk-later-7c1f09ab';
  writeFileSync(
    join(server.project, 'writes.sh'),
    `echo begun; touch begun; while [ ! -e go ]; do sleep 0.05; done; echo "and then ${later}"\n`,
  );
  server.models.script('write it', [
    { parts: [{ toolCall: { name: 'run_command', input: { command: 'sh writes.sh', shell: true } } }] },
    { parts: [{ text: `It wrote ${later}.` }] },
  ]);
  await server.session('writes');
  await server.ask('writes', 'write it');
  await until(
    async () => readdirSync(server.project),
    (names) => names.includes('begun'),
  );
  await add('later', { secret: later });
  writeFileSync(join(server.project, 'go'), '');
  await until(
    () => server.texts('writes'),
    (texts) => texts.some((text) => text.startsWith('It wrote')),
  );
  const texts = (await server.texts('writes')).join('\n');
  expect(texts).toContain('and then [redacted key later]');
  expect(texts).toContain('It wrote [redacted key later].');
  // A key that is removed here may still open a door elsewhere.
  await server.ordered('DELETE', '/settings/keys/later');
  server.models.script('write it', [{ parts: [{ text: `It was ${later}.` }] }]);
  await server.ask('writes', 'once more');
  await until(
    () => server.texts('writes'),
    (all) => all.at(-1)?.startsWith('It was') ?? false,
  );
  expect((await server.texts('writes')).at(-1)).toBe('It was [redacted key later].');
});

it('A3: secrets.json that nobody can read keeps the server from starting, and is quoted nowhere', async () => {
  await add('main');
  const path = join(server.folder, 'data/secrets.json');
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -4));
  const [status, detail] = await server.refused('POST', '/settings/keys', { id: 'x', provider: 'openai', secret });
  expect([status, detail]).toEqual([409, expect.stringContaining('secrets.json')]);
  expect(detail).not.toContain(secret.slice(3));
});
