/** Data that an older importer's mapping made is repaired when a newer one meets it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type Store } from '@taffrail/store';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { runImport } from './run-import.js';

const answer = (id: string): Answer => ({ id, text: `answer ${id}`, input: 10, output: 5 });

async function importAll(store: Store, home: string) {
  return runImport({ store, surroundings: { home, env: {} }, agents: [], index: 'now', now: Date.now });
}

/** What an older mapping would have left: wrong figures and a stray item, under an older version. */
async function spoil(store: Store): Promise<void> {
  await sql`UPDATE sources SET importer_version = 0`.execute(store.queries);
  await sql`UPDATE sessions SET mapping_version = 0`.execute(store.queries);
  await sql`UPDATE usage_facts SET input_tokens = 999, output_tokens = 999, output_seen = 999`.execute(store.queries);
  await sql`UPDATE keys SET key = 'old:' || key`.execute(store.queries);
}

const figures = (store: Store) =>
  store.queries
    .selectFrom('sessions')
    .select(['id', 'epoch', 'item_count', 'requests', 'input_tokens', 'output_tokens'])
    .orderBy('id')
    .execute();

describe('an upgrade of an importer', () => {
  it('F3: reads again what an older mapping made, and counts nothing twice', async () => {
    const home = mkdtempSync(join(tmpdir(), 'taffrail-upgrade-'));
    writeClaudeLog(home, 'one', claudeLines('one', [answer('a'), answer('b')]));
    const store = openSqlite({ path: join(home, 't.db'), now: Date.now });
    await importAll(store, home);
    await spoil(store);
    await importAll(store, home);
    expect(await figures(store)).toEqual([
      { id: 'one', epoch: 2, item_count: 4, requests: 2, input_tokens: 20, output_tokens: 10 },
    ]);
    expect(
      await store.search({ words: [{ text: 'answer', phrase: false, open: false }], offset: 0, limit: 10 }),
    ).toHaveLength(2);
    await store.close();
  });

  it('F3: keeps what it has where the source is gone', async () => {
    const home = mkdtempSync(join(tmpdir(), 'taffrail-upgrade-'));
    const path = writeClaudeLog(home, 'one', claudeLines('one', [answer('a')]));
    writeClaudeLog(home, 'two', claudeLines('two', [answer('b')]));
    const store = openSqlite({ path: join(home, 't.db'), now: Date.now });
    await importAll(store, home);
    rmSync(path);
    await sql`UPDATE sources SET importer_version = 0`.execute(store.queries);
    await sql`UPDATE sessions SET mapping_version = 0`.execute(store.queries);
    await importAll(store, home);
    expect(await figures(store)).toEqual([
      { id: 'one', epoch: 1, item_count: 2, requests: 1, input_tokens: 10, output_tokens: 5 },
      { id: 'two', epoch: 2, item_count: 2, requests: 1, input_tokens: 10, output_tokens: 5 },
    ]);
    await store.close();
  });

  it('F-beyond: a copy elsewhere stays a copy when the original is read anew', async () => {
    const home = mkdtempSync(join(tmpdir(), 'taffrail-upgrade-'));
    const lines = claudeLines('one', [answer('a')]);
    writeClaudeLog(home, 'one', lines);
    const copied = lines.map((line) =>
      line
        .replaceAll('"sessionId":"one"', '"sessionId":"fork"')
        .replace('"type":"assistant"', '"type":"assistant","requestSessionId":"one"'),
    );
    writeClaudeLog(home, 'fork', [...copied, ...claudeLines('fork', [answer('c')])]);
    const store = openSqlite({ path: join(home, 't.db'), now: Date.now });
    await importAll(store, home);
    const before = await figures(store);
    await sql`UPDATE sources SET importer_version = 0 WHERE path LIKE '%one.jsonl'`.execute(store.queries);
    await sql`UPDATE sessions SET mapping_version = 0 WHERE id = 'one'`.execute(store.queries);
    await importAll(store, home);
    expect(await figures(store)).toEqual(
      before.map((session) => ({ ...session, epoch: session.id === 'one' ? 2 : 1 })),
    );
    expect(before.map((session) => session.requests)).toEqual([1, 1]);
    await store.close();
  });
});
