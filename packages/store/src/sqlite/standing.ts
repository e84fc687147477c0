/**
 * How a session stands apart from its items: the fold of the rare rows that tell it. It is kept at every turn's end, so
 * that nobody reads a long log to its beginning; without what is kept it is folded from there, and is the same.
 */
import { emptySession, foldRows, type SessionState, type Standing, sessionFrom, standingOf } from '@taffrail/session';
import { protocolVersion, type Turn } from '@taffrail/wire';
import { rowId } from '../row-id.js';
import type { Database } from './database.js';
import { placeOf, rowsOfKinds } from './log.js';
import { seqOfRow } from './text-index.js';

/** What a session may stand in the middle of. It is told by few rows, and only by sessions that ran here. */
const passingKinds = [
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
  'budget.warned',
];
const turnKinds = [
  'turn.started',
  'turn.completed',
  'checkpoint.made',
  'session.rewound',
  'rewind.undone',
  'files.restored',
];

/** So many turns a snapshot tells of, and so far back it reaches. */
export const turnsMax = 20;

/** @param origin of the session: what another agent recorded has turns, and stands in the middle of nothing. */
export function standing(db: Database, num: number, origin: string): Standing {
  const isLive = origin === 'live';
  const kinds = isLive ? [...turnKinds, ...passingKinds] : turnKinds;
  const kept = isLive ? load(db, num) : null;
  const fromStart = () => foldRows(emptySession, rowsOfKinds(db, num, kinds));
  if (!kept) return shown(db, num, fromStart());
  const rows = rowsOfKinds(db, num, kinds, { after: kept.head });
  // What a rewind sets aside is not kept, so nothing of it could come back.
  if (rows.some(({ kind }) => kind === 'rewind.undone')) return shown(db, num, fromStart());
  const state = foldRows(kept, rows);
  // A rewind took away turns that were kept: those before them are among the last now.
  const isWhole = kept.turns.size < turnsMax || state.turns.size >= turnsMax;
  return shown(db, num, isWhole ? state : fromStart());
}

function shown(db: Database, num: number, state: SessionState): Standing {
  const told = standingOf(state);
  const taken = told.queue.length === 0 ? new Set<string>() : takenInputs(db, num, state);
  return {
    ...told,
    turns: told.turns.slice(-turnsMax),
    queue: told.queue.filter(({ inputId }) => !taken.has(inputId)),
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

/** Keeps how a session that runs here stands now. Within the transaction that brought it there. */
export function keepStanding(db: Database, sessionId: string): void {
  const place = placeOf(db, sessionId);
  if (!place) return;
  const state = JSON.stringify(standing(db, place.num, 'live'));
  db.run(
    'INSERT OR REPLACE INTO snapshots (num, seq, protocol, state) VALUES (?,?,?,?)',
    place.num,
    place.head,
    protocolVersion,
    state,
  );
}

/** What another version kept may lack what this one tells: it is passed over until the next turn's end. */
type Kept = Omit<Standing, 'budgetWarnings'> & Partial<Pick<Standing, 'budgetWarnings'>>;

function load(db: Database, num: number): SessionState | null {
  const row = db.get<{ seq: number; state: string }>(
    'SELECT seq, state FROM snapshots WHERE num = ? AND protocol = ?',
    num,
    protocolVersion,
  );
  // One that was kept before there were budgets says nothing of them.
  return row ? sessionFrom({ budgetWarnings: [], ...(JSON.parse(row.state) as Kept) }, row.seq) : null;
}

/** The turns that began in this stretch and were not taken back, in their order. */
export function turnsWithin(db: Database, num: number, from: number, before: number): Turn[] {
  const begun = db.all<{ id: number; turn_id: string }>(
    "SELECT id, turn_id FROM rows WHERE id >= ? AND id < ? AND kind = 'turn.started' AND turn_id IS NOT NULL AND revised_by IS NULL ORDER BY id",
    rowId(num, from),
    rowId(num, before),
  );
  const first = begun[0];
  const last = begun.at(-1);
  if (!first || !last) return [];
  const next = db.get<{ id: number }>(
    "SELECT id FROM rows WHERE id > ? AND id < ? AND kind = 'turn.started' LIMIT 1",
    last.id,
    rowId(num + 1, 0),
  );
  // One turn runs at a time, so each has ended before the next begins.
  const rows = rowsOfKinds(db, num, ['turn.started', 'turn.completed', 'checkpoint.made'], {
    after: seqOfRow(first.id) - 1,
    before: next ? seqOfRow(next.id) : undefined,
  });
  const { turns } = foldRows(emptySession, rows);
  return begun.flatMap(({ turn_id }) => turns.get(turn_id) ?? []);
}
