/** Records for opencode's tests: the fields that matter, with quiet defaults for the rest. */
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { opencodeDatabase } from './database.js';
import { buildDatabase, type Opened, type Rows } from './fixture-database.js';

/** When the sessions of these tests begin. */
export const begun = Date.UTC(2026, 10, 20, 9);

export function sessionRow(id: string, over: JsonObject = {}): JsonObject {
  const times = { time_created: begun, time_updated: begun };
  return {
    id,
    project_id: 'p',
    slug: 's',
    directory: '/code/demo',
    title: 'Demo',
    version: '1.18.33',
    ...times,
    ...over,
  };
}

/** `after`: milliseconds since the session began. */
export function messageRow(id: string, sessionId: string, after: number, data: JsonObject): JsonObject {
  const created = begun + after;
  const time = { created, ...(data['role'] === 'assistant' ? { completed: created + 500 } : {}) };
  return {
    id,
    session_id: sessionId,
    time_created: created,
    time_updated: created + 500,
    data: { time, ...data },
  };
}

export function promptRow(id: string, sessionId: string, after: number, over: JsonObject = {}): JsonObject {
  return messageRow(id, sessionId, after, { role: 'user', agent: 'build', ...over });
}

export function answerRow(id: string, sessionId: string, after: number, over: JsonObject = {}): JsonObject {
  const model = { modelID: 'mock-one', providerID: 'mock' };
  return messageRow(id, sessionId, after, {
    role: 'assistant',
    parentID: 'msg_1',
    finish: 'stop',
    ...model,
    tokens: tokens(100, 20),
    ...over,
  });
}

export function tokens(input: number, output: number, over: JsonObject = {}): JsonObject {
  return { total: input + output, input, output, reasoning: 0, cache: { read: 0, write: 0 }, ...over };
}

export function partRow(id: string, messageId: string, data: JsonObject, sessionId = 'ses_a'): JsonObject {
  return { id, message_id: messageId, session_id: sessionId, time_created: begun, time_updated: begun, data };
}

/** One session with one prompt and one answer whose record has these fields, and these parts. */
export function conversation(answer: JsonObject, ...parts: JsonObject[]): Rows {
  return {
    session: [sessionRow('ses_a')],
    message: [promptRow('msg_1', 'ses_a', 10), answerRow('msg_2', 'ses_a', 20, answer)],
    part: [partRow('prt_1', 'msg_1', { type: 'text', text: 'Please.' }), ...parts],
  };
}

export interface Found {
  drafts: RowDraft[];
  problems: { kind: string; message: string }[];
  state: JsonObject;
}

/** What a reading of `database` from `state` yields. */
export function readFrom(database: Opened, state: JsonObject | null = null): Found {
  const found: Found = { drafts: [], problems: [], state: {} };
  const row = (draft: RowDraft) => void found.drafts.push(draft);
  const problem = (kind: string, message: string) => void found.problems.push({ kind, message });
  found.state = opencodeDatabase.read({ root: '/r', path: 'opencode.db' }, database, state, { row, problem });
  return found;
}

export function readRows(rows: Rows): Found {
  const database = buildDatabase(rows);
  const found = readFrom(database);
  database.close();
  return found;
}

type DraftOf<Kind extends RowDraft['kind']> = Extract<RowDraft, { kind: Kind }>;

export function ofKind<Kind extends RowDraft['kind']>(drafts: readonly RowDraft[], kind: Kind): DraftOf<Kind>[] {
  return drafts.filter((draft): draft is DraftOf<Kind> => draft.kind === kind);
}

export function usageIn(drafts: readonly RowDraft[]) {
  return ofKind(drafts, 'usage.recorded').map((draft) => draft.data);
}

export function itemsIn(drafts: readonly RowDraft[]) {
  return ofKind(drafts, 'item.recorded').map((draft) => draft.data);
}
