/** What panels are counted from: chosen by every filter, and read again where something moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewRow } from '../commit.js';
import { append, at, checkpoint, prompt, usage } from '../contract/sample-rows.js';
import { bucketMs } from '../plan/buckets.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { type Counted, counting } from './counted.js';
import type { Filter } from './filter.js';

let folder: string;
let store: Store;
let counted: (filter: Filter) => Promise<Counted>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  store = openSqlite({ path: join(folder, 'taffrail.db'), now: () => 0 });
  counted = counting(store.queries);
  await record('early', 'claude', '/a', [prompt('go', { minute: 1 }), usage('e', { minute: 1, model: 'model-a' })]);
  await record('late', 'codex', '/b', [prompt('go', { minute: 100 }), usage('l', { minute: 100, model: 'model-b' })]);
  await record('silent', 'codex', '/a', [prompt('go', { minute: 100 })]);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function record(sessionId: string, agent: string, project: string, rows: NewRow[]) {
  const described: NewRow = { kind: 'session.described', key: 'd', at: at(1), data: { project } };
  const append = { sessionId, agent, origin: 'imported' as const, mappingVersion: 1, rows: [described, ...rows] };
  await store.commit({ appends: [append], index: 'now' });
}

/** The sessions that count requests, and those that count messages. */
async function sessionsIn(filter: Filter): Promise<[string[], string[]]> {
  const { usage, activity, roots } = await counted(filter);
  const ids = (rows: readonly { num: number }[]) => rows.map(({ num }) => roots.rootOf(num)).sort();
  return [ids(usage), ids(activity.filter(({ messages }) => messages > 0))];
}

describe('what panels are counted from', () => {
  test('F4: is all there is, or what is of an agent, a project or a model', async () => {
    expect(await sessionsIn({})).toEqual([
      ['early', 'late'],
      ['early', 'late', 'silent'],
    ]);
    expect(await sessionsIn({ agents: ['codex'] })).toEqual([['late'], ['late', 'silent']]);
    expect(await sessionsIn({ projects: ['/a'] })).toEqual([['early'], ['early', 'silent']]);
    expect(await sessionsIn({ models: ['model-b'] })).toEqual([['late'], ['late']]);
    expect(await sessionsIn({ agents: ['codex'], projects: ['/a'], models: ['model-a'] })).toEqual([[], []]);
  });

  test('F4: begins at a moment and ends before another', async () => {
    const boundary = Math.floor(at(100) / bucketMs) * bucketMs;
    expect(await sessionsIn({ since: boundary })).toEqual([['late'], ['late', 'silent']]);
    expect(await sessionsIn({ until: boundary })).toEqual([['early'], ['early']]);
  });

  test('F4: is read again where a session grew or moved to another project', async () => {
    expect((await counted({})).usage).toHaveLength(2);
    await record('silent', 'codex', '/a', [usage('s', { minute: 101 })]);
    expect((await sessionsIn({ agents: ['codex'] }))[0]).toEqual(['late', 'silent']);
    const moved: NewRow = { kind: 'session.described', key: 'd', at: at(5), data: { project: '/c' } };
    await store.commit({ appends: [append('late', moved)], index: 'now' });
    expect((await sessionsIn({ projects: ['/c'] }))[0]).toEqual(['late']);
  });

  test('F4: is read again where a better mapping begins a log anew, also one of as many rows', async () => {
    const source = checkpoint('/logs/anew.jsonl', { sessionIds: ['anew'] });
    const reading = (mappingVersion: number, inputTokens: number) => ({
      appends: [{ ...append('anew', usage('r', { inputTokens, model: 'model-c' })), mappingVersion }],
      source,
      index: 'now' as const,
    });
    const input = async () => (await counted({ models: ['model-c'] })).usage.map((bucket) => bucket.input_tokens);
    await store.commit(reading(1, 5));
    expect(await input()).toEqual([5]);
    await store.commit(reading(2, 3));
    expect(await input()).toEqual([3]);
  });

  test('F4: stands apart from what is kept, so that whoever adds to it changes no later answer', async () => {
    (await counted({})).usage.pop();
    expect((await counted({})).usage).toHaveLength(2);
  });
});
