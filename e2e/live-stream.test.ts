/** The stream of the built program: many clients, slow ones, lost ones, rude ones, and what they cost the server. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { SessionState } from '@taffrail/session';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { downFrameSchema, type ItemPage } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Address, itemsIn, Line, replay } from './support/line.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer } from './support/program.js';
import { type SlowWay, slowWay } from './support/slow-way.js';
import { Watcher } from './support/watcher.js';

const fastClients = 20;
const floodCharacters = 1_000_000;
const greedyQuestions = 300;
const frameBytesMax = 64 * 1024;
const longTurns = 25;
const reconnects = 1_000;
const memoryMbMax = 150;
/** A client that reads nothing is closed after 30 s, looked for every 5. */
const stalledMs = 38_000;

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let way: SlowWay;
const watchers: Watcher[] = [];
/** Hears heartbeats from the beginning. */
let patient: Line;
/** Asks for very much, and reads nothing of it. */
let greedy: Line;
let greedyAt: number;

const watch = (sessionId: string, at: Address = server) => {
  const watcher = new Watcher(at);
  watchers.push(watcher);
  watcher.follow(sessionId);
  return watcher;
};

const create = (id: string) => server.order('POST', '/sessions', { id, cwd: folder.work(id) });
const ask = (id: string, input = id) => server.order('POST', `/sessions/${id}/turns`, { id: `${id}-turn`, input });
const isIdle = (id: string) => (session: SessionState) => session.turns.get(`${id}-turn`)?.outcome === 'complete';
const answerIn = (session: SessionState) =>
  [...session.items.values()].flatMap(({ item }) =>
    item.type === 'message' && item.author === 'model' ? [item.text] : [],
  );
const textServed = (conversation: string) =>
  model.served.flatMap((served) => (served.conversation === conversation ? [served.textServed] : []));
const memoryMb = () =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.process.pid)], { encoding: 'utf8' })) / 1024;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
  way = await slowWay(server, 1_024);
  await create('still');
  await ask('still');
  await watch('still').shows('still', isIdle('still'));
  patient = await Line.open(server);
  patient.say({ type: 'subscribe', sessionId: 'still' });
  patient.say({ type: 'subscribe', sessionId: 'nobody' });
});

afterAll(async () => {
  for (const watcher of watchers) watcher.stop();
  way?.close();
  await server?.kill();
  await model?.close();
  folder?.remove();
});

describe('a slow client beside fast ones', () => {
  let slow: Watcher;

  it('C-beyond: keeps none of them waiting, and costs the server no memory', async () => {
    model.script('flood', [{ parts: [{ hugeText: floodCharacters }], chunkSize: 512 }]);
    await create('flood');
    slow = watch('flood', way.server);
    const fast = Array.from({ length: fastClients }, () => watch('flood'));
    for (const each of fast) await each.shows('flood', () => true);
    const before = memoryMb();
    await ask('flood');
    await model.waitFor(
      (served) => served.some((one) => one.conversation === 'flood' && one.outcome === 'finished'),
      60_000,
    );
    const servedAt = performance.now();
    const seen = await Promise.all(fast.map((each) => each.shows('flood', isIdle('flood'))));
    expect(performance.now() - servedAt).toBeLessThan(15_000);
    expect(seen.map(answerIn)).toEqual(seen.map(() => textServed('flood')));
    expect(slow.view('flood')?.session.turns.get('flood-turn')?.outcome).not.toBe('complete');
    expect(memoryMb() - before).toBeLessThan(memoryMbMax);
  });

  it('C-beyond: even when it asks again and again for what it does not read', async () => {
    greedy = await Line.open(server);
    greedy.socket.pause();
    greedyAt = performance.now();
    const before = memoryMb();
    for (let asked = 0; asked < greedyQuestions; asked += 1) {
      greedy.say({ type: 'subscribe', sessionId: 'flood' });
      // Time for the server to answer each.
      await wait(3);
    }
    const other = await Line.open(server);
    other.say({ type: 'subscribe', sessionId: 'flood' });
    await other.heard(() => other.of('snapshot').length > 0);
    await other.drop();
    expect(memoryMb() - before).toBeLessThan(memoryMbMax);
  });

  it('C-beyond: has everything too when the line gets better', async () => {
    way.widen();
    expect(answerIn(await slow.shows('flood', isIdle('flood')))).toEqual(textServed('flood'));
    expect(slow.lost).toEqual([]);
  });
});

describe('a client that goes and comes back', () => {
  const words = Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ');

  it('A6, B3, B5, C3: shows the same as one that stayed: nothing is missing, nothing is doubled', async () => {
    const gates = [
      { at: 40, name: 'gone' },
      { at: 120, name: 'back' },
    ];
    model.script('talk', [{ parts: [{ text: words }], chunkSize: 12, delayMs: 1, gates }]);
    await create('talk');
    const [stays, leaves] = [watch('talk'), watch('talk')];
    await ask('talk');
    await model.gate('gone').reached;
    await leaves.shows('talk', (session) => answerIn(session).length === 1);
    leaves.cut();
    model.gate('gone').open();
    await model.gate('back').reached;
    leaves.wake();
    const reloaded = watch('talk');
    const asked = await Line.open(server);
    expect(asked.of('hello')[0]?.statuses['talk']).toMatchObject({ status: 'running' });
    const standing = await (await server.get('/status')).json();
    expect(standing.sessions.talk).toMatchObject({ status: 'running', turnId: 'talk-turn' });
    expect(words).toContain(standing.sessions.talk.items.at(-1).item.text);
    model.gate('back').open();
    const seen = await Promise.all([stays, leaves, reloaded].map((each) => each.shows('talk', isIdle('talk'))));
    expect(seen.map(answerIn)).toEqual([[words], [words], [words]]);
    expect(seen.map(({ totals }) => totals?.requests)).toEqual([1, 1, 1]);
    expect([stays, leaves, reloaded].flatMap(({ lost, reports }) => [...lost, ...reports])).toEqual([]);
    await asked.drop();
  });

  it('C3: is served by one seq per channel as well: from the lowest on', async () => {
    const { rows, state } = await replay(server, 'talk');
    const line = await Line.open(server);
    const lastSeqPerChannel = { text: state.head - 2, status: state.head - 5 };
    line.say({ type: 'subscribe', sessionId: 'talk', epoch: 1, lastSeqPerChannel });
    await line.heard(() => line.of('synced').length > 0);
    await line.drop();
    expect(line.of('subscribed')).toMatchObject([{ mode: 'replay', head: state.head }]);
    expect(line.of('rows').flatMap((frame) => frame.rows)).toEqual(rows.filter(({ seq }) => seq > state.head - 5));
  });

  it('C2: is told of the channels that it asks for, and how far they reach', async () => {
    const { rows, state } = await replay(server, 'talk');
    const line = await Line.open(server);
    line.say({ type: 'subscribe', sessionId: 'talk', after: 0, channels: ['usage'] });
    await line.heard(() => line.of('synced').length > 0);
    await line.drop();
    expect(line.of('rows').flatMap((frame) => frame.rows)).toEqual(rows.filter(({ channel }) => channel === 'usage'));
    expect(line.of('rows').at(-1)?.to).toBe(state.head);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('a thousand times, leaves nothing behind', async () => {
    const handles = () => readdirSync(`/proc/${server.process.pid}/fd`).length;
    const comeAndGo = async () => {
      const line = await Line.open(server);
      line.say({ type: 'subscribe', sessionId: 'talk' });
      await line.heard(() => line.of('synced').length > 0);
      await line.drop();
    };
    for (let warm = 0; warm < reconnects / 5; warm += 1) await comeAndGo();
    const before = { handles: handles(), memoryMb: memoryMb() };
    for (let at = 0; at < reconnects; at += 1) await comeAndGo();
    await (await server.get('/status')).json();
    expect(handles() - before.handles).toBeLessThan(10);
    expect(memoryMb() - before.memoryMb).toBeLessThan(60);
  });
});

describe('a session that is longer than a frame', () => {
  const texts = Array.from({ length: longTurns }, (_, at) => `${'ab€"'.repeat(2_000)} ${at}`);
  let line: Line;

  beforeAll(async () => {
    model.script(
      'long',
      texts.map((text) => ({ parts: [{ text }], chunkSize: 4_000 })),
    );
    await create('long');
    const watcher = watch('long');
    for (const at of texts.keys()) {
      await server.order('POST', '/sessions/long/turns', { id: `long-${at}`, input: `long ${at}` });
      await watcher.shows('long', ({ turns }) => turns.get(`long-${at}`)?.outcome === 'complete');
    }
    line = await Line.open(server);
    line.say({ type: 'subscribe', sessionId: 'long' });
    line.say({ type: 'ping' });
    await line.heard(() => line.of('synced').length > 0);
  }, 60_000);

  it('B2, C-beyond: comes with its last 20 turns, in pieces between which other frames pass', () => {
    const answers = itemsIn(line.frames).filter(({ item }) => item.type === 'message' && item.author === 'model');
    expect(answers.map(({ item }) => item.text)).toEqual(texts.slice(-20));
    expect(line.of('snapshot')[0]?.state.turns.map(({ turnId }) => turnId)).toEqual(
      texts.slice(-20).map((_, at) => `long-${at + 5}`),
    );
    expect(line.of('items').length).toBeGreaterThan(3);
    expect(line.longest).toBeLessThanOrEqual(frameBytesMax);
    const order = line.frames.map(({ type }) => type);
    expect(order.indexOf('heartbeat')).toBeLessThan(order.lastIndexOf('items'));
  });

  it('B2: has its older turns with the pages of their items', async () => {
    const first = itemsIn(line.frames)[0]?.seq ?? 0;
    const page = (await (await server.get(`/sessions/long/items?before=${first}&limit=1000`)).json()) as ItemPage;
    expect(page.turns?.map(({ turnId, outcome }) => [turnId, outcome])).toEqual(
      texts.slice(0, 6).map((_, at) => [`long-${at}`, 'complete']),
    );
    expect(page.items).toHaveLength(10);
  });

  it('C3: is replayed to a client that lacks less than a snapshot holds, and told anew to one that lacks more', async () => {
    const { rows } = await replay(server, 'long');
    const modes = await Promise.all(
      [rows.at(-3)?.seq, rows.at(-40)?.seq, 0].map(async (after) => {
        const asking = await Line.open(server);
        asking.say({ type: 'subscribe', sessionId: 'long', after });
        await asking.heard(() => asking.of('synced').length > 0);
        await asking.drop();
        return asking.of('subscribed')[0]?.mode;
      }),
    );
    expect(modes).toEqual(['replay', 'replay', 'snapshot']);
  });

  it('C3: gives its pieces as events too, and no place to go on from before they all are here', async () => {
    const response = await server.get('/sessions/long/events');
    const text = await textUntil(response, 'event: synced');
    const events = text.split('\n\n').filter((event) => event.includes('event: '));
    const frames = events.map((event) => downFrameSchema.parse(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '')));
    expect(itemsIn(frames)).toEqual(itemsIn(line.frames));
    const lastPiece = frames.findLastIndex(({ type }) => type === 'items');
    expect(events.map((event) => event.startsWith('id: '))).toEqual(frames.map((_, at) => at >= lastPiece));
  });
});

/** What has come when this was read; the rest is not waited for. */
async function textUntil(response: Response, end: string): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ; ) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    text += value ?? '';
    if (!done && !text.includes(end)) continue;
    await reader?.cancel();
    return text;
  }
}

describe('a client that is not understood', () => {
  it('C1: is not hung up on: what makes no sense is skipped', async () => {
    const line = await Line.open(server);
    const nonsense = [
      '',
      'hello?',
      '[]',
      'null',
      '{"type":"dance"}',
      '{"type":"subscribe"}',
      '{"type":"pull","after":-1}',
    ];
    for (const frame of nonsense) line.say(frame);
    line.socket.send(Buffer.from([0, 159, 146, 150]));
    line.say({ type: 'subscribe', sessionId: 'still' });
    await line.heard(() => line.of('synced').length > 0);
    expect(line.of('snapshot')).toMatchObject([{ sessionId: 'still' }]);
    await line.drop();
  });

  it('hears that there is no such session, and may follow others', async () => {
    const line = await Line.open(server);
    line.say({ type: 'subscribe', sessionId: 'nobody' });
    line.say({ type: 'subscribe', sessionId: 'still' });
    await line.heard(() => line.of('synced').length > 0);
    expect(line.of('reset')).toMatchObject([{ sessionId: 'nobody', reason: 'unknown_session' }]);
    await line.drop();
  });
});

describe('a line on which nothing happens', () => {
  it('C4: hears how far the sessions have come that it follows', async () => {
    const heads = async (id: string) => (await replay(server, id)).state.head;
    await patient.heard(() => patient.of('heartbeat').length > 0);
    expect(patient.of('heartbeat').at(-1)?.heads).toEqual({ still: await heads('still') });
  });

  it('C-beyond: is closed when it is not read, and gives everything to whoever comes back', async () => {
    await wait(Math.max(0, stalledMs - (performance.now() - greedyAt)));
    greedy.socket.resume();
    expect(await greedy.closed).toBe(4008);
    const line = await Line.open(server);
    line.say({ type: 'subscribe', sessionId: 'flood' });
    await line.heard(() => line.of('synced').length > 0);
    await line.drop();
    expect(itemsIn(line.frames).map(({ item }) => item.text)).toEqual(['flood', ...textServed('flood')]);
    expect(line.longest).toBeLessThanOrEqual(frameBytesMax);
  });
});
