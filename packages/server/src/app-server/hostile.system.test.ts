/** Clients that send what they should not, or do not read: nobody else is harmed, and nothing grows without end. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { says } from '../runner/runner-for-tests.js';
import { AppBench, input } from './bench-for-tests.js';
import { TestClient } from './client-for-tests.js';
import type { Connection, Line } from './connection.js';
import { methods } from './methods/table.js';
import { LineSplitter } from './stdio.js';

const seed = randomSeed();
let app: AppBench;
beforeAll(async () => {
  app = await AppBench.open();
});
afterAll(() => app.close());
afterEach(() => expect(app.bench.reports).toEqual([]));

describe('what is said to who sends something wrong', () => {
  it('G1: before it is introduced, and twice', async () => {
    const client = await new TestClient(app.url).opened();
    expect((await client.ask('thread/list', {})).error).toEqual({ code: -32600, message: 'Not initialized' });
    await client.initialized();
    const again = await client.ask('initialize', { clientInfo: { name: 'a', version: '1' } });
    expect(again.error).toEqual({ code: -32600, message: 'Already initialized' });
    client.close();
  });

  const id = v7();
  it.each<[string, unknown, string]>([
    ['no/such/method', {}, 'Invalid request: unknown variant `no/such/method`, expected one of `initialize`'],
    ['toString', {}, 'Invalid request: unknown variant `toString`'],
    ['model/list', undefined, 'Invalid request: missing field `params`'],
    ['thread/read', {}, 'Invalid request: missing field `threadId`'],
    ['thread/read', { threadId: 7 }, 'Invalid request: threadId: '],
    ['thread/read', { threadId: 'x' }, 'invalid session id: '],
    ['thread/read', { threadId: id }, `thread not loaded: ${id}`],
    ['turn/start', { threadId: id, input: input('a') }, `thread not found: ${id}`],
    ['thread/resume', { threadId: id }, `no rollout found for thread id ${id}`],
    ['thread/fork', { threadId: id }, `no rollout found for thread id ${id}`],
    ['thread/archive', { threadId: id }, `no rollout found for thread id ${id}`],
    ['thread/start', { cwd: '/no/such/folder' }, 'There is no folder /no/such/folder.'],
    ['thread/start', { ephemeral: true }, 'taffrail keeps a log of every thread'],
  ])('G1: %s with %j', async (method, params, message) => {
    const client = await app.client();
    const { error } = await client.ask(method, params);
    expect(error?.code).toBe(-32600);
    expect(error?.message.startsWith(message)).toBe(true);
  });

  it('G1: parameters and values that nobody knows are let pass', async () => {
    const client = await app.client({ experimentalApi: true, fromTheFuture: { a: 1 } });
    const { result } = await client.ask('thread/list', {
      sortKey: 'section_position',
      sortDirection: 'sideways',
      x: [],
    });
    expect(result.data).toEqual([]);
    const started = await client.ask('thread/start', {
      historyMode: 'woven',
      sandbox: 'glass',
      effort: 9,
      model: 'none',
    });
    expect(started.result.model).toBe('anthropic/model-of-anthropic');
  });

  it('G1: a thread in which nothing was asked cannot be resumed, forked or paged', async () => {
    const client = await app.client();
    const threadId = (await client.ask('thread/start', {})).result.thread.id;
    const said = async (method: string) => (await client.ask(method, { threadId })).error?.message;
    expect(await said('thread/resume')).toBe(`no rollout found for thread id ${threadId}`);
    expect(await said('thread/fork')).toBe(`no rollout found for thread id ${threadId}`);
    expect(await said('thread/turns/list')).toBe(
      `thread ${threadId} is not materialized yet; thread/turns/list is unavailable before first user message`,
    );
  });

  it('G1: points of a fork that exclude each other, or are nowhere', async () => {
    const client = await app.client();
    const { sessionId: threadId, turnId } = await app.bench.done('anthropic', [says('Yes.')]);
    const said = async (point: object) => (await client.ask('thread/fork', { threadId, ...point })).error?.message;
    expect(await said({ lastTurnId: turnId, beforeTurnId: turnId })).toBe(
      '`beforeTurnId` cannot be combined with `lastTurnId`',
    );
    expect(await said({ lastTurnId: 'nowhere' })).toBe('turn not found: nowhere');
    expect(await said({ ephemeral: true })).toContain('ephemeral');
  });

  it('G1: what cannot be said', async () => {
    const client = await app.client();
    const threadId = (await client.ask('thread/start', {})).result.thread.id;
    const said = async (part: object) => (await client.ask('turn/start', { threadId, input: [part] })).error?.message;
    expect(await said({ type: 'hologram' })).toBe('input of type `hologram` is not supported: say it as text');
    expect(await said({ type: 'text', text: ' ' })).toBe('the input is empty');
    expect(await said({ type: 'image', url: 'http://127.0.0.1:9/a.png' })).toBe(
      'an image is taken as a data: URL only',
    );
    expect(await said({ type: 'image', url: 'data:image/png;base64,aGVsbG8=' })).toBe('image is no image');
    expect(await said({ type: 'localImage', path: '/no/such.png' })).toContain('there is no image /no/such.png');
    expect((await app.bench.state(threadId)).turns.size).toBe(0);
  });

  it('G1: no session is deleted', async () => {
    const client = await app.client();
    const { sessionId: threadId } = await app.bench.done('anthropic', [says('Yes.')]);
    expect((await client.ask('thread/delete', { threadId })).error?.message).toContain('deletes no session');
    expect((await client.ask('thread/read', { threadId })).result.thread.id).toBe(threadId);
  });
});

describe(`what is passed over (seed ${seed})`, () => {
  it('G1: noise is not answered, and the line stays up', async () => {
    const client = await app.client();
    const mark = client.mark;
    const noise = [
      '',
      '{',
      '[]',
      '[{"id":1,"method":"model/list","params":{}}]',
      'null',
      '7',
      '"x"',
      '{"id":1.5,"method":"a"}',
    ];
    const more = [
      '{"id":null,"method":"model/list","params":{}}',
      '{"method":"from/the/future"}',
      '{"id":9007199254740993,"method":"a"}',
    ];
    for (const text of [...noise, ...more]) client.socket.send(text);
    client.socket.send(Buffer.from('{"id":1,"method":"model/list","params":{}}'), { binary: true });
    const id = client.send('thread/loaded/list', {});
    await client.answerTo(id);
    expect(client.told(mark)).toEqual([`=${id}`]);
  });

  it('G1: ids are echoed in their own type, also when they are the same', async () => {
    const client = await app.client();
    const mark = client.mark;
    client.say({ id: 'x', method: 'no' });
    client.say({ id: 'x', method: 'no' });
    client.say({ id: '4', method: 'no' });
    client.say({ id: -4, method: 'no' });
    await client.until(({ id }) => id === -4);
    expect(client.messages.slice(mark).map(({ id }) => id)).toEqual(['x', 'x', '4', -4]);
  });

  it('G1: any parameters of any method are answered once, and break nothing', async () => {
    const client = await app.client();
    const names = Object.keys(methods).filter((name) => name !== 'initialize');
    const threadId = (await client.ask('thread/start', {})).result.thread.id;
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(threadId, v7(), '', -1, 1e308));
    const params = fc.dictionary(
      fc.constantFrom('threadId', 'input', 'turnId', 'cursor', 'limit', 'name', 'numTurns', 'expectedTurnId', 'cwd'),
      value,
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.oneof(params, fc.jsonValue()), async (method, given) => {
        const answer = await client.ask(method, given);
        expect(answer.error?.code ?? -32600).toBe(-32600);
      }),
      { seed, numRuns: 300 },
    );
    expect((await client.ask('thread/read', { threadId })).result.thread.id).toBe(threadId);
  }, 60_000);
});

describe('lines', () => {
  it('G1: are the same in whatever pieces they come, and one that is too long is passed over', () => {
    const text = `{"a":1}\n${'x'.repeat(50)}\n\r\n{"b":"é"}\n{"c":3}`;
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (cuts) => {
        const heard: string[] = [];
        const lines = new LineSplitter((line) => heard.push(line), 20);
        const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        places.slice(1).forEach((end, at) => {
          lines.push(bytes.subarray(places[at], end));
        });
        lines.end();
        expect(heard).toEqual(['{"a":1}', '{"b":"é"}', '{"c":3}']);
      }),
      { seed },
    );
  });
});

/** A line to a client that takes nothing until it is told to. */
class StuckLine implements Line {
  readonly sent: string[] = [];
  isPaused = false;
  isStuck = true;
  send(text: string): void {
    this.sent.push(text);
  }
  backlogBytes(): number {
    return this.isStuck ? this.sent.reduce((sum, text) => sum + text.length, 0) : 0;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
}

const introduced = (line: Line): Connection => {
  const connection = app.server.connect(line);
  connection.heard('{"id":"i","method":"initialize","params":{"clientInfo":{"name":"a","version":"1"}}}');
  return connection;
};

describe('a client that asks faster than it reads', () => {
  it('G1: is told that the server is overloaded once too much waits, and loses nothing that was taken', async () => {
    const line = new StuckLine();
    const connection = introduced(line);
    for (let at = 0; at < 400; at += 1) connection.heard(`{"id":${at},"method":"thread/loaded/list","params":{}}`);
    const refused = line.sent.map((text) => JSON.parse(text)).filter(({ error }) => error);
    expect(refused.length).toBeGreaterThan(200);
    expect(new Set(refused.map(({ error }) => JSON.stringify(error)))).toEqual(
      new Set(['{"code":-32001,"message":"Server overloaded; retry later."}']),
    );
    line.isStuck = false;
    connection.pump();
    await connection.settled();
    const answered = line.sent.map((text) => JSON.parse(text).id).filter((id) => id !== 'i');
    expect(answered.sort((one, other) => one - other)).toEqual(Array.from({ length: 400 }, (_, at) => at));
    app.server.disconnect(connection);
  });

  it('G1: is told nothing more, and not listened to, until it reads on; then it has missed nothing', async () => {
    const prompt = v7();
    app.bench.models.script(prompt, [{ parts: [{ hugeText: 3_000_000 }] }]);
    const { sessionId: threadId } = await app.bench.done('anthropic', [
      says('Hi.'),
      { parts: [{ hugeText: 3_000_000 }] },
    ]);
    const line = new StuckLine();
    const connection = introduced(line);
    connection.heard(JSON.stringify({ id: 1, method: 'thread/resume', params: { threadId } }));
    await connection.settled();
    const turnId = await app.bench.ask(threadId, 'much');
    await app.bench.ended(threadId, turnId);
    await connection.settled();
    const held = line.backlogBytes();
    expect(line.isPaused).toBe(true);
    expect(held).toBeLessThan(4_000_000);
    expect(line.sent.some((text) => text.includes('turn/completed'))).toBe(false);
    line.isStuck = false;
    connection.pump();
    await connection.settled();
    expect(line.isPaused).toBe(false);
    const last = JSON.parse(line.sent.at(-1) ?? '');
    expect([last.method, last.params.turn.id]).toEqual(['turn/completed', turnId]);
    app.server.disconnect(connection);
  });
});
