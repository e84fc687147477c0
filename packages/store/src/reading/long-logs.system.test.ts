/** Questions about a long session: others are answered in between, and pieces make the same whole. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commit, numOf, sessionOf } from '../contract/place.js';
import {
  append,
  at,
  call,
  describedAs,
  prompt,
  result,
  turnCompleted,
  turnStarted,
  usage,
} from '../contract/sample-rows.js';
import { priceTable } from '../pricing/prices.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { sessionUsage } from './session-usage.js';
import { timeline } from './timeline.js';
import { TurnFiles } from './turn-files.js';

const turns = 1_500;
const folder = mkdtempSync(join(tmpdir(), 'taffrail-long-'));
let store: Store;

beforeAll(async () => {
  store = openSqlite({ path: join(folder, 'taffrail.db'), now: Date.now });
  const text = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const rows = Array.from({ length: turns }, (_, turn) => {
    const turnId = `t${turn}`;
    const placed = (key: string) => ({ turnId, key: `${key}:${turnId}` });
    const input = { file_path: `/p/${turn}.ts`, old_string: text, new_string: `${text}\n${turn}` };
    return [
      turnStarted(turnId, turn),
      { ...prompt(`Question ${turn}`), ...placed('prompt'), at: at(turn) },
      call('Edit', input, placed('call')),
      result(turnId, 'The file was updated.', placed('result')),
      usage(`r-${turnId}`, { turnId, minute: turn }),
      turnCompleted(turnId, turn),
    ];
  });
  await commit(store, append('long', describedAs({ cwd: '/p' }), ...rows.flat()));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How often others could have been answered meanwhile. */
async function meanwhile<Found>(ask: () => Promise<Found>): Promise<{ found: Found; times: number }> {
  let isOut = true;
  let times = 0;
  const counting = (async () => {
    for (; isOut; times += 1) await others();
  })();
  const found = await ask();
  isOut = false;
  await counting;
  return { found, times };
}

it('D5: the timeline of a long session is summed in pieces, each turn once, and others are answered in between', async () => {
  const session = await sessionOf(store, 'long');
  const files = await meanwhile(() => new TurnFiles(store.queries).of(session));
  expect(files.found.size).toBe(turns);
  expect(files.times).toBeGreaterThan(10);
  const { found, times } = await meanwhile(() => timeline(store.queries, session, files.found));
  expect(times).toBeGreaterThan(3);
  expect(
    found.turns.map(({ turnId, prompt: asked, toolCalls, requests }) => [turnId, asked, toolCalls, requests]),
  ).toEqual(Array.from({ length: turns }, (_, turn) => [`t${turn}`, `Question ${turn}`, 1, 1]));
});

it('A5: so are the requests of its usage, in the order of the log', async () => {
  const num = await numOf(store, 'long');
  const { found, times } = await meanwhile(() => sessionUsage(store.queries, priceTable(), num));
  expect(times).toBeGreaterThan(2);
  expect(found.requests.map(({ attemptId }) => attemptId)).toEqual(
    Array.from({ length: turns }, (_, turn) => `r-t${turn}`),
  );
  expect(found.usage?.requests).toBe(turns);
});
