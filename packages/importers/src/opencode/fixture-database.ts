/** Builds opencode's database for tests, from rows kept as readable JSON: the tables as version 1.18.33 creates them. */
import { readFileSync } from 'node:fs';
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import type { DatabaseView } from '../contract.js';
import { isObject, type JsonObject } from '../json.js';

export type Rows = Record<string, JsonObject[]>;

const schema = `
  create table session (
    id text primary key, project_id text not null, workspace_id text, parent_id text, slug text not null,
    directory text not null, path text, title text not null, version text not null, share_url text,
    summary_additions integer, summary_deletions integer, summary_files integer, summary_diffs text, metadata text,
    cost real default 0 not null, tokens_input integer default 0 not null, tokens_output integer default 0 not null,
    tokens_reasoning integer default 0 not null, tokens_cache_read integer default 0 not null,
    tokens_cache_write integer default 0 not null, revert text, permission text, agent text, model text,
    time_created integer not null, time_updated integer not null, time_compacting integer, time_archived integer);
  create table message (
    id text primary key, session_id text not null, time_created integer not null, time_updated integer not null,
    data text not null);
  create table part (
    id text primary key, message_id text not null, session_id text not null, time_created integer not null,
    time_updated integer not null, data text not null);
  create table event (
    id text primary key, aggregate_id text not null, seq integer not null, type text not null, data text not null);
  create table session_message (
    id text primary key, session_id text not null, type text not null, seq integer not null,
    time_created integer not null, time_updated integer not null, data text not null);
  create index message_session_time_created_id_idx on message (session_id, time_created, id);
  create index part_message_id_id_idx on part (message_id, id);
  create index part_session_idx on part (session_id);`;

export type Opened = DatabaseView & {
  run(sql: string, ...parameters: (string | number)[]): void;
  put(rows: Rows): void;
  close(): void;
};

/** A database at `path` (in memory when none is given) with opencode's tables, holding `rows`. */
export function buildDatabase(rows: Rows = {}, path = ':memory:', journal = 'delete'): Opened {
  const database = new DatabaseSync(path);
  database.exec(`pragma journal_mode = ${journal}; pragma wal_autocheckpoint = 0;`);
  database.exec(schema);
  const opened = viewOf(database);
  opened.put(rows);
  return opened;
}

export function openDatabase(path: string): Opened {
  return viewOf(new DatabaseSync(path));
}

function viewOf(database: InstanceType<typeof DatabaseSync>): Opened {
  const statements = new Map<string, StatementSyncInstance>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const put = (table: string, row: JsonObject) => {
    const values = Object.values(row).map((value) => (isObject(value) ? JSON.stringify(value) : value) as string);
    const marks = values.map(() => '?').join(', ');
    database
      .prepare(`insert or replace into ${table} (${Object.keys(row).join(', ')}) values (${marks})`)
      .run(...values);
  };
  return {
    all: (sql, ...parameters) => prepared(sql).all(...parameters) as JsonObject[],
    run: (sql, ...parameters) => void prepared(sql).run(...parameters),
    put: (rows) => {
      for (const [table, records] of Object.entries(rows)) for (const row of records) put(table, row);
    },
    close: () => database.close(),
  };
}

export function rowsOf(fixture: string): Rows {
  return JSON.parse(readFileSync(new URL(`./fixtures/${fixture}/rows.json`, import.meta.url), 'utf8')) as Rows;
}
