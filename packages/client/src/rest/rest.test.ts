/** The REST client against a real HTTP server: shapes are checked, errors become problems that say what to do. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Capability } from '@taffrail/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { queryString } from './query-string.js';
import { createRest } from './rest.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server that gives one answer to everything and remembers what it was asked. */
async function answering(status: number, body: string, type = 'application/json') {
  const asked: { url: string | undefined; authorization: string | undefined }[] = [];
  const orders: string[] = [];
  const server = createServer(async (incoming, response) => {
    asked.push({ url: incoming.url, authorization: incoming.headers.authorization });
    orders.push([incoming.method, incoming.url, await text(incoming)].join(' ').trim());
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  return { rest: createRest({ baseUrl, fetch, token: 'secret' }), asked, orders, baseUrl };
}

/** A client of a server that can do these. */
async function servedBy(...capabilities: Capability[]) {
  const answer = await answering(404, 'Not found', 'text/plain');
  const serves = (capability: Capability) => capabilities.includes(capability);
  return { ...answer, rest: createRest({ baseUrl: answer.baseUrl, fetch, serves }) };
}

const meta = { name: 'taffrail', version: '0.1.0', protocol: 1, capabilities: ['archive'], dataDir: '/data' };

describe('the REST client', () => {
  it('returns what its schema parsed and sends the token', async () => {
    const { rest, asked } = await answering(200, JSON.stringify(meta));
    expect(await rest.meta()).toEqual({ ok: true, value: meta });
    expect(asked).toEqual([{ url: '/api/v1/meta', authorization: 'Bearer secret' }]);
  });

  it('turns problem+json into a value that says what to do', async () => {
    const problem = { type: 'about:blank', title: 'Not signed in', status: 401, detail: 'No token was sent.' };
    const { rest } = await answering(401, JSON.stringify(problem), 'application/problem+json');
    expect(await rest.meta()).toMatchObject({
      ok: false,
      problem: { ...problem, action: expect.stringContaining('sign-in link') },
    });
  });

  it('turns an error page that is no JSON into a problem too', async () => {
    const { rest } = await answering(502, '<h1>Bad Gateway</h1>', 'text/html');
    expect(await rest.meta()).toMatchObject({ ok: false, problem: { status: 502, detail: '<h1>Bad Gateway</h1>' } });
  });

  it('says where an answer does not fit, instead of passing it on', async () => {
    const { rest } = await answering(200, JSON.stringify({ ...meta, protocol: 'one' }));
    expect(await rest.meta()).toMatchObject({
      ok: false,
      problem: { type: 'taffrail:unexpected-answer', detail: expect.stringContaining('protocol') },
    });
  });

  it('reports a server that is not there', async () => {
    const rest = createRest({ baseUrl: 'http://127.0.0.1:1/api/v1', fetch });
    expect(await rest.meta()).toMatchObject({ ok: false, problem: { type: 'taffrail:unreachable', status: 0 } });
  });

  it('escapes ids in paths and links', async () => {
    const { rest, asked, baseUrl } = await answering(404, '{}');
    await rest.items('a/b?c', { after: 7, limit: 2 });
    expect(asked[0]?.url).toBe('/api/v1/sessions/a%2Fb%3Fc/items?after=7&limit=2');
    expect(rest.links.export('a/b', 'md')).toBe(`${baseUrl}/sessions/a%2Fb/export?format=md`);
  });
});

describe('orders', () => {
  it('go out as they are documented, each once', async () => {
    const { rest, orders } = await answering(202, JSON.stringify({ turnId: 't', queued: false }));
    expect(await rest.startTurn('a/b', { id: 't', input: 'go' })).toEqual({
      ok: true,
      value: { turnId: 't', queued: false },
    });
    await rest.createSession({ cwd: '/work' });
    await rest.patchSession('s', { title: 'new' });
    await rest.interrupt('s');
    await rest.answerPermission('s', 'p', { decision: 'allow' });
    await rest.rewind('s', { turnId: 't', files: true });
    await rest.rewind('s', { undo: true });
    await rest.fork('s', { atSeq: 3 });
    await rest.dropInput('s', 'i');
    await rest.compact('s', { id: 'c' });
    await rest.resumeTurn('s', { id: 'r' });
    await rest.closeSession('s');
    await rest.reopen('s');
    expect(orders).toEqual([
      'POST /api/v1/sessions/a%2Fb/turns {"id":"t","input":"go"}',
      'POST /api/v1/sessions {"cwd":"/work"}',
      'PATCH /api/v1/sessions/s {"title":"new"}',
      'POST /api/v1/sessions/s/interrupt',
      'POST /api/v1/sessions/s/permissions/p {"decision":"allow"}',
      'POST /api/v1/sessions/s/rewind {"turnId":"t","files":true}',
      'POST /api/v1/sessions/s/rewind {"undo":true}',
      'POST /api/v1/sessions/s/fork {"atSeq":3}',
      'DELETE /api/v1/sessions/s/queue/i',
      'POST /api/v1/sessions/s/compact {"id":"c"}',
      'POST /api/v1/sessions/s/resume {"id":"r"}',
      'DELETE /api/v1/sessions/s',
      'POST /api/v1/sessions/s/reopen',
    ]);
  });

  it('about settings go out as they are documented, with the revision that was seen', async () => {
    const { rest, orders } = await answering(200, '{}');
    const key = { provider: 'openai', secret: 'sk-0123456789' } as const;
    await rest.lookForModels();
    await rest.addKey({ id: 'a.b', ...key });
    await rest.putKey('a.b', { provider: 'openai', revision: 'r' });
    await rest.removeKey('a.b', { revision: 'r' });
    await rest.testKey('a.b');
    await rest.addAgent({ name: 'x', models: ['a.b/m'], tools: [] });
    await rest.putAgent('x/y', { models: ['a.b/m'], tools: [] });
    await rest.removeAgent('x/y', {});
    expect(orders).toEqual([
      'POST /api/v1/settings/look {}',
      'POST /api/v1/settings/keys {"id":"a.b","provider":"openai","secret":"sk-0123456789"}',
      'PUT /api/v1/settings/keys/a.b {"provider":"openai","revision":"r"}',
      'DELETE /api/v1/settings/keys/a.b {"revision":"r"}',
      'POST /api/v1/settings/keys/a.b/test {}',
      'POST /api/v1/settings/agents {"name":"x","models":["a.b/m"],"tools":[]}',
      'PUT /api/v1/settings/agents/x%2Fy {"models":["a.b/m"],"tools":[]}',
      'DELETE /api/v1/settings/agents/x%2Fy {}',
    ]);
  });

  it('are not sent again when no answer comes', async () => {
    let tries = 0;
    const failing = () => {
      tries += 1;
      return Promise.reject(new Error('line lost'));
    };
    const rest = createRest({ baseUrl: '/api/v1', fetch: failing as typeof fetch });
    expect(await rest.startTurn('s', { input: 'go' })).toMatchObject({ ok: false, problem: { status: 0 } });
    expect(tries).toBe(1);
  });
});

describe('query strings', () => {
  it('F4: leave out what is absent, keep 0 and false, and every value whole, also one that has a comma', () => {
    expect(
      queryString({ a: 0, b: false, c: '', d: null, e: undefined, f: ['x', 'y z'], g: [], h: [''], i: ['k,l'] }),
    ).toBe('?a=0&b=false&f=x&f=y+z&h=&i=k%2Cl&i=k%2Cl');
    expect(queryString({})).toBe('');
  });

  it('F7: a server that has not said that it can is not asked, and the problem says why', async () => {
    const { rest, orders } = await servedBy('live');
    const refused = await Promise.all([
      rest.budgets(undefined),
      rest.settings(),
      rest.addKey({ id: 'key', provider: 'openai', secret: 'secret' }),
      rest.search({ q: 'x' }),
      rest.traces('a', {}),
      rest.changes('a', 'start'),
      rest.rewindPreview('a', 't'),
      rest.rewind('a', { undo: true }),
      rest.files('a', 'x'),
      rest.attach('a', 'x', new Uint8Array()),
      rest.fork('a', { id: 'b' }),
      rest.resumeTurn('a', { id: 't' }),
      rest.compact('a', { id: 't' }),
      rest.heatmap({ metric: 'cost' }),
      rest.table('daily', { metric: 'output_tokens' }),
    ]);
    expect(new Set(refused.map((result) => !result.ok && result.problem.type))).toEqual(new Set(['taffrail:unserved']));
    expect(refused[0]).toMatchObject({ problem: { detail: expect.stringContaining('budgets') } });
    expect(orders).toEqual([]);
  });

  it('F7: what the server can do is asked for, and what every server can do', async () => {
    const { rest, orders } = await servedBy('live', 'metric.cost');
    await rest.interrupt('a');
    await rest.heatmap({ metric: 'cost' });
    await rest.sessions({ q: 'x' });
    expect(orders).toEqual([
      'POST /api/v1/sessions/a/interrupt',
      'GET /api/v1/analytics/heatmap?metric=cost',
      'GET /api/v1/sessions?q=x',
    ]);
  });
});
