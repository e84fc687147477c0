/** Reading a database as it grows: what changed, no more, and nothing missed. */
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { opencodeDatabase } from './database.js';
import { buildDatabase, rowsOf } from './fixture-database.js';
import {
  answerRow,
  begun,
  conversation,
  ofKind,
  partRow,
  promptRow,
  readFrom,
  readRows,
  sessionRow,
  tokens,
  usageIn,
} from './fixture-records.js';

/** A database with more settled conversations than are read again each time. */
function settled(messages = 300) {
  const rows = Array.from({ length: messages }, (_, index) => answerRow(`msg_old${index}`, 'ses_old', index));
  const parts = rows.map((row, index) => ({
    ...partRow(`prt_old${index}`, String(row['id']), { type: 'text', text: `Answer ${index}` }, 'ses_old'),
    time_updated: row['time_updated'],
  }));
  return buildDatabase({ session: [sessionRow('ses_old')], message: rows, part: parts });
}

const messagesIn = (drafts: RowDraft[]) => new Set(usageIn(drafts).map((usage) => usage.attemptId));

describe('F1: keeping up with a database', () => {
  test('read again unchanged, only the newest rows are looked at', () => {
    const database = settled();
    const first = readFrom(database);
    const again = readFrom(database, first.state);
    expect(messagesIn(first.drafts).size).toBe(300);
    expect(messagesIn(again.drafts).size).toBeLessThanOrEqual(64);
    expect(again.state).toEqual(first.state);
  });

  test('the state is small and plain JSON', () => {
    const { state } = readFrom(settled());
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(JSON.stringify(state).length).toBeLessThan(200);
  });

  test('an old answer that changes is read again', () => {
    const database = settled();
    const { state } = readFrom(database);
    const row = answerRow('msg_old0', 'ses_old', 0, { tokens: tokens(7, 7) });
    database.put({ message: [{ ...row, time_updated: begun + 1_000_000 }] });
    expect(usageIn(readFrom(database, state).drafts)).toContainEqual(expect.objectContaining({ inputTokens: 7 }));
  });

  test('a part that changes brings its message', () => {
    const database = settled();
    const { state } = readFrom(database);
    database.run('update part set time_updated = ? where id = ?', begun + 1_000_000, 'prt_old5');
    expect(messagesIn(readFrom(database, state).drafts)).toContain('msg_old5');
  });

  test('a conversation that was imported into it with old times is read', () => {
    const database = settled();
    const { state } = readFrom(database);
    database.put({
      session: [sessionRow('ses_new', { time_created: begun - 9e8, time_updated: begun - 9e8 })],
      message: [answerRow('msg_new', 'ses_new', -9e8)],
    });
    expect(messagesIn(readFrom(database, state).drafts)).toContain('msg_new');
  });

  test('an answer that ends after the clock was set back is read', () => {
    const database = settled();
    database.put({ message: [answerRow('msg_live', 'ses_old', 9e9, { tokens: undefined, finish: undefined })] });
    const { state } = readFrom(database);
    database.put({ message: [{ ...answerRow('msg_live', 'ses_old', 9e9), time_updated: begun }] });
    expect(messagesIn(readFrom(database, state).drafts)).toContain('msg_live');
  });

  test('what follows rows that were taken back is read: their numbers are given again', () => {
    const database = settled();
    const { state } = readFrom(database);
    database.run("delete from message where id > 'msg_old2'");
    database.put({ message: [{ ...answerRow('msg_next', 'ses_old', -5), time_updated: begun - 5 }] });
    expect(messagesIn(readFrom(database, state).drafts)).toContain('msg_next');
  });

  test('growing row by row it says in the end what it says at once', () => {
    const { session = [], message = [], part = [] } = rowsOf('1.18.33/fork');
    const database = buildDatabase({ session });
    const latest = new Map<string, unknown>();
    const keep = (drafts: RowDraft[]) => {
      for (const draft of drafts) latest.set(`${draft.sessionId} ${draft.key}`, draft);
    };
    let { state } = readFrom(database);
    const tables = [...message.map((row) => ['message', row] as const), ...part.map((row) => ['part', row] as const)];
    for (const [table, row] of tables) {
      database.put({ [table]: [row] });
      const found = readFrom(database, JSON.parse(JSON.stringify(state)));
      keep(found.drafts);
      state = found.state;
    }
    const atOnce = readRows({ session, message, part }).drafts;
    const models = (key: string) => key.includes(' model:');
    expect([...latest.keys()].filter((key) => !models(key)).sort()).toEqual(
      [...new Set(atOnce.map((draft) => `${draft.sessionId} ${draft.key}`))].filter((key) => !models(key)).sort(),
    );
    for (const draft of atOnce) expect(latest.get(`${draft.sessionId} ${draft.key}`)).toEqual(draft);
  });

  test('it can be read in slices; until the last one the state stays what it was', () => {
    const database = buildDatabase(rowsOf('1.18.33/fork'));
    const found: RowDraft[] = [];
    const sink = { row: (draft: RowDraft) => void found.push(draft), problem: () => undefined };
    const source = { root: '/r', path: 'opencode.db' };
    const states = [...(opencodeDatabase.slices?.(source, database, null, sink) ?? [])];
    expect(states.slice(0, -1).every((state) => JSON.stringify(state) === '{}')).toBe(true);
    expect(states.at(-1)).toEqual(readFrom(database).state);
    expect(found).toEqual(readFrom(database).drafts);
  });
});

describe('F1: what is wrong in a database', () => {
  test('a row that is not JSON costs only itself', () => {
    const rows = conversation({});
    rows['message']?.push({ ...promptRow('msg_3', 'ses_a', 30), data: '{"role":"user",' });
    const { drafts, problems } = readRows(rows);
    expect(usageIn(drafts)).toHaveLength(1);
    expect(problems).toContainEqual({ kind: 'not_json', message: 'message msg_3 is not a JSON object' });
  });

  test('tables of a version that has fewer columns are read', () => {
    const database = buildDatabase(conversation({}));
    for (const column of ['tokens_input', 'tokens_output', 'model', 'agent', 'path']) {
      database.run(`alter table session drop column ${column}`);
    }
    expect(usageIn(readFrom(database).drafts)).toHaveLength(1);
  });

  test('numbers beyond all measure cost only themselves', () => {
    const rows = conversation({ parentID: 2 ** 60 });
    const database = buildDatabase(rows);
    database.run('update session set time_updated = 4611686018427387905, tokens_input = 4611686018427387905');
    database.run('update message set time_updated = 4611686018427387905, time_created = 4611686018427387905');
    const { drafts, problems, state } = readFrom(database);
    expect(usageIn(drafts)).toHaveLength(1);
    expect(problems).toMatchObject([{ kind: 'bad_number' }]);
    expect(state).toMatchObject({ session: { updated: 0 } });
  });

  test('a figure that cannot be made a word costs only itself', () => {
    const { drafts, problems } = readRows(conversation({ tokens: tokens(100, 20, { reasoning: { toString: 1 } }) }));
    expect(usageIn(drafts)).toMatchObject([{ inputTokens: 100, outputTokens: 20, reasoningTokens: null }]);
    expect(problems).toEqual([{ kind: 'bad_number', message: 'reasoning is not a token count: object' }]);
  });

  test('a database that is not opencode’s is said to be unreadable', () => {
    const database = buildDatabase();
    database.run('drop table message');
    expect(() => readFrom(database)).toThrow('no such table: message');
  });

  test('conversations kept only in the newer table are not passed over in silence', () => {
    const times = { time_created: begun, time_updated: begun };
    const newer = { id: 'x', session_id: 'ses_n', type: 'prompt', seq: 1, ...times, data: '{}' };
    const { problems } = readRows({ ...conversation({}), session_message: [newer] });
    expect(problems).toEqual([{ kind: 'unknown_record', message: '1 sessions are kept in session_message only' }]);
  });

  test('a message of an unknown role is named and passed over', () => {
    const rows = conversation({});
    rows['message']?.push(promptRow('msg_3', 'ses_a', 30, { role: 'oracle' }));
    expect(readRows(rows).problems).toEqual([{ kind: 'unknown_record', message: 'message role oracle' }]);
  });

  test('a deleted session takes nothing back', () => {
    const database = buildDatabase(conversation({}));
    const { state } = readFrom(database);
    for (const table of ['part', 'message', 'session']) database.run(`delete from ${table}`);
    const { drafts, problems } = readFrom(database, state);
    expect([drafts, problems]).toEqual([[], []]);
    expect(ofKind(drafts, 'usage.recorded')).toEqual([]);
  });
});
