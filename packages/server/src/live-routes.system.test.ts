/** Live sessions as HTTP clients meet them: orders, how they stand, and their events. The model is a fake server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolShares } from '@taffrail/session';
import { claudeLines, type ModelServer, startModelServer, writeClaudeLog } from '@taffrail/testing';
import {
  type Choices,
  type DownFrame,
  downFrameSchema,
  type ItemPage,
  type Problem,
  type SessionSummary,
  type Status,
  type Timeline,
  type ToolTable,
  type TracePage,
} from '@taffrail/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataHome } from './data-home.js';
import { serve } from './serve.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-live-'));
const project = join(folder, 'project');
const stop = new AbortController();
let models: ModelServer;
let home: ReturnType<typeof dataHome>;
let base = '';
let done: Promise<void>;
let session: string;
let count = 0;

const config = (url: string) => `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${url}"
[[agents]]
name = "default"
models = ["main/claude-sonnet-4-5"]
`;

beforeAll(async () => {
  mkdirSync(project);
  mkdirSync(join(folder, 'data'));
  models = await startModelServer();
  writeFileSync(join(folder, 'data/config.toml'), config(models.url));
  writeClaudeLog(
    folder,
    'foreign',
    claudeLines('foreign', [{ id: 'one', text: 'An old answer', input: 100, output: 7 }]),
  );
  home = dataHome(join(folder, 'data'), {});
  await new Promise<void>((ready, failed) => {
    done = serve({
      home,
      host: '127.0.0.1',
      port: 0,
      watch: true,
      importHome: folder,
      agents: [],
      env: { ...process.env, OLLAMA_HOST: '127.0.0.1:9' },
      signal: stop.signal,
      onReady: ({ url }) => {
        base = url;
        ready();
      },
    });
    done.catch(failed);
  });
}, 30_000);

afterAll(async () => {
  stop.abort();
  await done;
  await models.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  count += 1;
  session = `session-${count}`;
  expect((await order('POST', '/sessions', { id: session, cwd: project })).status).toBe(200);
});

function order(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${home.token()}`, 'content-type': 'application/json' };
  return fetch(`${base}/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const read = async <Answer>(path: string): Promise<Answer> => (await (await order('GET', path)).json()) as Answer;
const problem = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as Problem).detail,
];
const summary = (): Promise<SessionSummary> => read(`/sessions/${session}`);

async function until<Answer>(ask: () => Promise<Answer>, satisfied: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 15_000;
  for (let last = await ask(); ; last = await ask()) {
    if (satisfied(last) || Date.now() > deadline) return last;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const idle = (): Promise<SessionSummary> => until(summary, ({ status }) => status === 'idle');
const texts = async (): Promise<string[]> => {
  const { items } = await read<{ items: { item: { text: string } }[] }>(`/sessions/${session}/items`);
  return items.map(({ item }) => item.text);
};
const ask = (id: string, input: string, mode?: string): Promise<Response> =>
  order('POST', `/sessions/${session}/turns`, { id, input, ...(mode ? { mode } : {}) });

describe('orders', () => {
  it('are done once, however often they come', async () => {
    models.script('once only', [{ parts: [{ text: 'Here I am.' }] }]);
    await order('POST', '/sessions', { id: session, cwd: project });
    const answers = await Promise.all([ask('once', 'once only'), ask('once', 'once only')]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { turnId: 'once', queued: false },
      { turnId: 'once', queued: false },
    ]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await idle();
    expect(await (await ask('once', 'once only')).json()).toEqual({ turnId: 'once', queued: false });
    expect(await texts()).toEqual(['once only', 'Here I am.']);
  });

  it('that cannot be carried out say why', async () => {
    expect(await problem(await order('POST', '/sessions', { cwd: 'relative' }))).toEqual([
      400,
      'relative is not an absolute path.',
    ]);
    expect((await problem(await order('POST', '/sessions', { cwd: join(folder, 'nowhere') })))[1]).toMatch(
      /^There is no folder/,
    );
    expect((await problem(await order('POST', '/sessions', { cwd: 5 })))[1]).toMatch(/^cwd: /);
    expect(await problem(await order('POST', '/sessions/nobody/turns', { input: 'x' }))).toEqual([
      404,
      'There is no session nobody.',
    ]);
    expect((await order('POST', `/sessions/${session}/permissions/none`, { decision: 'allow' })).status).toBe(409);
    expect((await order('POST', `/sessions/${session}/rewind`, { turnId: 'none' })).status).toBe(404);
  });

  it('B4: closing takes a session out of the workbench, reopening puts it back at the end', async () => {
    await order('DELETE', `/sessions/${session}`);
    expect(await summary()).toMatchObject({ open: false });
    const again = (await (await order('POST', `/sessions/${session}/reopen`)).json()) as SessionSummary;
    expect(again.open).toBe(true);
    expect(again.position).toBeGreaterThan(0);
  });
});

describe('GET /sessions?open=true', () => {
  it('B2: lists the tabs in their saved order', async () => {
    const second = `${session}-second`;
    await order('POST', '/sessions', { id: second, cwd: project });
    const tabs = async () => {
      const { sessions } = await read<{ sessions: SessionSummary[] }>('/sessions?open=true');
      return sessions.map(({ id }) => id).filter((id) => id.startsWith(session));
    };
    expect(await tabs()).toEqual([session, second]);
    await order('PATCH', `/sessions/${second}`, { position: 1 });
    await order('PATCH', `/sessions/${session}`, { position: 2 });
    expect(await tabs()).toEqual([second, session]);
  });
});

describe('GET /choices', () => {
  it('B2: offers folders that were worked in and one to try things in, each once', async () => {
    const sandbox = join(folder, 'data/sandbox');
    expect((await read<Choices>('/choices')).folders.at(-1)).toBe(sandbox);
    await order('POST', '/sessions', { id: `${session}-tried`, cwd: sandbox });
    const { folders, models: named } = await read<Choices>('/choices');
    expect(folders.filter((path) => path === sandbox)).toHaveLength(1);
    expect(folders).toContain(project);
    expect(named.map(({ id }) => id)).toEqual(['main/claude-sonnet-4-5', 'demo/demo']);
  });
});

describe('GET /status', () => {
  it('B5: carries the turn so far exactly while it runs', async () => {
    models.script('slowly now', [
      { parts: [{ text: 'First words. Last words.' }], chunkSize: 12, gates: [{ at: 1, name: 'half' }] },
    ]);
    await ask('slow', 'slowly now');
    await models.gate('half').reached;
    const half = await until(
      () => read<Status>('/status'),
      ({ sessions }) => (sessions[session]?.items?.[1]?.item.text ?? '') !== '',
    );
    expect(half.sessions[session]).toMatchObject({ status: 'running', turnId: 'slow' });
    expect(half.sessions[session]?.items?.[1]?.item).toMatchObject({ text: 'First words.', streaming: true });
    models.gate('half').open();
    await idle();
    expect((await read<Status>('/status')).sessions[session]).toEqual({ status: 'idle' });
    expect(await texts()).toEqual(['slowly now', 'First words. Last words.']);
  });
});

describe('forks', () => {
  it('H4, D5: go on here with what another agent began; its usage is shown as inherited', async () => {
    await until(
      () => read<SessionSummary>('/sessions/foreign'),
      ({ usage }) => usage !== null && usage !== undefined,
    );
    expect((await order('POST', '/sessions/foreign/turns', { input: 'go on' })).status).toBe(409);
    const forked = (await (
      await order('POST', '/sessions/foreign/fork', { id: `${session}-fork`, cwd: project })
    ).json()) as SessionSummary;
    expect(forked).toMatchObject({ origin: 'live', forkedFrom: 'foreign', usage: null });
    models.script('', [
      ({ body }) => ({ parts: [{ text: JSON.stringify(body).includes('An old answer') ? 'I remember.' : 'Who?' }] }),
    ]);
    session = forked.id;
    await ask('forked', 'and now?');
    expect((await idle()).usage?.requests).toBe(1);
    expect((await texts()).at(-1)).toBe('I remember.');
    expect(await read(`/sessions/${session}/usage`)).toMatchObject({
      inherited: { requests: 1, inputTokens: 100, outputTokens: 7 },
    });
    // D5: and the timeline it left shows where.
    const { turns, forks } = await read<Timeline>('/sessions/foreign/timeline');
    expect(forks).toMatchObject([{ sessionId: session, turnId: turns.at(-1)?.turnId }]);
    expect((await read<Timeline>(`/sessions/${session}/timeline`)).forks).toEqual([]);
  });
});

interface Event {
  id: string;
  frame: DownFrame;
}

/** Reads events until `enough`, then hangs up. */
async function events(path: string, enough: (events: Event[]) => boolean, lastId?: string): Promise<Event[]> {
  const hangUp = new AbortController();
  const headers = { authorization: `Bearer ${home.token()}`, ...(lastId ? { 'last-event-id': lastId } : {}) };
  const response = await fetch(`${base}/api/v1${path}`, { headers, signal: hangUp.signal });
  const found: Event[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const whole = text.split('\n\n');
    text = whole.pop() ?? '';
    found.push(...whole.map(eventFrom));
    if (enough(found)) break;
  }
  hangUp.abort();
  return found;
}

function eventFrom(text: string): Event {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { id: field('id'), frame: downFrameSchema.parse(JSON.parse(field('data'))) };
}

const isSynced = (found: Event[]): boolean => found.at(-1)?.frame.type === 'synced';
const rowsIn = (found: Event[]) => found.flatMap(({ frame }) => (frame.type === 'rows' ? frame.rows : []));

describe('GET /sessions/:id/traces', () => {
  it('D2: pages are the whole, and a turn’s are its own; an unknown session and a broken cursor say why', async () => {
    models.script('first prompt', [
      { parts: [{ toolCall: { name: 'list', input: { path: '.' } } }] },
      { parts: [{ text: 'Seen.' }], usage: { inputTokens: 50, outputTokens: 5 } },
      { parts: [{ text: 'Again.' }] },
    ]);
    await ask('turn-a', 'first prompt');
    await idle();
    await ask('turn-b', 'second prompt');
    await until(
      () => read<TracePage>(`/sessions/${session}/traces`),
      ({ spans }) => spans.at(-1)?.status === 'ok',
    );
    await idle();
    const whole = await read<TracePage>(`/sessions/${session}/traces`);
    expect(whole.spans.map(({ kind, turnId, status }) => [kind, turnId, status])).toEqual([
      ['turn', 'turn-a', 'ok'],
      ['model', 'turn-a', 'ok'],
      ['tool', 'turn-a', 'ok'],
      ['model', 'turn-a', 'ok'],
      ['turn', 'turn-b', 'ok'],
      ['model', 'turn-b', 'ok'],
    ]);
    expect(whole.spans[3]).toMatchObject({ usage: { inputTokens: 50, outputTokens: 5, reasoningTokens: null } });
    const first = await read<TracePage>(`/sessions/${session}/traces?limit=4`);
    const second = await read<TracePage>(`/sessions/${session}/traces?limit=4&cursor=${first.nextCursor}`);
    expect([...first.spans, ...second.spans]).toEqual(whole.spans);
    expect(second.nextCursor).toBeNull();
    const ofTurn = await read<TracePage>(`/sessions/${session}/traces?turnId=turn-b`);
    expect(ofTurn.spans).toEqual(whole.spans.slice(4));
    expect((await order('GET', '/sessions/nobody/traces')).status).toBe(404);
    expect(await problem(await order('GET', `/sessions/${session}/traces?cursor=x`))).toEqual([
      400,
      'cursor: use a page’s nextCursor',
    ]);
  });

  it('D-beyond: the same spans go out for OpenTelemetry, without what was said unless it is asked for', async () => {
    models.script('quiet prompt', [{ parts: [{ text: 'A quiet answer.' }] }]);
    await ask('turn-a', 'quiet prompt');
    await idle();
    const text = async (query: string) =>
      (await order('GET', `/sessions/${session}/export?format=otlp${query}`)).text();
    const plain = await text('');
    const request = JSON.parse(plain) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] };
    expect(request.resourceSpans[0]?.scopeSpans[0]?.spans.map(({ name }) => name)).toEqual([
      'invoke_agent taffrail',
      'chat claude-sonnet-4-5',
    ]);
    expect(plain).not.toContain('quiet');
    expect(await text('&content=true')).toContain('A quiet answer.');
  });
});

describe('GET /analytics/tools', () => {
  it('D-beyond: counts a live session’s calls once, with the time that its results state and the output that its trace says', async () => {
    const calls = (pattern: string) => ({ parts: [{ toolCall: { name: 'glob', input: { pattern } } }] });
    models.script('look around', [calls('*'), calls('../*'), { parts: [{ text: 'Nothing there.' }] }]);
    await ask('turn-a', 'look around');
    await idle();
    const { rows } = await read<ToolTable>('/analytics/tools?agent=taffrail');
    const [share] = toolShares((await read<TracePage>(`/sessions/${session}/traces`)).spans);
    const { calls: made, errors, outputBytes, timedCalls } = share ?? {};
    const tool = rows.find(({ name }) => name === 'glob');
    expect(tool).toMatchObject({ calls: 2, errors: 1, sessions: 1, timedCalls: 2 });
    expect(tool).toMatchObject({ calls: made, errors, outputBytes, timedCalls });
    const { items } = await read<ItemPage>(`/sessions/${session}/items`);
    const lengths = items.map(({ item }) => (item.type === 'tool_result' ? (item.durationMs ?? Number.NaN) : 0));
    expect(tool?.durationMs).toBe(lengths.reduce((sum, ms) => sum + ms, 0));
  });
});

describe('server-sent events', () => {
  it('C3: go on from the last one that a client names, with nothing left out and nothing twice', async () => {
    models.script('tell me', [{ parts: [{ text: 'All of it.' }] }]);
    const before = await events(`/sessions/${session}/events`, isSynced);
    expect(before.map(({ frame }) => frame.type)).toEqual(['subscribed', 'snapshot', 'synced']);
    await ask('tell', 'tell me');
    await idle();
    const after = await events(`/sessions/${session}/events`, isSynced, before.at(-1)?.id);
    const all = await events(`/sessions/${session}/events?after=0`, isSynced);
    const known = Number(before.at(-1)?.id.split('.')[1]);
    expect(rowsIn(after).map(({ seq }) => seq)).toEqual(
      rowsIn(all)
        .map(({ seq }) => seq)
        .filter((seq) => seq > known),
    );
    expect(rowsIn(after).at(-1)).toMatchObject({ kind: 'turn.completed', data: { outcome: 'complete' } });
    expect(await events(`/sessions/${session}/events`, isSynced, all.at(-1)?.id).then(rowsIn)).toEqual([]);
  });

  it('C3: a cursor into a log that is no more is gone, a broken one is wrong, an unknown session is not found', async () => {
    const status = async (path: string) => (await order('GET', path)).status;
    expect(await status(`/sessions/${session}/events?after=7.1`)).toBe(410);
    expect(await status(`/sessions/${session}/events?after=1.999999`)).toBe(410);
    expect(await status(`/sessions/${session}/events?after=soon`)).toBe(400);
    expect(await status('/sessions/nobody/events')).toBe(404);
  });
});
