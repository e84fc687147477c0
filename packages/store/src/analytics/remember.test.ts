/** Sums that panels share are read once, and anew when anybody has written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { gathering, remembering } from './remember.js';

let folder: string;
let stores: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  stores = [0, 1].map(() => openSqlite({ path: join(folder, 'taffrail.db'), now: () => 0 }));
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

async function say(store: Store | undefined, sessionId: string): Promise<void> {
  const data = { type: 'message', role: 'user', author: 'human', text: 'go' } as const;
  const rows = [{ kind: 'item.recorded', key: 'm', at: 0, data } as const];
  const append = { sessionId, agent: 'claude', origin: 'imported', mappingVersion: 1, rows } as const;
  await store?.commit({ appends: [append], index: 'now' });
}

test('F4: panels of one filter share what was read, until this or another connection writes', async () => {
  const [ours, other] = stores as [Store, Store];
  const gather = gathering(ours, remembering(ours));
  const empty = await gather({});
  expect(await gather({})).toBe(empty);
  expect(await gather({ agents: ['codex'] })).not.toBe(empty);
  await say(ours, 'a');
  expect((await gather({})).activity).toHaveLength(1);
  await say(other, 'b');
  expect((await gather({})).activity).toHaveLength(2);
  expect((await gather({ agents: ['codex'] })).activity).toEqual([]);
});
