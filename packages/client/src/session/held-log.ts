/** The part of a log that is here: begun by a snapshot, written on by rows, extended into the past by pages. */
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import type { ItemPage, PlacedItem, Row, SessionSnapshot, SnapshotFrame } from '@taffrail/wire';
import type { HeldLog } from './follow-state.js';

/** The log as a snapshot tells it. `kept` are items from before its window that stay until they are read again. */
export function logFrom({ epoch, seq, state }: SnapshotFrame, kept: readonly PlacedItem[]): HeldLog {
  const items = [...kept, ...state.items];
  return {
    epoch,
    session: sessionFrom(state, seq, items),
    olderCount: state.itemCount - items.length,
    missedAt: seq,
  };
}

function sessionFrom(snapshot: SessionSnapshot, head: number, items: readonly PlacedItem[]): SessionState {
  const { status, description, totals, waiting, discarded, changes, restoring } = snapshot;
  return {
    ...emptySession,
    head,
    status,
    description,
    turns: mapBy(snapshot.turns, ({ turnId }) => turnId),
    items: mapBy(items, ({ id }) => id),
    totals,
    queue: mapBy(snapshot.queue, ({ inputId }) => inputId),
    permissions: mapBy(snapshot.permissions, ({ permissionId }) => permissionId),
    waiting,
    openSpans: mapBy(snapshot.openSpans, ({ spanId }) => spanId),
    discarded,
    changes,
    // What they set aside is not here: should one be undone, the session is read anew.
    rewinds: snapshot.rewinds.map((mark) => ({ ...mark, aside: null })),
    restoring,
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

/**
 * The log after these rows, which reach up to `to`; `null` where it can no longer be told what stands before them.
 * @throws DivergedError where text in between is missing.
 */
export function withRows(log: HeldLog, rows: readonly Row[], to: number): HeldLog | null {
  const { items, head } = log.session;
  const fresh = rows.filter(({ seq }) => seq > head);
  const here = new Set(items.keys());
  let { olderCount, missedAt } = log;
  for (const row of fresh) {
    if (row.kind === 'session.rewound' && olderCount > 0 && row.data.toSeq <= firstSeq(log.session)) return null;
    if (row.kind === 'rewind.undone' && !knowsAside(log.session, fresh, row.data.rewoundSeq)) return null;
    if (row.kind === 'item.recorded' && row.revises === undefined && row.partId !== undefined) here.add(row.partId);
    if (!speaksOfItem(row) || here.has(row.partId)) continue;
    missedAt = row.seq;
    if (row.kind === 'item.deleted' && olderCount > 0) olderCount -= 1;
  }
  const session = { ...foldRows(log.session, fresh), head: to };
  return { ...log, session, olderCount, missedAt };
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

/** Puts a page in the place of whatever is here of its stretch, which ends at `before`. */
export function withPage(log: HeldLog, { items, oldestSeq }: ItemPage, before: number): HeldLog {
  const from = items[0]?.seq ?? 0;
  const here = [...log.session.items.values()];
  const kept = here.filter(({ seq }) => seq < from);
  const later = here.filter(({ seq }) => seq >= before);
  const replaced = here.length - kept.length - later.length;
  const isBeginning = items.length === 0 || (oldestSeq !== null && from <= oldestSeq);
  const session = { ...log.session, items: mapBy([...kept, ...items, ...later], ({ id }) => id) };
  const olderCount = isBeginning ? 0 : log.olderCount + replaced - items.length;
  return { ...log, session, olderCount };
}

/** Gives up the items before `before`: they count as older ones again. */
export function withoutBefore(log: HeldLog, before: number): HeldLog {
  const here = [...log.session.items.values()];
  const items = here.filter(({ seq }) => seq >= before);
  const session = { ...log.session, items: mapBy(items, ({ id }) => id) };
  return { ...log, session, olderCount: log.olderCount + here.length - items.length };
}
