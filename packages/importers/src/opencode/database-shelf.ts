/** Looks opencode's records up in its database, for one session at a time. */
import type { DatabaseView, Sink } from '../contract.js';
import { isObject, type JsonObject, stringAt, timeAt } from '../json.js';
import type { MessageRecord, Shelf } from './shelf.js';

/** What is remembered belongs to one session, so that memory does not grow with the database. */
export function databaseShelf(database: DatabaseView, out: Sink): Shelf {
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
      const row =
        database.all('select cast(time_created as real) as time_created from session where id = ?', sessionId)[0] ?? {};
      const created = timeAt(row, 'time_created');
      births.set(sessionId, created);
      return created;
    },
    messageIds: (sessionId) => [...outline(sessionId).keys()],
    message: (_sessionId, id) =>
      database.all('select id, session_id, data from message where id = ?', id).map(messageOf)[0] ?? null,
    parts: ({ id: messageId }) =>
      database.all('select id, data from part where message_id = ? order by id', messageId).map((row) => {
        const id = stringAt(row, 'id') ?? '';
        return { id, data: parsed(row['data'], `part ${id}`, out) };
      }),
    stepOf: ({ id, sessionId }) => outline(sessionId).get(id) ?? 0,
    createdAt: (created, except) =>
      database
        .all('select id, session_id, data from message where time_created = ? and session_id <> ?', created, except)
        .map(messageOf),
  };
}

/** A session's messages in their order, each with how many answers of its turn came before it. */
function outlineOf(database: DatabaseView, sessionId: string): Map<string, number> {
  const prompt = `case when json_valid(data) then cast(json_extract(data, '$.parentID') as text) end as prompt`;
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
