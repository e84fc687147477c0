/** Rows of a session on a running server: nothing is left out where the server tells of a place instead of rows. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRest } from '@taffrail/client';
import type { DownFrame, Row, SnapshotFrame } from '@taffrail/wire';
import { afterEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { FollowedRows } from './followed-rows.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const at = '2026-01-01T00:00:00.000Z';
const row = (seq: number): Row => {
  const data = { type: 'message', role: 'assistant', author: 'model', text: `row ${seq}` } as const;
  return { seq, at, channel: 'text', kind: 'item.recorded', partId: `item-${seq}`, data };
};
const rows = (from: number, ...seqs: number[]): DownFrame => {
  return { type: 'rows', sessionId: 's', epoch: 1, from, to: seqs.at(-1) ?? from, rows: seqs.map(row) };
};
const nothing = { items: [], turns: [], queue: [], permissions: [], openSpans: [], discarded: [], budgetWarnings: [] };
const snapshot = (seq: number): SnapshotFrame => ({
  type: 'snapshot',
  sessionId: 's',
  epoch: 1,
  seq,
  rest: { more: false, cut: null },
  state: {
    ...nothing,
    status: 'running',
    description: {},
    itemCount: 0,
    oldestSeq: null,
    totals: null,
    waiting: null,
    changes: null,
    rewinds: [],
    restoring: null,
  },
});
const standing = (head: number): DownFrame => {
  return { type: 'subscribed', sessionId: 's', epoch: 1, head, mode: 'snapshot', status: 'running', pending: [] };
};

/** A server whose log has ten rows, and that says over its line what the test says. */
async function served() {
  const asked: (string | undefined)[] = [];
  const http = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.end([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seq) => JSON.stringify(row(seq))).join('\n'));
  });
  const line = new Promise<WebSocket>((resolve) => {
    new WebSocketServer({ server: http }).on('connection', (socket) => {
      socket.send(
        JSON.stringify({ type: 'hello', protocol: 1, heartbeatMs: 15_000, capabilities: ['live'], statuses: {} }),
      );
      socket.once('message', () => resolve(socket));
    });
  });
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  cleanups.push(
    () => http.closeAllConnections(),
    () => http.close(),
  );
  const say = async (...frames: DownFrame[]) => {
    for (const frame of frames) (await line).send(JSON.stringify(frame));
  };
  return { server: { url, pid: 1, token: 'secret' }, say, asked };
}

it('H1: rows that a snapshot stands for are read from the log, in their place', async () => {
  const { server, say, asked } = await served();
  const followed = new FollowedRows(
    server,
    createRest({ baseUrl: `${server.url}/api/v1`, fetch, token: 'secret' }),
    's',
  );
  cleanups.push(() => followed.end());
  void say(standing(2), snapshot(2));
  await followed.begin();
  void say(rows(2, 3), standing(6), snapshot(6), rows(6, 7), standing(10), snapshot(10));
  const told: number[] = [];
  for await (const { seq } of followed.rows()) {
    told.push(seq);
    if (seq === 10) break;
  }
  expect(told).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  expect(new Set(asked)).toEqual(new Set(['Bearer secret']));
});
