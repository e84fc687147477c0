/** A session as it stands, read in one go so that all of it is of one moment. */
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import type { PlacedItem, SessionDescription, SessionSnapshot, UsageTotals } from '@taffrail/wire';
import { placed, withPieces } from '../reading/rows.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { LogPlace } from '../store.js';
import type { Database, SqlRow } from './database.js';
import { placeOf, rowsOfKinds } from './log.js';
import { seqOfRow } from './text-index.js';

/** What a session may stand in the middle of. It is told by few rows, and only by sessions that ran here. */
const standingKinds = [
  'input.queued',
  'input.dropped',
  'turn.waiting',
  'turn.resumed',
  'permission.asked',
  'permission.answered',
  'span.started',
  'span.finished',
  'attempt.discarded',
  'files.changed',
];
const turnKinds = [
  'turn.started',
  'turn.completed',
  'checkpoint.made',
  'session.rewound',
  'rewind.undone',
  'files.restored',
];

export function snapshotOf(
  db: Database,
  sessionId: string,
  window: number,
): (LogPlace & { state: SessionSnapshot }) | null {
  const place = placeOf(db, sessionId);
  const session = db.get('SELECT * FROM sessions WHERE id = ?', sessionId);
  if (!place || !session) return null;
  const items = itemsAtEnd(db, place.num, window);
  const standing = standingOf(db, place.num, session['origin'] === 'live');
  return { ...place, state: { ...standing, ...ofSession(session), items, oldestSeq: oldestItem(db, place.num) } };
}

function ofSession(session: SqlRow): Pick<SessionSnapshot, 'description' | 'totals' | 'itemCount'> {
  const named = {
    title: session['title'],
    cwd: session['cwd'],
    project: session['project'],
    branch: session['branch'],
    model: session['model'],
    effort: session['effort'],
    agentVersion: session['agent_version'],
    parentId: session['parent_id'],
    forkedFrom: session['forked_from'],
  };
  const known = Object.entries(named).filter(([, value]) => value !== null);
  return {
    description: Object.fromEntries(known) as SessionDescription,
    totals: session['totals'] === null ? null : (JSON.parse(String(session['totals'])) as UsageTotals),
    itemCount: Number(session['item_count']),
  };
}

function standingOf(
  db: Database,
  num: number,
  isLive: boolean,
): Omit<SessionSnapshot, 'description' | 'totals' | 'itemCount' | 'items' | 'oldestSeq'> {
  const rows = rowsOfKinds(db, num, isLive ? [...turnKinds, ...standingKinds] : turnKinds);
  const state = foldRows(emptySession, rows);
  const taken = state.queue.size === 0 ? new Set<string>() : takenInputs(db, num, state);
  return {
    status: state.status,
    turns: [...state.turns.values()],
    queue: [...state.queue.values()].filter(({ inputId }) => !taken.has(inputId)),
    permissions: [...state.permissions.values()],
    waiting: state.waiting,
    openSpans: [...state.openSpans.values()],
    discarded: [...state.discarded],
    changes: state.changes,
    rewinds: state.rewinds.map(({ aside: _aside, ...mark }) => mark),
    restoring: state.restoring,
  };
}

/** Of the queued inputs those that have become items. */
function takenInputs(db: Database, num: number, { queue }: SessionState): Set<string> {
  const ids = [...queue.keys()];
  const found = db.all<{ id: string }>(
    "SELECT value AS id FROM json_each(?) WHERE EXISTS (SELECT 1 FROM keys WHERE num = ? AND key = 'input:' || value)",
    JSON.stringify(ids),
    num,
  );
  return new Set(found.map(({ id }) => id));
}

interface ItemRow {
  id: number;
  at: number;
  key: string | null;
  turn_id: string | null;
  step: number | null;
  data: string;
  text: string | null;
}

function itemsAtEnd(db: Database, num: number, window: number): PlacedItem[] {
  const rows = db.all<ItemRow>(
    `SELECT place.id, place.at, place.key, coalesce(latest.turn_id, place.turn_id) AS turn_id, coalesce(latest.step, place.step) AS step,
      coalesce(latest.data, place.data) AS data, coalesce(latest.text, place.text) AS text
    FROM rows place LEFT JOIN rows latest ON latest.id = place.id - place.id % ${rowIdSpan} + place.revised_by
    WHERE place.id > ? AND place.id < ? AND place.kind = 'item.recorded' AND place.revises IS NULL
      AND coalesce(latest.kind, 'item.recorded') = 'item.recorded'
    ORDER BY place.id DESC LIMIT ?`,
    rowId(num, 0),
    rowId(num + 1, 0),
    window,
  );
  return rows.reverse().map((row) => withTextSoFar(db, num, placed(row)));
}

/** An item that is still being written: its text stands in pieces. */
function withTextSoFar(db: Database, num: number, item: PlacedItem): PlacedItem {
  if (!('streaming' in item.item)) return item;
  const pieces = db.all<{ data: string }>(
    "SELECT data FROM rows WHERE id > ? AND id < ? AND kind = 'text.appended' AND key = ? ORDER BY id",
    rowId(num, item.seq),
    rowId(num + 1, 0),
    item.id,
  );
  return withPieces(item, pieces);
}

function oldestItem(db: Database, num: number): number | null {
  const row = db.get<{ id: number }>(
    "SELECT id FROM rows WHERE id > ? AND id < ? AND kind = 'item.recorded' ORDER BY id LIMIT 1",
    rowId(num, 0),
    rowId(num + 1, 0),
  );
  return row ? seqOfRow(row.id) : null;
}
