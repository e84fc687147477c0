/**
 * The one reducer: rows in, a session's state out. Pure; used by server, web and CLI, so that the same log is
 * the same state everywhere.
 */
import { type Row, unreachable } from '@taffrail/wire';
import { appendText, deleteItem, placeItem } from './items.js';
import { restoreFiles, rewind, undoRewind } from './rewinds.js';
import { type Draft, draftOf, type SessionState, warningName } from './state.js';
import { statusAfter } from './status.js';
import { answer, ask, completeTurn, keepCheckpoint, startSpan, startTurn } from './turns.js';
import { recordUsage, show, stateClaim } from './usage.js';

/** One row. For many rows use `foldRows`, which copies the state once. */
export function fold(state: SessionState, row: Row): SessionState {
  return foldRows(state, [row]);
}

/**
 * Rows in the order of their seq; those the state already has are skipped.
 * @throws DivergedError where text that came between is missing.
 */
export function foldRows(state: SessionState, rows: Iterable<Row>): SessionState {
  const draft = draftOf(state);
  for (const row of rows) {
    if (row.seq <= draft.head) continue;
    apply(draft, row);
    draft.status = statusAfter(draft.status, row, draft.permissions.size);
    draft.head = row.seq;
  }
  return draft;
}

function apply(draft: Draft, row: Row): void {
  switch (row.kind) {
    case 'session.described':
      Object.assign(draft.description, row.data);
      return;
    case 'turn.started':
      return startTurn(draft, row);
    case 'turn.completed':
      return completeTurn(draft, row);
    case 'checkpoint.made':
      return keepCheckpoint(draft, row);
    case 'item.recorded':
      return placeItem(draft, row);
    case 'text.appended':
      return appendText(draft, row);
    case 'item.deleted':
      return deleteItem(draft, row);
    case 'session.rewound':
      return rewind(draft, row);
    case 'rewind.undone':
      return undoRewind(draft, row);
    case 'files.restored':
      return restoreFiles(draft, row);
    case 'usage.recorded':
      return recordUsage(draft, row);
    case 'usage.claimed':
      return stateClaim(draft, row);
    case 'usage.shown':
      return show(draft, row);
    case 'permission.asked':
      return ask(draft, row);
    case 'permission.answered':
      return answer(draft, row);
    case 'span.started':
      return startSpan(draft, row);
    default:
      return applyPassing(draft, row);
  }
}

type PassingKind =
  | 'input.queued'
  | 'input.dropped'
  | 'turn.waiting'
  | 'turn.resumed'
  | 'span.finished'
  | 'attempt.discarded'
  | 'files.changed'
  | 'budget.warned';

/** What holds until something else is said. */
function applyPassing(draft: Draft, row: Extract<Row, { kind: PassingKind }>): void {
  switch (row.kind) {
    case 'input.queued':
      draft.queue.set(row.data.inputId, { ...row.data, queuedAt: row.at });
      return;
    case 'input.dropped':
      draft.queue.delete(row.data.inputId);
      return;
    case 'turn.waiting':
      draft.waiting = row.data;
      return;
    case 'turn.resumed':
      draft.waiting = null;
      return;
    case 'span.finished':
      draft.openSpans.delete(row.data.spanId);
      return;
    case 'attempt.discarded':
      draft.discarded = [...draft.discarded, { ...row.data, at: row.at }];
      return;
    case 'files.changed':
      draft.changes = row.data;
      return;
    case 'budget.warned':
      draft.budgetWarnings.set(warningName(row.data), { ...row.data, at: row.at, turnId: row.turnId ?? null });
      return;
    default:
      unreachable(row);
  }
}
