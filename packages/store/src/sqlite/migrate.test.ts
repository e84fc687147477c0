/** Data of other versions: brought forward with a backup, refused where it is newer. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewRow } from '../commit.js';
import { append, call, result } from '../contract/sample-rows.js';
import { Database } from './database.js';
import { dataVersion, migrate, NewerDataError } from './migrate.js';
import { migrations } from './schema.js';
import { openSqlite } from './store.js';

const latest = migrations.at(-1)?.version ?? 0;
const next = { version: latest + 1, sql: 'CREATE TABLE added (a INTEGER); INSERT INTO added VALUES (1)' };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-migrate-'));
  path = join(folder, 'taffrail.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fill(): Promise<void> {
  const store = openSqlite({ path, now: () => 0 });
  const said = { type: 'message', role: 'user', author: 'human', text: 'kept' } as const;
  const rows = [{ kind: 'item.recorded', key: 'm', at: 0, data: said } as const];
  await store.commit({
    appends: [{ sessionId: 'a', agent: 'claude', origin: 'imported', mappingVersion: 1, rows }],
    index: 'now',
  });
  await store.close();
}

function withDatabase<Result>(file: string, use: (db: Database) => Result): Result {
  const db = new Database(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}
const textIn = (file: string) => withDatabase(file, (db) => db.get<{ text: string }>('SELECT text FROM rows')?.text);
const numOf = (seq: number) => 4_294_967_296 + seq;
const backup = () => `${path}.backup-v${latest}`;

describe('data of a newer version', () => {
  beforeEach(async () => {
    await fill();
    withDatabase(path, (db) => db.exec(`PRAGMA user_version = ${latest + 7}`));
  });

  it('is refused in one sentence that says what to do', () => {
    expect(() => openSqlite({ path, now: () => 0 })).toThrow(NewerDataError);
    expect(() => openSqlite({ path, now: () => 0 })).toThrow(
      new RegExp(
        `^${path} was written by a newer taffrail \\(data version ${latest + 7}, this program knows ${latest}\\)\\. Update taffrail, or name another folder with --data-dir\\.$`,
      ),
    );
  });

  it('is left as it is, and no backup is made', () => {
    expect(() => openSqlite({ path, now: () => 0 })).toThrow();
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
    expect(textIn(path)).toBe('kept');
  });
});

describe('data of an older version', () => {
  it('is copied whole before it is changed', async () => {
    await fill();
    withDatabase(path, (db) => migrate(db, [...migrations, next]));
    expect(withDatabase(path, dataVersion)).toBe(latest + 1);
    expect(withDatabase(backup(), dataVersion)).toBe(latest);
    expect(textIn(backup())).toBe('kept');
  });

  it('that cannot be brought forward stays as it was', async () => {
    await fill();
    const broken = { version: latest + 1, sql: `${next.sql}; INSERT INTO no_such_table VALUES (1)` };
    expect(() => withDatabase(path, (db) => migrate(db, [...migrations, broken]))).toThrow();
    expect(withDatabase(path, dataVersion)).toBe(latest);
    expect(withDatabase(path, (db) => db.all("SELECT name FROM sqlite_master WHERE name = 'added'"))).toEqual([]);
    withDatabase(path, (db) => migrate(db, [...migrations, next]));
    expect(textIn(path)).toBe('kept');
  });

  it('an earlier whole backup is kept; one that was cut off is made again', async () => {
    await fill();
    writeFileSync(`${path}.backup-v${latest}.part`, 'cut off');
    withDatabase(path, (db) => migrate(db, [...migrations, next]));
    expect(textIn(backup())).toBe('kept');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('a new folder is made without a backup', () => {
    withDatabase(path, (db) => migrate(db));
    expect(withDatabase(path, dataVersion)).toBe(latest);
    expect(existsSync(`${path}.backup-v0`)).toBe(false);
  });

  it('two programs that start at once bring it forward once', async () => {
    await fill();
    const [one, other] = [new Database(path), new Database(path)];
    migrate(one, [...migrations, next]);
    migrate(other, [...migrations, next]);
    expect(other.all('SELECT a FROM added')).toEqual([{ a: 1 }]);
    one.close();
    other.close();
  });
});

it('E4: a question that was open before questions were counted is counted', () => {
  withDatabase(path, (db) => {
    migrate(
      db,
      migrations.filter(({ version }) => version < 3),
    );
    db.exec(
      `INSERT INTO sessions (num, id, agent, origin, status, created_at, updated_at) VALUES (1, 'a', 'taffrail', 'live', 'waiting', 0, 0)`,
    );
    for (const [seq, kind] of ['permission.asked', 'permission.answered', 'permission.asked'].entries())
      db.exec(`INSERT INTO rows (id, at, kind, data) VALUES (${numOf(seq + 1)}, 0, '${kind}', '{}')`);
    migrate(db);
    expect(db.get('SELECT open_questions FROM sessions')).toEqual({ open_questions: 1 });
  });
});

it('F3: the tools of an archive of before they were summed are summed, as their rows say', async () => {
  const store = openSqlite({ path, now: () => 0 });
  const said = (text: string) => result('read', text, { minute: 20 });
  const rows = [call('read', {}), said('draft'), said('the whole'), call('bash', {})];
  const taken: NewRow = { kind: 'item.deleted', key: 'call:bash', at: 0, data: { reason: 'broke off' } };
  await store.commit({ appends: [append('a', ...rows), append('b', ...rows, taken)], index: 'now' });
  await store.close();
  withDatabase(path, (db) => {
    const sums = () => db.all('SELECT * FROM tool_buckets WHERE calls + results > 0 ORDER BY num, bucket, name');
    const kept = sums();
    expect(kept).toHaveLength(5);
    db.exec('DROP TABLE tool_buckets; PRAGMA user_version = 4');
    migrate(
      db,
      migrations.filter(({ version }) => version <= 5),
    );
    expect(sums()).toEqual(kept);
  });
});

it('D5: turns that were set aside before counts followed are counted out', () => {
  const rowsOf = (num: number, ...kinds: [kind: string, revisedBy: number | null][]) =>
    kinds.map(
      ([kind, revisedBy], index) =>
        `INSERT INTO rows (id, at, kind, data, revised_by) VALUES (${num * 4_294_967_296 + index + 1}, 0, '${kind}', '{}', ${revisedBy})`,
    );
  withDatabase(path, (db) => {
    migrate(
      db,
      migrations.filter(({ version }) => version < 6),
    );
    for (const num of [1, 2])
      db.exec(
        `INSERT INTO sessions (num, id, agent, origin, status, turn_count, created_at, updated_at) VALUES (${num}, '${num}', 'taffrail', 'live', 'idle', 3, 0, 0)`,
      );
    const rewound = rowsOf(
      1,
      ['turn.started', null],
      ['turn.started', 4],
      ['turn.started', 4],
      ['session.rewound', null],
    );
    for (const row of [...rewound, ...rowsOf(2, ['turn.started', null])]) db.exec(row);
    migrate(db);
    expect(db.all('SELECT turn_count FROM sessions ORDER BY num')).toEqual([{ turn_count: 1 }, { turn_count: 3 }]);
  });
});

it('D5: data of version 8 opens, and forks and their turns are found without walking what is no fork', () => {
  withDatabase(path, (db) => {
    migrate(
      db,
      migrations.filter(({ version }) => version <= 8),
    );
    db.exec(
      `INSERT INTO sessions (num, id, agent, origin, forked_from, created_at, updated_at) VALUES (1, 'f', 'taffrail', 'live', 'a', 0, 0)`,
    );
    migrate(db);
    const forks = `SELECT num FROM sessions WHERE forked_from = 'a'`;
    const turns = `SELECT turn_id FROM rows WHERE id > ${numOf(0)} AND id < ${2 * numOf(0)} AND kind = 'turn.started'`;
    expect(db.all(forks)).toEqual([{ num: 1 }]);
    const planOf = (query: string) =>
      db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`).map(({ detail }) => detail);
    expect(planOf(forks)).toEqual([expect.stringContaining('COVERING INDEX sessions_forked (forked_from=?)')]);
    expect(planOf(turns)).toEqual([expect.stringContaining('COVERING INDEX rows_turns')]);
  });
});
