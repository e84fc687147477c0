/**
 * The pieces of a snapshot that come after its first frame: applied as they come, the newest first. A piece is of the moment
 * at which the reader stands when it comes; one that is not, or that leaves a gap, is dropped: its items come by page.
 */
import type { ItemsFrame, TextFrame } from '@taffrail/wire';
import { subscribeAnew } from './ask.js';
import { type FollowState, type FollowStep, type HeldLog, stay } from './follow-state.js';
import { firstSeq, withPage } from './held-log.js';
import { recheck } from './pages.js';

export function receiveItems(state: FollowState, frame: ItemsFrame, now: number): FollowStep {
  const { log } = state;
  if (!log || !isOfNow(log, frame) || log.rest.cut) return stay(state);
  // What is kept from before the snapshot is here, and no end of what was told: a piece that was lost would go unseen.
  const told = state.recheckTo === null ? firstSeq(log.session) : state.recheckedFrom;
  if (frame.before < told) return stay(state);
  const { items, before, rest } = frame;
  const next = items.length > 0 ? withPage(log, { items, oldestSeq: null }, before) : log;
  const from = items[0]?.seq ?? before;
  const isRechecked = state.recheckTo !== null && from <= state.recheckTo;
  const checked = {
    recheckTo: isRechecked ? null : state.recheckTo,
    recheckedFrom: Math.min(state.recheckedFrom, from),
  };
  const after = { ...state, ...checked, log: { ...next, rest, cutText: null }, movedAt: now };
  return rest.more ? stay(after) : recheck(after);
}

/** More of a text that was cut. Without what was before it, the session is asked for anew. */
export function receiveText(state: FollowState, frame: TextFrame, now: number): FollowStep {
  const { log } = state;
  const cut = log?.rest.cut;
  const placed = log?.session.items.get(frame.itemId);
  if (!log || !placed || cut?.id !== frame.itemId || !isOfNow(log, frame)) return stay(state);
  const known = log.cutText ?? placed.item.text;
  if (frame.offset < known.length) return stay(state);
  if (frame.offset > known.length) return subscribeAnew(state, now);
  const text = known + frame.text;
  if (text.length < cut.length) return stay({ ...state, log: { ...log, cutText: text }, movedAt: now });
  const items = new Map(log.session.items).set(placed.id, { ...placed, item: { ...placed.item, text } });
  const whole = { session: { ...log.session, items }, rest: { ...log.rest, cut: null }, cutText: null };
  return stay({ ...state, log: { ...log, ...whole }, movedAt: now });
}

function isOfNow(log: HeldLog, { epoch, seq }: { epoch: number; seq: number }): boolean {
  return epoch === log.epoch && seq === log.session.head;
}

/** Nothing more of the snapshot is on its way: a text that is still cut was lost there, what was kept is read by page. */
export function endPieces(state: FollowState, now: number): FollowStep {
  const { log } = state;
  if (!log || (!log.rest.more && !log.rest.cut)) return stay(state);
  const ended = { ...state, log: { ...log, rest: { ...log.rest, more: false } } };
  return log.rest.cut && !state.asked ? subscribeAnew(ended, now) : recheck(ended);
}
