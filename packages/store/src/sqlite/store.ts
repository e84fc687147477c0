/** The log on SQLite: one file, WAL, one writer at a time per batch, readers never wait. */
import { Kysely } from 'kysely';
import type { Commit, CommitResult, SessionAppend } from '../commit.js';
import { planAppend } from '../plan/plan-commit.js';
import { settle } from '../plan/record-usage.js';
import { Writes } from '../plan/writes.js';
import type { Arrangement, Store } from '../store.js';
import type { Tables } from '../tables.js';
import { beginAnew } from './begin-anew.js';
import { Database } from './database.js';
import { dialectOver } from './dialect.js';
import { engineOf, integrityOf } from './integrity.js';
import { SqliteKnown } from './known.js';
import { KnownAhead } from './known-ahead.js';
import { bytesAfter, headOf, placeOf, rowsAfter } from './log.js';
import { migrate } from './migrate.js';
import { itemsBefore, textAfter } from './pieces.js';
import { searchSqlite } from './search.js';
import { snapshotOf } from './snapshot.js';
import { keepStanding, turnsWithin } from './standing.js';
import { noteStandings, overturned } from './standings.js';
import { indexPending, indexSessions, passPieces, pendingRows } from './text-index.js';
import { usageSource } from './usage-source.js';
import { write, writeSource } from './write.js';

export interface SqliteOptions {
  /** Path of the database file; its folder exists. */
  path: string;
  now: () => number;
}

// About a quarter of a second of work. Each step becomes a part of the index that must be merged later: fewer are better.
const indexStep = { rows: 10_000, bytes: 6 * 1024 * 1024 };
// Enough that a commit's own rows never queue behind an index that is far behind.
const indexAtCommit = { rows: 5_000, bytes: 16 * 1024 * 1024 };

/**
 * Opens the store, bringing its data up to date.
 * @throws NewerDataError when the data is newer than this program.
 */
export function openSqlite(options: SqliteOptions): Store {
  const db = new Database(options.path);
  // NORMAL in WAL mode: a power cut can lose the last commits, never tear one; a killed process loses nothing. Pages are
  // twice the usual size, because the texts in them are long.
  db.exec(
    'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY',
  );
  try {
    migrate(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return storeOver(db, options.now);
}

function storeOver(db: Database, now: () => number): Store {
  const known = new SqliteKnown(db);
  let commits = 0;
  const written = <Result>(work: () => Result): Result => {
    commits += 1;
    return db.transaction(work);
  };
  return {
    queries: new Kysely<Tables>({ dialect: dialectOver(db) }),
    usage: usageSource(db),
    commit: async (batch) => written(() => commit(db, known, batch, now())),
    indexNext: async () => db.transaction(() => indexPending(db, indexStep)),
    takeOver: async (sessionId) => written(() => takeOver(db, sessionId)),
    arrange: async (sessionId, places) => written(() => arrange(db, sessionId, places)),
    place: (sessionId) => Promise.resolve(placeOf(db, sessionId)),
    rowsAfter: (place, after, limits) => Promise.resolve(rowsAfter(db, place, after, limits)),
    bytesAfter: (place, after, most) => Promise.resolve(bytesAfter(db, place, after, most)),
    snapshot: (sessionId, limits) => Promise.resolve(snapshotOf(db, sessionId, limits)),
    itemsBefore: (num, place, limits) =>
      Promise.resolve({ ...itemsBefore(db, num, place, limits), head: headOf(db, num) }),
    textAfter: (num, cut, offset, bytesMax) => Promise.resolve(textAfter(db, num, cut, offset, bytesMax)),
    turnsWithin: (num, from, before) => Promise.resolve(turnsWithin(db, num, from, before)),
    pendingRows: () => Promise.resolve(pendingRows(db)),
    search: (question) => Promise.resolve(searchSqlite(db, question)),
    integrity: () => Promise.resolve(integrityOf(db)),
    markMissing: (path, missing) => Promise.resolve(written(() => markMissing(db, path, missing, now()))),
    // SQLite's own number tells of other connections alone; both only ever grow.
    dataVersion: () => commits + (db.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0),
    engine: () => engineOf(db),
    close: () => {
      db.exec('PRAGMA optimize');
      db.close();
      return Promise.resolve();
    },
  };
}

function commit(db: Database, known: SqliteKnown, batch: Commit, now: number): CommitResult {
  const stale = batch.appends.filter((append) => isStale(known, append));
  const appends = batch.appends.filter((append) => !stale.includes(append));
  const prepared = appends.map((append) => ({ append, ...prepareSession(db, known, append) }));
  const writes = new Writes(new KnownAhead(known, prepared));
  for (const append of appends) planAppend(writes, append);
  noteStandings(known, writes);
  write(db, writes);
  for (const session of writes.changedSessions())
    if (session.origin === 'live' && endsTurn(writes, session.num)) keepStanding(db, session.id);
  const given = prepared.flatMap((session) => session.givenUp);
  const ties = settleAgain(db, known, [...given, ...overturned(known, writes)]);
  if (batch.source) writeSource(db, batch.source, now);
  const changed = [
    ...new Map(
      [...writes.changedSessions(), ...ties.changedSessions()].map((session) => [session.id, session]),
    ).values(),
  ];
  if (batch.index === 'now') {
    passPieces(db, writes.rows);
    indexSessions(
      db,
      changed.map((session) => session.num),
      indexAtCommit,
    );
  }
  return {
    changed: changed.map(({ id, head }) => ({ sessionId: id, head })),
    newRows: writes.rows.length + ties.rows.length,
    newRequests: writes.newRequests + ties.newRequests,
    newSessions: prepared.filter((session) => session.isNew).map((session) => session.append.sessionId),
    stale: stale.map(({ sessionId }) => sessionId),
  };
}

function endsTurn({ rows }: Writes, num: number): boolean {
  return rows.some((row) => row.num === num && row.kind === 'turn.completed');
}

/** A writer that was thought dead may wake up: what it still has to say is no longer true. */
function isStale(known: SqliteKnown, { sessionId, runGen }: SessionAppend): boolean {
  return runGen !== undefined && known.session(sessionId)?.runGen !== runGen;
}

/** Creates the session where it is new, and begins its log anew where a better mapping reads it. */
function prepareSession(
  db: Database,
  known: SqliteKnown,
  append: SessionAppend,
): { num: number; isNew: boolean; givenUp: string[] } {
  const session = known.session(append.sessionId);
  if (session)
    return {
      num: session.num,
      isNew: false,
      givenUp: session.mappingVersion < append.mappingVersion ? beginAnew(db, session, append.mappingVersion) : [],
    };
  const at = append.rows[0]?.at ?? 0;
  const made = db.get<{ num: number }>(
    'INSERT INTO sessions (id, agent, origin, mapping_version, created_at, updated_at) VALUES (?,?,?,?,?,?) RETURNING num',
    append.sessionId,
    append.agent,
    append.origin,
    append.mappingVersion,
    at,
    at,
  );
  if (!made) throw new Error(`session ${append.sessionId} could not be made`);
  if (append.open) arrange(db, append.sessionId, { open: true, position: 'last' });
  return { num: made.num, isNew: true, givenUp: [] };
}

function settleAgain(db: Database, known: SqliteKnown, keys: readonly string[]): Writes {
  const writes = new Writes(known);
  for (const key of new Set(keys)) settle(writes, key);
  write(db, writes);
  return writes;
}

/** The next generation of writers; those of before are stale from now on. */
function takeOver(db: Database, sessionId: string): number {
  const sql = 'UPDATE sessions SET run_gen = run_gen + 1 WHERE id = ? RETURNING run_gen AS runGen';
  const row = db.get<{ runGen: number }>(sql, sessionId);
  if (!row) throw new Error(`there is no session ${sessionId}`);
  return row.runGen;
}

const archive =
  "UPDATE sessions SET open = 0, status = CASE origin WHEN 'live' THEN 'archived' ELSE status END WHERE id = ?";
const reopen =
  "UPDATE sessions SET open = 1, status = CASE status WHEN 'archived' THEN 'idle' ELSE status END WHERE id = ?";

const moveToEnd =
  'UPDATE sessions SET position = 1 + coalesce((SELECT max(position) FROM sessions WHERE open = 1), 0) WHERE id = ?';

function arrange(db: Database, sessionId: string, { open, position }: Arrangement): void {
  if (open !== undefined) db.run(open ? reopen : archive, sessionId);
  if (position === 'last') db.run(moveToEnd, sessionId);
  else if (position !== undefined) db.run('UPDATE sessions SET position = ? WHERE id = ?', position, sessionId);
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
