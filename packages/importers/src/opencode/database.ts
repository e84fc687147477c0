/** opencode since 1.2: tables `session`, `message` and `part`, with the record as JSON in `data`. */
import type { DatabaseReader, DatabaseView, Sink, Source } from '../contract.js';
import { type JsonObject, numberAt, objectAt, stringAt, timeAt } from '../json.js';
import { databaseShelf } from './database-shelf.js';
import { readMessage } from './message.js';
import { readSession } from './session.js';
import type { SessionRecord } from './shelf.js';

const tables = ['session', 'message', 'part'] as const;
type Table = (typeof tables)[number];

/** How far a table was read: the newest change, and the last row that was added. */
interface Mark {
  updated: number;
  row: number;
}
type Marks = Record<Table, Mark>;

// Rows added last are read again each time: they are the ones still changing, and a clock that was set back would
// hide their changes from a comparison by time alone.
const lastRowsReread = 64;

// A change dated later than this was not dated at all; taken seriously, it would hide all that follows.
const timeMax = Date.UTC(2100, 0, 1);

export const opencodeDatabase: DatabaseReader = {
  read(source, database, state, out) {
    let reached: JsonObject = {};
    for (reached of readInSlices(source, database, state, out));
    return reached;
  },
  slices: readInSlices,
};

function* readInSlices(
  _source: Source,
  database: DatabaseView,
  state: JsonObject | null,
  out: Sink,
): Generator<JsonObject> {
  const next = marksOf(database);
  const since = sinceWhen(state, next);
  for (const id of changedSessions(database, since)) {
    // Stopped half-way, the next reading begins where this one did: identities make the repetition harmless.
    for (const _message of readChanged(database, id, since, out)) yield state ?? {};
  }
  reportUnread(database, out);
  yield { ...next };
}

function marksOf(database: DatabaseView): Marks {
  const mark = (table: Table): Mark => {
    const updated = `cast(max(case when time_updated < ${timeMax} then time_updated end) as real)`;
    const row = database.all(`select ${updated} as updated, max(rowid) as row from ${table}`)[0] ?? {};
    return { updated: numberAt(row, 'updated') ?? 0, row: numberAt(row, 'row') ?? 0 };
  };
  return { session: mark('session'), message: mark('message'), part: mark('part') };
}

/** From where to read on. Rows may have been taken away at the end since: then what is the end now is read again. */
function sinceWhen(state: JsonObject | null, next: Marks): Marks {
  const since = (table: Table): Mark => {
    const seen = state ? objectAt(state, table) : {};
    const row = Math.min(numberAt(seen, 'row') ?? 0, next[table].row);
    return { updated: numberAt(seen, 'updated') ?? 0, row: Math.max(0, row - lastRowsReread) };
  };
  return { session: since('session'), message: since('message'), part: since('part') };
}

const changed = '(time_updated >= ? or rowid > ?)';

function changedSessions(database: DatabaseView, { session, message, part }: Marks): string[] {
  const sql = `select id from session where id in (
      select id from session where ${changed}
      union select session_id from message where ${changed}
      union select session_id from part where ${changed}) order by time_created, id`;
  const marks = [session.updated, session.row, message.updated, message.row, part.updated, part.row];
  return database.all(sql, ...marks).flatMap((row) => stringAt(row, 'id') ?? []);
}

function* readChanged(database: DatabaseView, sessionId: string, since: Marks, out: Sink): Generator<string> {
  const shelf = databaseShelf(database, out);
  guarded(`session ${sessionId}`, out, () => {
    const row = database.all(`select ${sessionColumns(database)} from session where id = ?`, sessionId)[0];
    if (row) readSession(sessionOf(sessionId, row), shelf, out);
  });
  const sql = `select id from message where session_id = ? and ${changed}
      union select message_id from part where session_id = ? and ${changed}`;
  const { message, part } = since;
  const rows = database.all(sql, sessionId, message.updated, message.row, sessionId, part.updated, part.row);
  const touched = new Set(rows.map((row) => stringAt(row, 'id')));
  for (const id of shelf.messageIds(sessionId)) {
    if (!touched.has(id)) continue;
    guarded(`message ${id}`, out, () => {
      const record = shelf.message(sessionId, id);
      if (record) readMessage(record, shelf, out);
    });
    yield id;
  }
}

/** One record of a shape that nobody foresaw must not cost the others. */
function guarded(what: string, out: Sink, read: () => void): void {
  try {
    read();
  } catch (error) {
    out.problem('wrong_shape', `${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const countColumns = ['tokens_input', 'tokens_output', 'tokens_reasoning', 'tokens_cache_read', 'tokens_cache_write'];
const textColumns = ['parent_id', 'title', 'directory', 'version'];

/** Those columns that this version has. Numbers are read as floating point: one beyond 2^53 would stop the query. */
function sessionColumns(database: DatabaseView): string {
  const known = new Set(database.all(`select name from pragma_table_info('session')`).map((row) => row['name']));
  const counts = countColumns.filter((name) => known.has(name)).map((name) => `cast(${name} as real) as ${name}`);
  return [
    'cast(time_created as real) as time_created',
    ...textColumns.filter((name) => known.has(name)),
    ...counts,
  ].join();
}

function sessionOf(id: string, row: JsonObject): SessionRecord {
  const parentId = stringAt(row, 'parent_id');
  const title = stringAt(row, 'title');
  const directory = stringAt(row, 'directory');
  const version = stringAt(row, 'version');
  return {
    id,
    key: 'session',
    created: timeAt(row, 'time_created'),
    ...(parentId ? { parentId } : {}),
    ...(title ? { title } : {}),
    ...(directory ? { directory } : {}),
    ...(version ? { version } : {}),
    totals: {
      input: row['tokens_input'],
      output: row['tokens_output'],
      reasoning: row['tokens_reasoning'],
      cacheRead: row['tokens_cache_read'],
      cacheWrite: row['tokens_cache_write'],
    },
  };
}

/** Newer versions prepare tables for another record of the same conversations; they were empty in every log seen. */
function reportUnread(database: DatabaseView, out: Sink): void {
  const has =
    database.all(`select name from sqlite_master where type = 'table' and name = 'session_message'`).length > 0;
  if (!has) return;
  const sql = `select count(distinct session_id) as sessions from session_message
      where session_id not in (select session_id from message)`;
  const sessions = numberAt(database.all(sql)[0] ?? {}, 'sessions') ?? 0;
  if (sessions > 0) out.problem('unknown_record', `${sessions} sessions are kept in session_message only`);
}
