/** A session as it stands, read in one go so that all of it is of one moment, with the newest of its items. */
import type { Hosted, SessionDescription, SessionSnapshot, UsageTotals } from '@taffrail/wire';
import { rowId } from '../row-id.js';
import type { PieceLimits, StoredSnapshot } from '../store.js';
import type { Database, SqlRow } from './database.js';
import { placeOf } from './log.js';
import { bytesAsJson, itemsBefore } from './pieces.js';
import { standing, turnsMax } from './standing.js';
import { seqOfRow } from './text-index.js';

export function snapshotOf(db: Database, sessionId: string, limits: PieceLimits): StoredSnapshot | null {
  const place = placeOf(db, sessionId);
  const session = db.get('SELECT * FROM sessions WHERE id = ?', sessionId);
  if (!place || !session) return null;
  const stands = standing(db, place.num, String(session['origin']));
  const state = { ...stands, ...ofSession(session), oldestSeq: oldestItem(db, place.num) };
  const reachesTo = stands.turns.length < turnsMax ? 0 : (stands.turns[0]?.seq ?? 0);
  const bytes = limits.bytes - bytesAsJson(state);
  const { items, ...rest } = itemsBefore(db, place.num, { before: place.head + 1, reachesTo }, { ...limits, bytes });
  return { ...place, state: { ...state, items }, ...rest, reachesTo };
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
  const hosted = session['hosted'] === null ? {} : { hosted: JSON.parse(String(session['hosted'])) as Hosted };
  return {
    description: { ...(Object.fromEntries(known) as SessionDescription), ...hosted },
    totals: session['totals'] === null ? null : (JSON.parse(String(session['totals'])) as UsageTotals),
    itemCount: Number(session['item_count']),
  };
}

function oldestItem(db: Database, num: number): number | null {
  const row = db.get<{ id: number }>(
    "SELECT id FROM rows WHERE id > ? AND id < ? AND kind = 'item.recorded' ORDER BY id LIMIT 1",
    rowId(num, 0),
    rowId(num + 1, 0),
  );
  return row ? seqOfRow(row.id) : null;
}
