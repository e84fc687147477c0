/** The server as its clients meet it: real HTTP, real sockets, a real archive. */
import { appendFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import {
  type DownFrame,
  downFrameSchema,
  rowSchema,
  type SearchResult,
  type SessionList,
  sessionListSchema,
  sessionUsageSchema,
} from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { dataHome } from './data-home.js';
import { serve } from './serve.js';

const answer = (id: string, output: number): Answer => ({
  id,
  text: `The answer of ${id} mentions a capstan`,
  input: 100,
  output,
});
const folder = mkdtempSync(join(tmpdir(), 'taffrail-serve-'));
const home = dataHome(join(folder, 'data'), {});
const stop = new AbortController();
let base = '';
let done: Promise<void>;

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${base}/api/v1${path}`, { headers: { authorization: `Bearer ${home.token()}`, ...headers } });
}

/** Asks until the answer satisfies, for what follows a file in its own time. */
async function until<Answer>(ask: () => Promise<Answer>, satisfied: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 15_000;
  for (let last = await ask(); ; last = await ask()) {
    if (satisfied(last) || Date.now() > deadline) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const sessions = async (): Promise<SessionList> => sessionListSchema.parse(await (await get('/sessions')).json());

/** Node's fetch sets Host itself: a rebound name needs a plain request. */
function statusFor(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${base}/api/v1/meta`, { headers }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

beforeAll(async () => {
  writeClaudeLog(folder, 'first', claudeLines('first', [answer('one', 11), answer('two', 22)]));
  writeClaudeLog(folder, 'second', claudeLines('second', [answer('three', 33)]));
  await new Promise<void>((ready, failed) => {
    const onReady = ({ url }: { url: string }) => {
      base = url;
      ready();
    };
    done = serve({
      home,
      host: '127.0.0.1',
      port: 0,
      watch: true,
      importHome: folder,
      agents: [],
      onReady,
      signal: stop.signal,
    });
    done.catch(failed);
  });
  await until(sessions, (list) => list.sessions.length === 2);
}, 30_000);

afterAll(async () => {
  stop.abort();
  await done;
});

describe('access', () => {
  it('only the health probe answers without the token', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const refused = await fetch(`${base}/api/v1/sessions`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect((await get('/sessions', { authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('a foreign Host is refused even with the token', async () => {
    const authorization = `Bearer ${home.token()}`;
    expect(await statusFor({ host: 'evil.example', authorization })).toBe(403);
    expect(await statusFor({ host: new URL(base).host, authorization })).toBe(200);
  });

  it('answers to a further name as soon as config.toml allows it, and no longer than that', async () => {
    const headers = { host: `box.local:${new URL(base).port}`, authorization: `Bearer ${home.token()}` };
    const config = join(folder, 'data', 'config.toml');
    expect(await statusFor(headers)).toBe(403);
    writeFileSync(config, 'allowed_hosts = ["Box.local"]\n');
    await get('/settings');
    expect(await statusFor(headers)).toBe(200);
    writeFileSync(config, '');
    await get('/settings');
    expect(await statusFor(headers)).toBe(403);
  });

  it('a foreign Origin is refused even with the token', async () => {
    expect((await get('/sessions', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await get('/sessions', { origin: 'null' })).status).toBe(403);
    expect((await get('/sessions', { origin: base })).status).toBe(200);
  });

  it('the sign-in link sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const signedIn = await fetch(`${base}/sign-in?token=${home.token()}`, { redirect: 'manual' });
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(signedIn.status).toBe(302);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    const asked = await fetch(`${base}/api/v1/meta`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(asked.status).toBe(200);
    expect((await fetch(`${base}/sign-in?token=wrong`, { redirect: 'manual' })).status).toBe(401);
  });

  it('the token is readable by its owner alone', () => {
    expect(statSync(join(home.dir, 'token')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home.dir, 'token'), 'utf8').trim()).toBe(home.token());
  });
});

const panels = ['summary', 'daily', 'heatmap', 'top-sessions', 'models', 'projects', 'agents', 'tools', 'coverage'];

describe('the archive over HTTP', () => {
  it('A5: the list carries each session’s usage and the totals of all', async () => {
    const list = await sessions();
    const first = list.sessions.find((session) => session.id === 'first');
    expect(first?.usage).toMatchObject({ requests: 2, inputTokens: 200, outputTokens: 33, reasoningTokens: null });
    expect(first?.usage?.reported).toMatchObject({ outputTokens: 2, reasoningTokens: 0 });
    expect(list.totals).toMatchObject({ sessions: 2, sessionsWithUsage: 2, usage: { outputTokens: 66 } });
  });

  it('A2: usage is not among the items', async () => {
    const page = (await (await get('/sessions/first/items?limit=1000')).json()) as {
      items: { item: { type: string } }[];
      total: number;
    };
    expect(page.items.map(({ item }) => item.type)).toEqual(['message', 'message', 'message', 'message']);
    expect(page.total).toBe(4);
  });

  it('items come by page from both ends', async () => {
    const seqs = async (query: string) =>
      ((await (await get(`/sessions/first/items?${query}`)).json()) as { items: { seq: number }[] }).items.map(
        ({ seq }) => seq,
      );
    const all = await seqs('after=0&limit=100');
    expect(await seqs('limit=2')).toEqual(all.slice(-2));
    expect(await seqs(`before=${all[2]}&limit=2`)).toEqual(all.slice(0, 2));
    expect(await seqs(`after=${all[1]}&limit=2`)).toEqual(all.slice(2));
  });

  it('A1: a session’s usage lists one request per model round trip', async () => {
    const usage = sessionUsageSchema.parse(await (await get('/sessions/first/usage')).json());
    expect(usage.requests.map((each) => each.outputTokens)).toEqual([11, 22]);
    expect(usage.usage?.last).toMatchObject({ outputTokens: 22, model: 'claude-sonnet-4-5' });
  });

  it('a list takes several values of a filter, and an empty one for sessions that name none', async () => {
    const count = async (query: string) =>
      sessionListSchema.parse(await (await get(`/sessions?${query}`)).json()).sessions.length;
    expect(await count('agent=claude,codex')).toBe(2);
    expect(await count('agent=codex')).toBe(0);
    expect(await count('usage=known,partial')).toBe(2);
    expect(await count('usage=partial,unknown')).toBe(0);
    expect(await count('project=')).toBe(0);
    expect((await get('/sessions?usage=some')).status).toBe(400);
    expect(
      ((await (await get('/search?q=capstan&agent=codex,claude&type=message,reasoning')).json()) as SearchResult).hits,
    ).toHaveLength(3);
  });

  it('a session’s turns come in order, with what each took', async () => {
    const { turns } = (await (await get('/sessions/first/timeline')).json()) as { turns: object[] };
    expect(turns).toMatchObject([
      { prompt: 'Ask for one', requests: 1, outputTokens: 11, toolCalls: 0, seq: expect.any(Number) },
      { prompt: 'Ask for two', requests: 1, outputTokens: 22 },
    ]);
  });

  it('F5: analytics say what they are from, and CSV leaves the unknown blank', async () => {
    const agents = (await (await get('/analytics/agents')).json()) as { total: object };
    expect(agents.total).toMatchObject({ sessions: 2, sessionsWithUsage: 2, messages: 6 });
    const csv = await (await get('/analytics/daily?format=csv&tz=UTC')).text();
    const [header = '', line = ''] = csv.split('\r\n');
    const cells = new Map(header.split(',').map((name, at) => [name, line.split(',')[at]]));
    expect(cells.get('usage.outputTokens')).toBe('66');
    expect(cells.get('usage.cacheReadTokens')).toBe('0');
    expect(cells.get('usage.reasoningTokens')).toBe('');
    const { reasons } = (await (await get('/analytics/coverage')).json()) as { reasons: object[] };
    expect(reasons).toEqual([
      {
        reason: 'Claude Code: no request told it, and nothing says why',
        missing: '1 h writes, reasoning',
        count: 3,
        unit: 'requests',
      },
    ]);
  });

  it('F2: a CSV has the same columns where nothing is known, and the hours are a file of their own', async () => {
    const header = async (query: string) =>
      (await (await get(`/analytics/${query}&format=csv&tz=UTC`)).text()).split('\r\n')[0];
    const named = await header('models?since=2026-10-01');
    expect(named).toContain('messages,usage.requests,usage.inputTokens,');
    expect(await header('models?since=2031-01-01')).toBe(named);
    expect(named).toContain(',cacheSavedMicros,cacheSavedRequests');
    expect(await header('daily?by=kind')).toContain(',kinds.freshInputTokens,kinds.undividedInputTokens,');
    expect(await header('heatmap?metric=cost')).toBe('day,value,reported,of,requests,reportedRequests');
    expect(await header('heatmap?metric=cost&part=hours')).toBe('weekday,hour,value,requests,reportedRequests');
  });

  it('F4: an empty filter means what names none, not everything', async () => {
    const sessionsOf = async (query: string) =>
      ((await (await get(`/analytics/agents?${query}`)).json()) as { total: { sessions: number } }).total.sessions;
    expect(await Promise.all(['', 'model=', 'project=', 'model=claude-sonnet-4-5,'].map(sessionsOf))).toEqual([
      2, 0, 0, 2,
    ]);
  });

  it('F4: values of a filter come between commas or one by one, and one that is repeated is whole', async () => {
    const [known, other] = ['claude-sonnet-4-5', 'another'];
    const count = async (query: string) =>
      ((await (await get(query)).json()) as { sessions: object[] }).sessions.length;
    const found = async (query: string) => {
      const { hits } = (await (await get(`/search?q=capstan&${query}`)).json()) as { hits: object[] };
      return hits.length > 0;
    };
    const total = async (query: string) =>
      ((await (await get(`/analytics/models?${query}`)).json()) as { total: { sessions: number } }).total.sessions;
    const asked = (name: string, value: string) => [
      `${name}=${value},${other}`,
      `${name}=${value}&${name}=${other}`,
      `${name}=${value},${other}&${name}=${value},${other}`,
    ];
    expect(await Promise.all(asked('model', known).map(total))).toEqual([2, 2, 0]);
    expect(await Promise.all(asked('model', known).map((query) => count(`/sessions?${query}`)))).toEqual([2, 2, 0]);
    expect(await Promise.all(asked('agent', 'claude').map(found))).toEqual([true, true, false]);
    expect(
      await Promise.all(asked('usage', 'known').map(async (query) => (await get(`/sessions?${query}`)).status)),
    ).toEqual([400, 400, 400]);
    const twice = await get('/sessions?limit=1&limit=2');
    expect([twice.status, ((await twice.json()) as { detail: string }).detail]).toEqual([
      ...[400, 'limit: is given more than once; give it once'],
    ]);
  });

  it('a session is given back in every format', async () => {
    const text = async (format: string) => (await get(`/sessions/first/export?format=${format}`)).text();
    expect(await text('md')).toContain('The answer of one mentions a capstan');
    expect(await text('html')).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(await text('json'))).toMatchObject({
      session: { id: 'first' },
      usage: { usage: { requests: 2 } },
      items: { length: 4 },
    });
    const rows = (await text('jsonl'))
      .trim()
      .split('\n')
      .map((line) => rowSchema.parse(JSON.parse(line)));
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_row, index) => index + 1));
  });

  it('every panel answers', async () => {
    for (const panel of panels) {
      const answers = await Promise.all(
        ['', '&format=csv', '&by=model'].map((rest) =>
          get(`/analytics/${panel}?metric=cost&since=2026-10-01&until=2026-11-30${rest}`),
        ),
      );
      expect([panel, ...answers.map((response) => response.status)]).toEqual([panel, 200, 200, 200]);
    }
  });

  it('search finds what was said, with its session', async () => {
    const found = await until(
      async () => (await (await get('/search?q=capstan')).json()) as SearchResult,
      (result) => result.hits.length === 3,
    );
    expect(found.hits[0]?.snippet).toContain('\u0002capstan\u0003');
  });

  it('F4: a range that ends before it begins is refused wherever one is asked for, and one of a day is not', async () => {
    for (const path of ['/sessions', ...panels.map((panel) => `/analytics/${panel}`)]) {
      const day = await get(`${path}?since=2026-11-02&until=2026-11-02`);
      const days = await get(`${path}?since=2026-11-02&until=2026-11-01&format=csv`);
      const times = await get(`${path}?since=2026-11-02T09:00Z&until=2026-11-02T08:00Z`);
      expect([path, day.status, days.status, times.status]).toEqual([path, 200, 400, 400]);
      expect([days.headers.get('content-type'), ((await days.json()) as { detail: string }).detail]).toEqual([
        expect.stringContaining('application/problem+json'),
        'since: 2026-11-02 is not before until: 2026-11-01; nothing lies between them',
      ]);
    }
  });

  it('what is wrong with a request is said in a sentence', async () => {
    for (const [path, status] of [
      ['/sessions/none', 404],
      ['/sessions?limit=0', 400],
      ['/analytics/daily?tz=Mars/Base', 400],
      ['/analytics/daily?since=soon', 400],
      ['/analytics/daily?since=2026-02-30', 400],
      ['/analytics/daily?until=2026-02-30T09:00:00Z', 400],
      ['/analytics/daily?since=5', 400],
      // Whose nine o'clock?
      ['/analytics/daily?since=2026-11-20T09:00:00', 400],
      ['/nowhere', 404],
    ] as const) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, status]);
      expect(await response.json()).toMatchObject({ status, detail: expect.stringMatching(/\w+ /) });
    }
  });

  it('the OpenAPI document names every route', async () => {
    const document = (await (await get('/openapi.json')).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/sessions', '/api/v1/sessions/{id}/items', '/api/v1/search', '/api/v1/import']),
    );
    expect(await (await get('/docs')).text()).toContain('/api/v1/sessions/{id}/items');
  });

  it('F8: a shorter log handed in is refused, a longer one extends', async () => {
    const post = (lines: string[]) =>
      fetch(`${base}/api/v1/import?agent=claude`, {
        method: 'POST',
        body: lines.map((line) => `${line}\n`).join(''),
        headers: { authorization: `Bearer ${home.token()}` },
      });
    const all = claudeLines('handed', [answer('four', 44), answer('five', 55)]);
    expect(await (await post(all)).json()).toMatchObject({ sessions: 1, requests: 2 });
    expect((await post(all.slice(0, 2))).status).toBe(409);
    expect(await (await post([...all, ...claudeLines('handed', [answer('six', 66)])])).json()).toMatchObject({
      requests: 1,
    });
    expect((await post(['not a log'])).status).toBe(400);
  });
});

describe('the socket', () => {
  function open(headers: Record<string, string>): WebSocket {
    return new WebSocket(`${base.replace('http', 'ws')}/api/v1/stream`, { headers });
  }

  it('B5: the first frame is hello with the status of every open session', async () => {
    const socket = open({ authorization: `Bearer ${home.token()}` });
    const frame = await new Promise<string>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    );
    socket.close();
    expect(downFrameSchema.parse(JSON.parse(frame))).toMatchObject({ type: 'hello', statuses: {} });
  });

  it('a socket without the token, or from a foreign page, is refused', async () => {
    const refusal = (socket: WebSocket) =>
      new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message)));
    expect(await refusal(open({}))).toContain('401');
    expect(await refusal(open({ authorization: `Bearer ${home.token()}`, origin: 'https://evil.example' }))).toContain(
      '403',
    );
  });

  it('F1: a line that an agent appends is in the archive at once, and browsers are told', async () => {
    const socket = open({ authorization: `Bearer ${home.token()}` });
    const frames: DownFrame[] = [];
    socket.on('message', (data: Buffer) => frames.push(downFrameSchema.parse(JSON.parse(data.toString()))));
    const path = join(folder, '.claude', 'projects', '-home-dev-demo', 'second.jsonl');
    appendFileSync(path, `${claudeLines('second', [answer('seven', 77)]).join('\n')}\n`);
    const list = await until(sessions, ({ sessions: all }) =>
      all.some((session) => session.usage?.outputTokens === 110),
    );
    expect(list.sessions.find((session) => session.id === 'second')?.usage).toMatchObject({
      requests: 2,
      outputTokens: 110,
    });
    const told = () => Promise.resolve(frames.flatMap((frame) => (frame.type === 'sessions' ? frame.changed : [])));
    const hints = await until(told, (all) => all.some((hint) => hint.sessionId === 'second'));
    socket.close();
    expect(hints).toContainEqual(
      expect.objectContaining({ sessionId: 'second', totals: expect.objectContaining({ outputTokens: 110 }) }),
    );
  });
});
