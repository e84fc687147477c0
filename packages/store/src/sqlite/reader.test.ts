/** A store opened for reading: sees what was written, changes nothing, and minds the version of the data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './database.js';
import { NewerDataError } from './migrate.js';
import { readSqlite } from './reader.js';
import { migrations } from './schema.js';
import { openSqlite } from './store.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  path = join(folder, 'taffrail.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function writeSession(id: string): Promise<void> {
  const store = openSqlite({ path, now: () => 0 });
  const said = { type: 'message', role: 'user', author: 'human', text: 'find the needle' } as const;
  const rows = [{ kind: 'item.recorded', key: 'm', at: 0, data: said } as const];
  await store.commit({
    appends: [{ sessionId: id, agent: 'claude', origin: 'imported', mappingVersion: 1, rows }],
    index: 'later',
  });
  await store.close();
}

describe('reader', () => {
  test('answers what the store would, and knows what is not indexed yet', async () => {
    await writeSession('s');
    const reader = await readSqlite({ path, now: () => 0 });
    expect(await reader.queries.selectFrom('sessions').select('id').execute()).toEqual([{ id: 's' }]);
    expect(await reader.pendingRows()).toBe(1);
    expect(await reader.integrity()).toEqual([]);
    await reader.close();
  });

  test('sees what another connection writes meanwhile', async () => {
    await writeSession('first');
    const reader = await readSqlite({ path, now: () => 0 });
    const before = reader.dataVersion();
    await writeSession('second');
    expect(await reader.queries.selectFrom('sessions').select('id').execute()).toHaveLength(2);
    expect(reader.dataVersion()).not.toBe(before);
    await reader.close();
  });

  test('cannot write', async () => {
    await writeSession('s');
    const reader = await readSqlite({ path, now: () => 0 });
    await expect(reader.queries.deleteFrom('sessions').execute()).rejects.toThrow(/readonly/);
    await reader.close();
  });

  test('brings an empty file up to date first', async () => {
    new Database(path).close();
    const reader = await readSqlite({ path, now: () => 0 });
    expect(await reader.queries.selectFrom('sessions').selectAll().execute()).toEqual([]);
    await reader.close();
  });

  test('refuses data that a newer program wrote', async () => {
    await writeSession('s');
    const db = new Database(path);
    db.exec(`PRAGMA user_version = ${(migrations.at(-1)?.version ?? 0) + 1}`);
    db.close();
    await expect(readSqlite({ path, now: () => 0 })).rejects.toThrow(NewerDataError);
  });
});
