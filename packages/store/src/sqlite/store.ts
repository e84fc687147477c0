/** The log on SQLite: one file, WAL, one writer at a time per batch, readers never wait. */
import { Kysely } from 'kysely';
import type { Commit, CommitResult, SessionAppend } from '../commit.js';
import { planAppend } from '../plan/plan-commit.js';
import { settle } from '../plan/record-usage.js';
import type { SessionRecord } from '../plan/records.js';
import { Writes } from '../plan/writes.js';
import type { Store } from '../store.js';
import type { Tables } from '../tables.js';
import { Database } from './database.js';
import { dialectOver } from './dialect.js';
import { SqliteKnown } from './known.js';
import { migrate } from './migrate.js';
import { searchSqlite } from './search.js';
import { indexSession, pendingIndex } from './text-index.js';
import { write, writeSource } from './write.js';

export interface SqliteOptions {
  /** Path of the database file; its folder exists. */
  path: string;
  now: () => number;
}

const indexRowsPerTransaction = 500;
// Enough that a commit's own rows never queue behind an index that is far behind.
const indexRowsAtCommit = 5_000;

/**
 * Opens the store, bringing its data up to date.
 * @throws NewerDataError when the data is newer than this program.
 */
export function openSqlite(options: SqliteOptions): Store {
  const db = new Database(options.path);
  // NORMAL in WAL mode: a power cut can lose the last commits, never tear one; a killed process loses nothing.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY',
  );
  migrate(db);
  return storeOver(db, options.now);
}

function storeOver(db: Database, now: () => number): Store {
  const known = new SqliteKnown(db);
  return {
    queries: new Kysely<Tables>({ dialect: dialectOver(db) }),
    commit: (batch) => Promise.resolve(db.transaction(() => commit(db, known, batch, now()))),
    indexNext: () => Promise.resolve(indexNext(db)),
    pendingRows: () => Promise.resolve(pendingIndex(db).rows),
    search: (question) => Promise.resolve(searchSqlite(db, question)),
    integrity: () =>
      Promise.resolve(
        db
          .all<{ integrity_check: string }>('PRAGMA integrity_check(20)')
          .map((row) => row.integrity_check)
          .filter((line) => line !== 'ok'),
      ),
    markMissing: (path, missing) => Promise.resolve(db.transaction(() => markMissing(db, path, missing, now()))),
    dataVersion: () => db.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0,
    close: () => {
      db.exec('PRAGMA optimize');
      db.close();
      return Promise.resolve();
    },
  };
}

function commit(db: Database, known: SqliteKnown, batch: Commit, now: number): CommitResult {
  const newSessions = batch.appends.flatMap((append) => (prepareSession(db, known, append) ? [append.sessionId] : []));
  const writes = new Writes(known);
  for (const append of batch.appends) planAppend(writes, append);
  write(db, writes);
  const ties = settleTies(db, known, [...writes.sessions.values()], now);
  if (batch.source) writeSource(db, batch.source, now);
  const changed = [
    ...new Map(
      [...writes.changedSessions(), ...ties.changedSessions()].map((session) => [session.id, session]),
    ).values(),
  ];
  if (batch.index === 'now') for (const session of changed) indexSession(db, session.num, indexRowsAtCommit);
  return {
    changed: changed.map(({ id, head }) => ({ sessionId: id, head })),
    newRows: writes.rows.length + ties.rows.length,
    newRequests: writes.newRequests + ties.newRequests,
    newSessions,
  };
}

/** Creates the session where it is new; true when it was. */
function prepareSession(db: Database, known: SqliteKnown, append: SessionAppend): boolean {
  if (known.session(append.sessionId)) return false;
  const at = append.rows[0]?.at ?? 0;
  db.run(
    'INSERT INTO sessions (id, agent, origin, created_at, updated_at) VALUES (?,?,?,?,?)',
    append.sessionId,
    append.agent,
    append.origin,
    at,
    at,
  );
  return true;
}

/** What two sessions did since may now tell which of them a shared request belongs to. */
function settleTies(db: Database, known: SqliteKnown, sessions: SessionRecord[], now: number): Writes {
  const writes = new Writes(known);
  for (const session of sessions) {
    if (session.tied) for (const key of known.tiedKeys(session.num)) settle(writes, key, now);
  }
  write(db, writes);
  return writes;
}

function indexNext(db: Database): number {
  return db.transaction(() => {
    let rows = 0;
    for (const num of pendingIndex(db).nums) {
      rows += indexSession(db, num, indexRowsPerTransaction - rows);
      if (rows >= indexRowsPerTransaction) break;
    }
    return rows;
  });
}

function markMissing(db: Database, path: string, missing: boolean, now: number): string[] {
  db.run('UPDATE sources SET missing_since = ? WHERE path = ?', missing ? now : null, path);
  const ids = db
    .all<{ session_id: string }>('SELECT session_id FROM source_sessions WHERE path = ?', path)
    .map((row) => row.session_id);
  for (const id of ids) {
    const present = db.get<{ n: number }>(
      'SELECT count(*) AS n FROM source_sessions ss JOIN sources s ON s.path = ss.path WHERE ss.session_id = ? AND s.missing_since IS NULL',
      id,
    );
    db.run('UPDATE sessions SET source_state = ? WHERE id = ?', present && present.n > 0 ? 'present' : 'deleted', id);
  }
  return ids;
}
