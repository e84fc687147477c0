/** The live client on a real WebSocket: one line for all sessions, and followers who are told at their own pace. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DownFrame, type UpFrame, upFrameSchema } from '@taffrail/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { SocketLike } from '../socket/shell.js';
import type { FollowedSession } from './contract.js';
import { createLiveClient, type PassingFrame } from './live-client.js';
import { itemRow, placed, rowsFrame, snapshotFrame, subscribed } from './sample-frames.js';

const hello: DownFrame = { type: 'hello', protocol: 1, heartbeatMs: 15_000, capabilities: ['live'], statuses: {} };
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Waits until something is so; looks again whenever anything happened. */
function watching() {
  const waiting = new Set<() => void>();
  const happened = () => {
    for (const look of waiting) look();
  };
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => isSo() && resolve();
      waiting.add(look);
      look();
    });
  return { happened, until };
}

/** A server that says what the test says, and a client of it whose frames are drawn by hand. */
async function connected(greeting: DownFrame = hello) {
  const { happened, until } = watching();
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  const heard: UpFrame[] = [];
  let line: WebSocket | null = null;
  server.on('connection', (socket) => {
    line = socket;
    socket.on('message', (data) => {
      heard.push(upFrameSchema.parse(JSON.parse(String(data))));
      happened();
    });
    socket.send(JSON.stringify(greeting));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const passed: PassingFrame[] = [];
  const gained: [from: number, seqs: number[], to: number][] = [];
  const pages: unknown[] = [];
  let draw: (() => void) | null = null;
  const client = createLiveClient({
    open: () => new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`) as unknown as SocketLike,
    page: async (sessionId, query) => {
      pages.push([sessionId, query]);
      return { ok: true, value: { items: [placed(1, 'first')], total: 2, oldestSeq: 1 } };
    },
    schedule: (work) => {
      draw = work;
      happened();
    },
    onFrame: (frame) => {
      passed.push(frame);
      happened();
    },
    onRows: (_id, { from, rows, to }) => gained.push([from, rows.map(({ seq }) => seq), to]),
    onState: happened,
    onResync: happened,
    onReport: happened,
    now: Date.now,
    random: () => 0,
  });
  cleanups.push(() => {
    client.stop();
    for (const socket of server.clients) socket.terminate();
    http.close();
  });
  client.start();
  await until(() => client.socket().name === 'open');
  const say = (...frames: DownFrame[]) => {
    for (const frame of frames) line?.send(JSON.stringify(frame));
  };
  /** Says these and waits until they have arrived. */
  const tell = async (...frames: DownFrame[]) => {
    const { length } = passed;
    say(...frames, { type: 'sessions', changed: [] });
    await until(() => passed.length > length);
  };
  const nextFrame = () => {
    const work = draw;
    draw = null;
    work?.();
  };
  return { client, heard, passed, gained, pages, until, tell, nextFrame, breakLine: () => line?.terminate() };
}

const of = <Frame extends { sessionId: string }>(sessionId: string, frame: Frame): Frame => ({ ...frame, sessionId });
const start = (sessionId: string): DownFrame[] => [
  of(sessionId, subscribed(2, { mode: 'snapshot' })),
  of(sessionId, snapshotFrame(2, { items: [placed(2, 'a')], itemCount: 2 })),
];
const textsOf = (session: FollowedSession | null) =>
  [...(session?.session.items.values() ?? [])].map(({ item }) => item.text);

describe('the live client', () => {
  it('C-beyond: tells a follower at once, and then of many frames in one go', async () => {
    const { client, tell, nextFrame } = await connected();
    const told: FollowedSession[] = [];
    client.follow('s', (session) => told.push(session));
    expect(told.map(({ phase }) => phase)).toEqual(['starting']);
    await tell(...start('s'), rowsFrame(2, [itemRow(3, 'b')]), rowsFrame(3, [itemRow(4, 'c')]));
    expect(told).toHaveLength(1);
    nextFrame();
    expect(told.map(textsOf)).toEqual([[], ['a', 'b', 'c']]);
    expect(client.view('s')).toBe(told[1]);
    await tell(rowsFrame(3, [itemRow(4, 'c')]));
    nextFrame();
    expect(told).toHaveLength(2);
  });

  it('F7: follows nothing on a server that runs no sessions, and tells what it said it can do', async () => {
    const { client, heard, passed, tell } = await connected({ ...hello, capabilities: ['archive'] });
    client.follow('s', () => {});
    await tell();
    expect(passed[0]).toMatchObject({ type: 'hello', capabilities: ['archive'] });
    expect(heard).toEqual([]);
    expect(client.view('s')?.phase).toBe('starting');
  });

  it('B6: subscribes once for two followers, and ends with the last of them', async () => {
    const { client, heard, until } = await connected();
    const nobody = () => {};
    const [first, second] = [client.follow('s', nobody), client.follow('s', nobody)];
    first();
    first();
    client.follow('other', nobody);
    await until(() => heard.length === 2);
    second();
    await until(() => heard.length === 3);
    expect(heard).toEqual([
      { type: 'subscribe', sessionId: 's' },
      { type: 'subscribe', sessionId: 'other' },
      { type: 'unsubscribe', sessionId: 's' },
    ]);
  });

  it('B3: shows a session that one comes back to at once, and asks only for what is new', async () => {
    const { client, heard, until, tell } = await connected();
    const stop = client.follow('s', () => {});
    await tell(...start('s'));
    stop();
    const told: FollowedSession[] = [];
    client.follow('s', (session) => told.push(session));
    expect(told.map(textsOf)).toEqual([['a']]);
    await until(() => heard.length === 3);
    expect(heard.at(-1)).toEqual({ type: 'subscribe', sessionId: 's', epoch: 1, after: 2 });
  });

  it('C5: subscribes again to all of them when the line is back', async () => {
    const { client, heard, until, tell, breakLine } = await connected();
    client.follow('s', () => {});
    client.follow('other', () => {});
    await until(() => heard.length === 2);
    await tell(...start('s'));
    breakLine();
    await until(() => client.socket().name === 'waiting');
    client.wake('online');
    await until(() => heard.length === 4);
    expect(heard.slice(2)).toEqual([
      { type: 'subscribe', sessionId: 's', epoch: 1, after: 2 },
      { type: 'subscribe', sessionId: 'other' },
    ]);
  });

  it('B6: the trouble of one session leaves the others alone, and can be tried again', async () => {
    const { client, heard, until, tell, nextFrame } = await connected();
    client.follow('bad', () => {});
    client.follow('s', () => {});
    await tell({ type: 'reset', sessionId: 'bad', reason: 'failed', detail: 'it broke' }, ...start('s'));
    nextFrame();
    expect([client.view('bad')?.problem, client.view('s')?.problem]).toEqual(['it broke', null]);
    expect(textsOf(client.view('s'))).toEqual(['a']);
    client.retry('bad');
    await until(() => heard.length === 3);
    expect(heard.at(-1)).toEqual({ type: 'subscribe', sessionId: 'bad' });
  });

  it('B2: loads older items by page', async () => {
    const { client, pages, tell, nextFrame } = await connected();
    client.follow('s', () => {});
    await tell(...start('s'));
    client.loadOlder('s');
    await tell();
    nextFrame();
    expect(pages).toEqual([['s', { before: 2, limit: 60 }]]);
    expect(textsOf(client.view('s'))).toEqual(['first', 'a']);
  });

  it('C-beyond: what the server begins to tell of a session that was left is ended', async () => {
    const { client, heard, until, tell } = await connected();
    client.follow('s', () => {})();
    await tell(subscribed(4));
    await until(() => heard.length === 3);
    expect(heard.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe', 'unsubscribe']);
  });

  it('H1: hands on each row once and in its order; what a snapshot tells instead is a gap that can be seen', async () => {
    const { client, gained, tell } = await connected();
    client.follow('s', () => {});
    await tell(...start('s'));
    expect(gained).toEqual([]);
    const [b, c, d] = [itemRow(3, 'b'), itemRow(4, 'c'), itemRow(5, 'd')];
    await tell(rowsFrame(3, [c]), rowsFrame(2, [b]), rowsFrame(2, [b, c]), rowsFrame(3, [c, d]));
    expect(gained).toEqual([
      [2, [3], 3],
      [3, [4], 4],
      [4, [5], 5],
    ]);
    await tell(
      of('s', subscribed(9, { mode: 'snapshot' })),
      of('s', snapshotFrame(9)),
      rowsFrame(9, [itemRow(10, 'e')]),
    );
    expect(gained.slice(3)).toEqual([[9, [10], 10]]);
  });

  it('B5: hands on hello and hints, and hears of a lost end by them', async () => {
    const { client, passed, until, heard, tell } = await connected();
    client.follow('s', () => {});
    await until(() => heard.length === 1);
    await tell({ type: 'reset', sessionId: 's', reason: 'unknown_session', detail: '' });
    const hint = {
      sessionId: 's',
      head: 1,
      status: 'idle',
      title: null,
      totals: null,
      open: true,
      position: 0,
      parentId: null,
    } as const;
    await tell({ type: 'sessions', changed: [hint] });
    await until(() => heard.length === 2);
    expect(passed.map(({ type }) => type)).toEqual(['hello', 'sessions', 'sessions', 'sessions']);
    expect(heard.at(-1)).toEqual({ type: 'subscribe', sessionId: 's' });
  });
});
