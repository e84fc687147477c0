/** The server itself: scripts, gates, troubles, limits, and what it says it served. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ModelServer, type Reply, startModelServer } from './index.js';

let server: ModelServer;
let now = 0;
beforeEach(async () => {
  now = Date.UTC(2026, 10, 20);
  server = await startModelServer({ now: () => now, models: ['big', 'small'] });
});
afterEach(() => server.close());

interface Asked {
  apiKey?: string;
  stream?: boolean;
  signal?: AbortSignal;
}

/** A Messages request of one human message. */
function ask(content: string, { apiKey = 'key-1', stream = true, signal }: Asked = {}): Promise<Response> {
  const body = JSON.stringify({ model: 'big', stream, max_tokens: 9, messages: [{ role: 'user', content }] });
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  return fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body, signal: signal ?? null });
}

const answer = async (...request: Parameters<typeof ask>) => (await ask(...request)).text();
const saying = (text: string, more: Reply = {}): Reply => ({ parts: [{ text }], chunkSize: 4, ...more });
const last = () => server.served.at(-1);

describe('a script', () => {
  test('answers the n-th request of its conversation with its n-th reply', async () => {
    server.script('alpha', [saying('one'), saying('two')]);
    server.script('beta', [saying('three')]);
    await Promise.all([answer('go alpha'), answer('go beta')]);
    await answer('go alpha');
    const told = server.served.map((each) => [each.conversation, each.index, each.textServed]);
    expect(told.sort()).toEqual([
      ['alpha', 0, 'one'],
      ['alpha', 1, 'two'],
      ['beta', 0, 'three'],
    ]);
  });

  test('of the longer name wins', async () => {
    server.script('alpha', [saying('short')]);
    server.script('title of alpha', [saying('long')]);
    expect(await answer('the title of alpha, please')).toContain('long');
  });

  test('that has run out refuses, or repeats its last reply', async () => {
    server.script('alpha', [saying('one')]);
    server.script('beta', [saying('two')], { atEnd: 'repeat' });
    await Promise.all([answer('alpha'), answer('beta')]);
    const [refused, repeated] = await Promise.all([ask('alpha'), ask('beta')]);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('script ran out')]);
    expect(await repeated.text()).toContain('two');
  });

  test('that throws, or says what no reply can say, is a failure of the server and not of the test', async () => {
    const fail = () => {
      throw new Error('oh');
    };
    server.script('alpha', [fail, { parts: [{ txt: 'a' }] } as unknown as Reply]);
    expect(await answer('alpha')).toContain('the script failed: Error: oh');
    expect((await ask('alpha')).status).toBe(500);
  });

  test('is not needed: the last human message is echoed', async () => {
    expect(await answer('is anybody there?', { stream: false })).toContain('echo: is anybody there?');
  });
});

describe('a gate', () => {
  test('holds a stream at an exact chunk until it is opened', async () => {
    server.script('alpha', [saying('abcdefgh', { gates: [{ at: 1, name: 'middle' }] })]);
    const whole = answer('alpha');
    await server.gate('middle').reached;
    expect(last()).toMatchObject({ textServed: 'abcd', outcome: null });
    server.gate('middle').open();
    expect(await whole).toContain('efgh');
    expect(last()).toMatchObject({ textServed: 'abcdefgh', outcome: 'finished' });
  });

  test('holds an answer that is not streamed, too', async () => {
    server.script('alpha', [saying('abcdefgh', { gates: [{ at: 'end', name: 'middle' }] })]);
    const whole = answer('alpha', { stream: false });
    await server.gate('middle').reached;
    expect(last()).toMatchObject({ textServed: '', status: 200 });
    server.gate('middle').open();
    expect(await whole).toContain('abcdefgh');
  });
});

describe('a client that vanishes', () => {
  test('ends its record with what was sent until then', async () => {
    server.script('alpha', [
      saying('abcdefgh', { usage: { inputTokens: 5, outputTokens: 7 }, gates: [{ at: 1, name: 'g' }] }),
    ]);
    const client = new AbortController();
    const whole = answer('alpha', { signal: client.signal });
    await server.gate('g').reached;
    client.abort();
    await expect(whole).rejects.toThrow();
    await server.waitFor(([only]) => only?.outcome === 'aborted by client');
    expect(last()).toMatchObject({ textServed: 'abcd', usageServed: { inputTokens: 5, outputTokens: 1 } });
    expect(server.totals('alpha').requests).toBe(0);
  });

  test.each<Reply>([{ delayMs: 60_000 }, { stallAfter: 1 }, { parts: [{ hugeText: 50_000_000 }] }])(
    'is noticed amid %j',
    async (trouble) => {
      server.script('alpha', [saying('abcdefgh', trouble)]);
      const client = new AbortController();
      const response = await ask('alpha', { signal: client.signal });
      client.abort();
      await expect(response.text()).rejects.toThrow();
      await server.waitFor(([only]) => only?.outcome === 'aborted by client');
    },
  );
});

describe('troubles', () => {
  test('a stall lasts until it is released', async () => {
    server.script('alpha', [saying('abcdefgh', { stallAfter: 1 })]);
    const whole = answer('alpha');
    await server.waitFor(([only]) => only?.outcome === 'stalled');
    server.release();
    expect(await whole).toContain('efgh');
    expect(last()?.outcome).toBe('finished');
  });

  test('a stall ends with the server', async () => {
    server.script('alpha', [saying('abcdefgh', { stallAfter: 'start' })]);
    const whole = answer('alpha');
    await server.waitFor(([only]) => only?.outcome === 'stalled');
    await server.close();
    await expect(whole).rejects.toThrow();
    expect(last()?.outcome).toBe('stalled');
  });

  test.each([
    [0, { textServed: '', usageServed: { inputTokens: null } }],
    ['start', { textServed: '', usageServed: { inputTokens: 5, outputTokens: 1 } }],
    [1, { textServed: 'abcd', usageServed: { outputTokens: 1 } }],
    ['end', { textServed: 'abcdefgh', usageServed: { outputTokens: 1 } }],
    [99, { textServed: 'abcdefgh', usageServed: { outputTokens: 1 } }],
  ] as const)('a socket cut at %s has told this much', async (breakAfter, told) => {
    server.script('alpha', [saying('abcdefgh', { breakAfter, usage: { inputTokens: 5, outputTokens: 7 } })]);
    await expect(answer('alpha')).rejects.toThrow();
    expect(last()).toMatchObject({ outcome: 'broken', ...told });
  });

  test('an answer that is not streamed can be cut in its middle', async () => {
    server.script('alpha', [saying('abcdefgh', { breakAfter: 1 })]);
    await expect(answer('alpha', { stream: false })).rejects.toThrow();
    expect(last()).toMatchObject({ outcome: 'broken', textServed: '' });
  });

  test('ten million characters arrive whole, in lines that show a gap or a double', async () => {
    server.script('alpha', [{ parts: [{ hugeText: 10_000_000 }] }]);
    await answer('alpha');
    const lines = last()?.textServed.split('\n') ?? [];
    expect(last()?.textServed).toHaveLength(10_000_000);
    expect(lines.slice(0, -1).findIndex((line, index) => !line.includes(String(index).padStart(9, '0')))).toBe(-1);
  });

  test('a slow drip notes when each chunk was written', async () => {
    server.script('alpha', [saying('abcdefgh', { delayMs: 20 })]);
    const before = performance.timeOrigin + performance.now();
    await answer('alpha');
    const times = last()?.chunkTimes ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(before + 30);
  });
});

describe('a limit on a key', () => {
  test('refuses every request with it until it is lifted, and uses up no reply', async () => {
    server.script('alpha', [saying('one'), saying('two')]);
    const lift = server.limit('key-1', { status: 429, headers: { 'retry-after': '3' } });
    const refused = await ask('alpha');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await answer('alpha', { apiKey: 'key-2' })).toContain('one');
    lift();
    expect(await answer('alpha')).toContain('two');
    expect(server.served.map((each) => each.index)).toEqual([null, 0, 1]);
  });

  test('ends by itself when its time has come', async () => {
    server.limit('key-1', { status: 529, until: now + 1000 });
    const during = await ask('alpha');
    now += 1000;
    const after = await ask('alpha');
    expect([during.status, after.status]).toEqual([529, 200]);
  });
});

describe('totals', () => {
  test('add up what finished, and say how many told each figure', async () => {
    const usage = { inputTokens: 100, outputTokens: 10 };
    server.script('alpha', [
      saying('a', { usage: { ...usage, cacheReadTokens: 0 } }),
      saying('b', { usage }),
      saying('c', { usage, errorAfter: 1 }),
    ]);
    for (let index = 0; index < 3; index++) await answer('alpha');
    expect(server.totals('alpha')).toMatchObject({
      requests: 2,
      inputTokens: 200,
      cacheReadTokens: 0,
      reasoningTokens: null,
      reported: { inputTokens: 2, cacheReadTokens: 1, reasoningTokens: 0 },
    });
  });
});

describe('lists of models', () => {
  const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(`${server.url}${path}`, { headers })).json();

  test('are given as each provider gives them', async () => {
    expect(await get('/v1/models')).toMatchObject({ object: 'list', data: [{ id: 'big' }, { id: 'small' }] });
    expect(await get('/v1/models', { 'anthropic-version': '2023-06-01' })).toMatchObject({
      data: [{ type: 'model' }, {}],
    });
    expect(await get('/v1beta/models')).toMatchObject({ models: [{ name: 'models/big' }, {}] });
    expect(await get('/api/tags')).toMatchObject({ models: [{ name: 'big' }, { model: 'small' }] });
  });

  test('are refused to a key that is limited, and broken as it is said', async () => {
    const lift = server.limit('key-1', { status: 401, message: 'who are you' });
    expect(await get('/v1/models', { 'x-api-key': 'key-1' })).toEqual({ error: { message: 'who are you' } });
    lift();
    server.lists('garbage');
    expect(await (await fetch(`${server.url}/v1/models`)).text()).toContain('<html>');
    server.lists('missing');
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(404);
    server.lists('elsewhere');
    expect((await fetch(`${server.url}/v1/models`, { redirect: 'manual' })).status).toBe(302);
    server.lists('stalled');
    await expect(fetch(`${server.url}/v1/models`, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
  });
});

test('what is no request for a model is refused and not recorded', async () => {
  const post = async (path: string, body: string) =>
    (await fetch(`${server.url}${path}`, { method: 'POST', body })).status;
  expect([await post('/v1/messages', 'no JSON'), await post('/v1/audio', '{}')]).toEqual([400, 404]);
  expect(server.served).toEqual([]);
});

test('waiting in vain says what was served', async () => {
  await answer('alpha');
  await expect(server.waitFor(() => false, 1)).rejects.toThrow('null#0 anthropic: finished');
});
