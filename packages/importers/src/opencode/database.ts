/** opencode since 1.2: tables `session`, `message` and `part`, with the record as JSON in `data`. */
import type { DatabaseReader, DatabaseView, Sink, Source } from '../contract.js';
import { isObject, type JsonObject, numberAt, objectAt, stringAt, timeAt } from '../json.js';
import { readMessage } from './message.js';
import { readSession } from './session.js';
import type { MessageRecord, SessionRecord, Shelf } from './shelf.js';

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
    const row = database.all(`select max(time_updated) as updated, max(rowid) as row from ${table}`)[0] ?? {};
    return { updated: numberAt(row, 'updated') ?? 0, row: numberAt(row, 'row') ?? 0 };
  };
  return { session: mark('session'), message: mark('message'), part: mark('part') };
}

/** From where to read on. Rows that were numbered anew (a vacuum) cannot be compared: then all is read again. */
function sinceWhen(state: JsonObject | null, next: Marks): Marks {
  const since = (table: Table): Mark => {
    const seen = state ? objectAt(state, table) : {};
    const row = numberAt(seen, 'row') ?? 0;
    if (row === 0 || row > next[table].row) return { updated: 0, row: 0 };
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
    const row = database.all('select * from session where id = ?', sessionId)[0];
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

function parsed(text: unknown, what: string, out: Sink): JsonObject {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : text;
    if (isObject(value)) return value;
  } catch {
    // Said below, like any other text that is no record.
  }
  out.problem('not_json', `${what} is not a JSON object`);
  return {};
}

/** What is remembered belongs to one session, so that memory does not grow with the database. */
function databaseShelf(database: DatabaseView, out: Sink): Shelf {
  const outlines = new Map<string, Map<string, number>>();
  const births = new Map<string, number | null>();
  const outline = (sessionId: string): Map<string, number> => {
    const known = outlines.get(sessionId) ?? outlineOf(database, sessionId);
    outlines.set(sessionId, known);
    return known;
  };
  const messageOf = (row: JsonObject): MessageRecord => {
    const id = stringAt(row, 'id') ?? '';
    return { id, sessionId: stringAt(row, 'session_id') ?? '', data: parsed(row['data'], `message ${id}`, out) };
  };
  return {
    sessionCreated: (sessionId) => {
      const known = births.get(sessionId);
      if (known !== undefined) return known;
      const row = database.all('select time_created from session where id = ?', sessionId)[0] ?? {};
      const created = timeAt(row, 'time_created');
      births.set(sessionId, created);
      return created;
    },
    messageIds: (sessionId) => [...outline(sessionId).keys()],
    message: (_sessionId, id) => database.all('select * from message where id = ?', id).map(messageOf)[0] ?? null,
    parts: ({ id: messageId }) =>
      database.all('select id, data from part where message_id = ? order by id', messageId).map((row) => {
        const id = stringAt(row, 'id') ?? '';
        return { id, data: parsed(row['data'], `part ${id}`, out) };
      }),
    stepOf: ({ id, sessionId }) => outline(sessionId).get(id) ?? 0,
    createdAt: (created, except) =>
      database.all('select * from message where time_created = ? and session_id <> ?', created, except).map(messageOf),
  };
}

/** A session's messages in their order, each with how many answers of its turn came before it. */
function outlineOf(database: DatabaseView, sessionId: string): Map<string, number> {
  const prompt = `case when json_valid(data) then json_extract(data, '$.parentID') end as prompt`;
  const sql = `select id, ${prompt} from message where session_id = ? order by time_created, id`;
  const outline = new Map<string, number>();
  const answers = new Map<string, number>();
  for (const row of database.all(sql, sessionId)) {
    const turn = stringAt(row, 'prompt') ?? '';
    const step = answers.get(turn) ?? 0;
    answers.set(turn, step + 1);
    outline.set(stringAt(row, 'id') ?? '', step);
  }
  return outline;
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
