/** Threads that another agent recorded: read as they are, gone on with in a fork, their usage told as that agent tells it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runImport } from '../import/run-import.js';
import { says } from '../runner/runner-for-tests.js';
import { AppBench, input } from './bench-for-tests.js';
import type { TestClient } from './client-for-tests.js';

let app: AppBench;
let client: TestClient;
beforeAll(async () => {
  app = await AppBench.open();
  client = await app.client();
});
afterAll(() => app.close());

type Line = { type: string; payload: object } | string;

const event = (type: string, data: object = {}): Line => ({ type: 'event_msg', payload: { type, ...data } });
const prompt = (text: string): Line => ({
  type: 'response_item',
  payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});
const begin = (turnId: string) => event('task_started', { turn_id: turnId, model_context_window: 50_000 });
const end = (turnId: string) => event('task_complete', { turn_id: turnId });
const abort = (turnId: string) => event('turn_aborted', { turn_id: turnId, reason: 'interrupted' });
const back = event('thread_rolled_back', { num_turns: 1 });
const figures = (total: number) => ({
  input_tokens: total - 10,
  cached_input_tokens: 3,
  output_tokens: 10,
  reasoning_output_tokens: 4,
  total_tokens: total,
});
const count = (total: number, last = total) =>
  event('token_count', {
    info: {
      total_token_usage: figures(total),
      last_token_usage: figures(last),
      model_context_window: 50_000,
    },
  });
const empty = event('token_count', { info: null });
const turn = (id: string, ...rest: Line[]) => [begin(id), prompt(`ask ${id}`), ...rest];

let made = 0;

/** Imports a rollout of these records; returns its thread. */
async function imported(...records: Line[]): Promise<string> {
  made += 1;
  const id = `01a1e000-${made.toString(16).padStart(4, '0')}-77aa-82b6-21345881d9c6`;
  const folder = join(app.bench.folder, 'codex', String(made), 'sessions', '2026', '11', '19');
  mkdirSync(folder, { recursive: true });
  const timestamp = (at: number) => new Date(Date.UTC(2026, 10, 19, 10, 0, at)).toISOString();
  const meta = { id, timestamp: timestamp(0), cwd: app.bench.project, cli_version: '0.123.0', source: 'cli' };
  const lines = [{ type: 'session_meta', payload: meta }, ...records].map((record, at) =>
    typeof record === 'string' ? record : JSON.stringify({ timestamp: timestamp(at), ...record }),
  );
  writeFileSync(join(folder, `rollout-2026-11-19T10-00-00-${id}.jsonl`), `${lines.join('\n')}\n`);
  await runImport({
    store: app.bench.store,
    surroundings: { home: '/nowhere', env: { CODEX_HOME: join(app.bench.folder, 'codex', String(made)) } },
    agents: ['codex'],
    index: 'now',
    now: Date.now,
  });
  return id;
}

/** What resuming or forking it is told of its tokens: turn, total, last. `null` where nothing is. */
async function replay(method: 'thread/resume' | 'thread/fork', threadId: string) {
  const mark = client.mark;
  const { result } = await client.ask(method, { threadId });
  await client.ask('thread/loaded/list', {});
  const told = client.messages.slice(mark).filter((message) => message.method === 'thread/tokenUsage/updated');
  expect(told.length).toBeLessThanOrEqual(1);
  const params = told[0]?.params;
  expect(params?.threadId ?? result.thread.id).toBe(result.thread.id);
  return params ? [params.turnId, params.tokenUsage.total.totalTokens, params.tokenUsage.last.totalTokens] : null;
}

const first = turn('T1', count(100), end('T1'));

describe('G3: what a resumed rollout is told of its tokens', () => {
  it.each<[string, Line[], unknown]>([
    ['one turn', first, ['T1', 100, 100]],
    ['a second turn without usage', [...first, ...turn('T2', end('T2'))], ['T1', 100, 100]],
    ['a second turn that was stopped before it used any', [...first, ...turn('T2', abort('T2'))], ['T1', 100, 100]],
    ['a second turn that never ended', [...first, ...turn('T2')], ['T1', 100, 100]],
    ['a second turn that was stopped after', [...first, ...turn('T2', count(250, 150), abort('T2'))], ['T2', 250, 150]],
    ['a second turn cut off after', [...first, ...turn('T2', count(250, 150))], ['T2', 250, 150]],
    ['a statement without figures', [...first, ...turn('T2', empty, end('T2'))], ['T2', 100, 100]],
    ['statements without figures alone', turn('T1', empty, end('T1')), null],
    ['a statement before any turn', [count(77), ...turn('T1', end('T1'))], ['T1', 77, 77]],
    ['a statement after the turn', turn('T1', end('T1'), count(88)), ['T1', 88, 88]],
    ['a turn rolled back', [...first, ...turn('T2', count(250, 150), end('T2')), back], ['T1', 250, 150]],
    [
      'a statement after that',
      [...first, ...turn('T2', count(250, 150), end('T2')), back, count(250, 60)],
      ['T1', 250, 60],
    ],
    ['broken and unknown lines', [...first, '{broken', { type: 'future_thing', payload: {} }], ['T1', 100, 100]],
  ])('%s', async (_name, records, expected) => {
    const threadId = await imported(...records);
    expect(await replay('thread/resume', threadId)).toEqual(expected);
    expect(await replay('thread/fork', threadId)).toEqual(expected);
  });

  it('turns that are not marked are told apart by what was asked', async () => {
    const threadId = await imported(prompt('one'), count(100), prompt('two'), count(300, 200));
    const { turns } = (await client.ask('thread/read', { threadId, includeTurns: true })).result.thread;
    expect(await replay('thread/resume', threadId)).toEqual([turns[1]?.id, 300, 200]);
  });
});

describe('threads of another agent', () => {
  it('G-beyond: are listed and read as they are', async () => {
    const threadId = await imported(...first, ...turn('T2'));
    const { data } = (await client.ask('thread/list', { limit: 100 })).result;
    expect(data.map(({ id }) => id)).toContain(threadId);
    const { thread } = (await client.ask('thread/read', { threadId, includeTurns: true })).result;
    expect([thread.modelProvider, thread.status.type, thread.preview]).toEqual(['codex', 'notLoaded', 'ask T1']);
    expect(thread.turns.map(({ id, status }) => [id, status])).toEqual([
      ['T1', 'completed'],
      ['T2', 'interrupted'],
    ]);
  });

  it('G-beyond: go on in one fork however often they are resumed, and their own log is not written to', async () => {
    const threadId = await imported(...first);
    const before = await app.bench.rows(threadId);
    const fork = (await client.ask('thread/resume', { threadId })).result.thread;
    expect([fork.forkedFromId, fork.turns.length]).toEqual([threadId, 1]);
    app.bench.models.script('ask T1', [{ ...says('Going on.'), usage: { inputTokens: 500, outputTokens: 20 } }]);
    const mark = client.mark;
    await client.ask('turn/start', { threadId: fork.id, input: input('and now?') });
    const { params } = await client.notified('turn/completed', mark);
    const again = (await client.ask('thread/resume', { threadId })).result.thread;
    expect([again.id, again.turns.length]).toEqual([fork.id, 2]);
    expect(await replay('thread/resume', fork.id)).toEqual([params.turn.id, 620, 520]);
    expect(await app.bench.rows(threadId)).toEqual(before);
  });
});
