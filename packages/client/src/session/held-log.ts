/** The part of a log that is here: begun by a snapshot, written on by rows, extended into the past by pages. */
import { foldRows, type SessionState, sessionFrom } from '@taffrail/session';
import type { ItemPage, PlacedItem, Row, SnapshotFrame, SnapshotRest, Turn } from '@taffrail/wire';
import type { HeldLog } from './follow-state.js';

/** The log as a snapshot tells it. `kept` are items from before its first that stay until they are read again. */
export function logFrom(frame: SnapshotFrame, kept: readonly PlacedItem[], keptTurns: readonly Turn[]): HeldLog {
  const { epoch, seq, state, rest } = frame;
  const { description, totals, itemCount } = state;
  const items = [...kept, ...state.items];
  const stands = sessionFrom({ ...state, turns: [...keptTurns, ...state.turns] }, seq);
  return {
    epoch,
    session: { ...stands, description, totals, items: mapBy(items, ({ id }) => id) },
    olderCount: itemCount - items.length,
    missedAt: seq,
    rest,
    cutText: null,
  };
}

function mapBy<Value>(values: readonly Value[], key: (value: Value) => string): Map<string, Value> {
  return new Map(values.map((value) => [key(value), value]));
}

/** The items from before a snapshot's window, where what is here reaches into it: then nothing is missing in between. */
export function keptBefore(log: HeldLog | null, { epoch, state }: SnapshotFrame): PlacedItem[] {
  const first = state.items[0];
  if (!log || !first || log.epoch !== epoch) return [];
  const reachesIn = state.items.some(({ id }) => log.session.items.has(id));
  return reachesIn ? [...log.session.items.values()].filter(({ seq }) => seq < first.seq) : [];
}

/** The turns from before those that a snapshot tells of, beside items that are kept: none of them was taken back. */
export function turnsBefore(log: HeldLog | null, { state }: SnapshotFrame): Turn[] {
  const first = state.turns[0];
  if (!log || !first) return [];
  // One that ran may have ended since: it comes with the items of its time.
  return [...log.session.turns.values()].filter(({ seq, outcome }) => seq < first.seq && outcome !== 'running');
}

/**
 * The log after these rows, which reach up to `to`; `null` where it can no longer be told what stands before them.
 * Items before `unsettled` are being read: what changes in them makes that reading out of date.
 * @throws DivergedError where text in between is missing.
 */
export function withRows(log: HeldLog, rows: readonly Row[], to: number, unsettled: number): HeldLog | null {
  const { items, head } = log.session;
  const fresh = rows.filter(({ seq }) => seq > head);
  const here = new Set(items.keys());
  const isSettled = (id: string) => here.has(id) && (items.get(id)?.seq ?? head) >= unsettled;
  let { olderCount, missedAt } = log;
  for (const row of fresh) {
    // Of items that are not here nobody knows how many it takes out: pages may have been read after it.
    if (row.kind === 'session.rewound' && olderCount !== 0) return null;
    if (row.kind === 'rewind.undone' && !knowsAside(log.session, fresh, row.data.rewoundSeq)) return null;
    if (row.kind === 'item.recorded' && row.revises === undefined && row.partId !== undefined) here.add(row.partId);
    if (!speaksOfItem(row) || isSettled(row.partId)) continue;
    missedAt = row.seq;
    if (row.kind === 'item.deleted' && olderCount > 0 && !here.has(row.partId)) olderCount -= 1;
  }
  const session = { ...foldRows(log.session, fresh), head: to };
  const rest = restAfter(log.rest, session, fresh);
  return { ...log, session, olderCount, missedAt, rest, cutText: rest.cut ? log.cutText : null };
}

/** A cut text is whole, or gone, once the log says what its item is. */
function restAfter(rest: SnapshotRest, { items }: SessionState, rows: readonly Row[]): SnapshotRest {
  const id = rest.cut?.id;
  const isTold = rows.some((row) => row.kind === 'item.recorded' && row.partId === id);
  return id !== undefined && (isTold || !items.has(id)) ? { ...rest, cut: null } : rest;
}

/** Whether the reader saw that rewind happen: then it holds what was set aside. */
function knowsAside({ rewinds }: SessionState, fresh: readonly Row[], rewoundSeq: number): boolean {
  return fresh.some(({ seq }) => seq === rewoundSeq) || rewinds.some(({ seq, aside }) => seq === rewoundSeq && aside);
}

function speaksOfItem(row: Row): row is Row & { partId: string } {
  const isOfItem = row.kind === 'item.recorded' || row.kind === 'text.appended' || row.kind === 'item.deleted';
  return isOfItem && row.partId !== undefined;
}

/** Where the first item that is here stands; after everything where there is none. */
export function firstSeq({ items, head }: SessionState): number {
  return items.values().next().value?.seq ?? head + 1;
}

/** Items from before those that are here, as a page or a piece of a snapshot tells them. */
type Stretch = Pick<ItemPage, 'items' | 'oldestSeq' | 'turns'>;

/** Puts a stretch, which ends at `before`, in the place of whatever is here of it. */
export function withPage(log: HeldLog, { items, oldestSeq, turns = [] }: Stretch, before: number): HeldLog {
  const from = items[0]?.seq ?? 0;
  const here = [...log.session.items.values()];
  const kept = here.filter(({ seq }) => seq < from);
  const later = here.filter(({ seq }) => seq >= before);
  const replaced = here.length - kept.length - later.length;
  const isBeginning = items.length === 0 || (oldestSeq !== null && from <= oldestSeq);
  const session = {
    ...log.session,
    items: mapBy([...kept, ...items, ...later], ({ id }) => id),
    turns: withOlder(log.session.turns, turns),
  };
  const olderCount = isBeginning ? 0 : log.olderCount + replaced - items.length;
  return { ...log, session, olderCount };
}

/** The log's rows have the last word about a turn that is here. */
function withOlder(here: ReadonlyMap<string, Turn>, older: readonly Turn[]): ReadonlyMap<string, Turn> {
  const added = older.filter(({ turnId }) => !here.has(turnId));
  if (added.length === 0) return here;
  return mapBy(
    [...added, ...here.values()].sort((one, other) => one.seq - other.seq),
    ({ turnId }) => turnId,
  );
}

/** Gives up the items before `before`: they count as older ones again. */
export function withoutBefore(log: HeldLog, before: number): HeldLog {
  const here = [...log.session.items.values()];
  const items = here.filter(({ seq }) => seq >= before);
  const session = { ...log.session, items: mapBy(items, ({ id }) => id) };
  return { ...log, session, olderCount: log.olderCount + here.length - items.length };
}
