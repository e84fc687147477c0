/** What a server keeps in memory of the sessions that it was once asked about. */
import type { NewRow } from '@taffrail/session';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveSessions } from './live-sessions.js';
import { Bench } from './runner-for-tests.js';
import { LogWriter } from './writer.js';

const count = 40;
const kept = 32;

let bench: Bench;
let ids: string[];
const clock = { now: Date.UTC(2026, 0, 1) };
const now = () => clock.now;
const asked: NewRow = {
  key: 'ask:p',
  at: clock.now,
  kind: 'permission.asked',
  data: { permissionId: 'p', callId: 'c', tool: 'run_command', subject: 'ls', pattern: 'ls' },
};

beforeAll(async () => {
  bench = await Bench.open();
  ids = await Promise.all(Array.from({ length: count }, () => bench.session()));
});
afterAll(() => bench.close());

function newSessions(): LiveSessions {
  const writer = new LogWriter({ store: bench.store, now, changed: () => undefined });
  return new LiveSessions({ store: bench.store, writer, report: () => undefined, now });
}

const opened = async (sessions: LiveSessions) => (await sessions.all()).map(({ sessionId }) => sessionId);

it('B6: lets the longest untouched go once nothing happens in them, and opens them again as they were', async () => {
  const sessions = newSessions();
  for (const id of ids) await sessions.of(id);
  expect(await opened(sessions)).toEqual(ids);
  clock.now += 120_000;
  const last = ids.at(-1) ?? '';
  const { state } = await sessions.of(last);
  expect(await opened(sessions)).toEqual(ids.slice(count - kept));
  const first = await sessions.of(ids[0] ?? '');
  expect(first.state).toEqual(await bench.state(ids[0] ?? ''));
  expect((await sessions.of(last)).state).toBe(state);
});

it('B6: never one in which a turn runs or a question is open, nor one that was touched just now', async () => {
  const sessions = newSessions();
  const [running = '', asking = ''] = ids;
  (await sessions.of(running)).turn = { turnId: 't', controller: new AbortController(), done: Promise.resolve() };
  await (await sessions.of(asking)).append([asked]);
  clock.now += 120_000;
  for (const id of ids.slice(2)) await sessions.of(id);
  expect(await opened(sessions)).toEqual(ids);
  clock.now += 120_000;
  await sessions.of(ids.at(-1) ?? '');
  expect(await opened(sessions)).toEqual([running, asking, ...ids.slice(count - kept)]);
});
