/** Turns a batch into writes: pure but for hashing, so that every store backend does exactly the same. */
import { statusAfter } from '@taffrail/session';
import { type LiveStatus, unreachable } from '@taffrail/wire';
import type { NewRow, SessionAppend } from '../commit.js';
import { leanData } from '../lean/data.js';
import { appendItem, appendRow, deleteItem, plainContent } from './append-row.js';
import { appendText } from './append-text.js';
import { bucketOf } from './buckets.js';
import { withKeptFiles } from './keep-aside.js';
import { recordUsage } from './record-usage.js';
import type { SessionRecord } from './records.js';
import type { Writes } from './writes.js';

/** Adds an append's rows to `writes`. The session must exist there. */
export function planAppend(writes: Writes, append: SessionAppend): void {
  const session = writes.session(append.sessionId);
  if (!session) throw new Error(`session ${append.sessionId} was not prepared`);
  for (const row of append.rows) planRow(writes, session, row);
}

function planRow(writes: Writes, session: SessionRecord, row: NewRow): void {
  switch (row.kind) {
    case 'session.described':
      return describe(writes, session, row);
    case 'turn.started':
      return startTurn(writes, session, row);
    case 'item.recorded':
      return appendItem(writes, session, row);
    case 'usage.recorded':
      return recordUsage(writes, session, row);
    case 'usage.claimed':
      return claim(writes, session, row);
    case 'text.appended':
      return appendText(writes, session, row);
    case 'item.deleted':
      return deleteItem(writes, session, row);
    case 'session.rewound':
      return rewind(writes, session, row);
    case 'rewind.undone':
      return undoRewind(writes, session, row);
    case 'input.queued':
      state(writes, session, { ...row, data: withKeptFiles(writes, row.data, row.files ?? []) });
      return;
    case 'usage.shown':
    case 'turn.completed':
    case 'input.dropped':
    case 'turn.waiting':
    case 'turn.resumed':
    case 'permission.asked':
    case 'permission.answered':
    case 'checkpoint.made':
    case 'files.restored':
    case 'files.changed':
    case 'budget.warned':
    case 'attempt.discarded':
    case 'span.started':
    case 'span.finished':
      state(writes, session, row);
      return;
    default:
      return unreachable(row);
  }
}

type RowOf<Kind extends NewRow['kind']> = Extract<NewRow, { kind: Kind }>;

function describe(writes: Writes, session: SessionRecord, row: RowOf<'session.described'>): void {
  const { title, cwd, project, branch, model, effort, agentVersion, parentId, forkedFrom, hosted } = row.data;
  const seq = appendRow(writes, session, row, plainContent(row.data));
  if (seq === null) return;
  session.title = title ?? session.title;
  session.cwd = cwd ?? session.cwd;
  session.project = project ?? session.project;
  session.branch = branch ?? session.branch;
  session.model = model ?? session.model;
  session.effort = effort ?? session.effort;
  session.agentVersion = agentVersion ?? session.agentVersion;
  session.parentId = parentId ?? session.parentId;
  session.forkedFrom = forkedFrom ?? session.forkedFrom;
  session.hosted = hosted ? JSON.stringify(hosted) : session.hosted;
}

function startTurn(writes: Writes, session: SessionRecord, row: RowOf<'turn.started'>): void {
  if (state(writes, session, row) === null) return;
  session.turnCount += 1;
  writes.addActivity(session.num, bucketOf(row.at), { turns: 1 });
}

/** A row whose content is only what it says; it may change how the session stands. */
function state(writes: Writes, session: SessionRecord, row: NewRow): number | null {
  const isFirst = writes.key(session.num, row.key) === undefined;
  const seq = appendRow(writes, session, row, { ...plainContent(row.data), ...storedAs(row) });
  if (seq === null) return null;
  if (isFirst) session.openQuestions = Math.max(0, session.openQuestions + questionsBy(row));
  session.status = statusAfter(session.status as LiveStatus, row, session.openQuestions);
  return seq;
}

function storedAs(row: NewRow): { stored?: string } {
  const lean = leanData(row, { key: row.key, at: row.at, turnId: row.turnId ?? null });
  return lean === null ? {} : { stored: JSON.stringify(lean) };
}

/** How many more questions are open after the row. */
function questionsBy({ kind }: NewRow): number {
  return kind === 'permission.asked' ? 1 : kind === 'permission.answered' ? -1 : 0;
}

/** The items from there on are out of the transcript, which the log says; they stay in the log. */
function rewind(writes: Writes, session: SessionRecord, row: RowOf<'session.rewound'>): void {
  const seq = state(writes, session, row);
  if (seq !== null) writes.rewinds.push({ num: session.num, from: row.data.toSeq, seq });
}

/** What a rewind took out is in the transcript again, in the form it had. */
function undoRewind(writes: Writes, session: SessionRecord, row: RowOf<'rewind.undone'>): void {
  const seq = state(writes, session, row);
  if (seq !== null) writes.rewinds.push({ num: session.num, undo: row.data.rewoundSeq });
}

function claim(writes: Writes, session: SessionRecord, row: RowOf<'usage.claimed'>): void {
  if (appendRow(writes, session, row, plainContent(row.data)) === null) return;
  writes.putClaim({ num: session.num, source: row.data.source, at: row.at, data: JSON.stringify(row.data) });
}
