/** What a row of the log means to other clients: the notifications that follow from it, in their order. Pure. */
import type { SessionState } from '@taffrail/session';
import type { PlacedItem, Row } from '@taffrail/wire';
import { usageOf, type WindowOf } from '../usage-replay.js';
import type { ApprovalRequest } from '../wire/approvals.js';
import type { ThreadItem } from '../wire/items.js';
import type { Notification } from '../wire/notifications.js';
import { approvalOf } from './approvals.js';
import { callKind, isShown, itemOf } from './items.js';
import { type ClientIds, clientIdOf, statusOf, turnError, turnOf } from './turns.js';

export type Told =
  | { kind: 'notification'; message: Notification }
  | { kind: 'asked'; permissionId: string; message: ApprovalRequest }
  | { kind: 'answered'; permissionId: string };

export interface Around {
  threadId: string;
  clientIds: ClientIds;
  windowOf: WindowOf;
}

/** `before` and `after`: the session without and with the row. */
export function toldBy(row: Row, before: SessionState, after: SessionState, around: Around): Told[] {
  const change = { before, after, around };
  const status = statusChange(change);
  switch (row.kind) {
    case 'turn.started':
      return [...status, ...turnStarted(row, change)];
    case 'turn.completed':
      return [...turnFailed(row, change), ...status, ...turnCompleted(row, change)];
    case 'item.recorded':
      return [...itemRecorded(row, change), ...status];
    case 'text.appended':
      return textAppended(row, change);
    case 'item.deleted':
      return itemTakenBack(row, change);
    case 'usage.recorded':
      return usageRecorded(row, change);
    case 'permission.asked':
      return [...status, ...asked(row, change)];
    case 'permission.answered':
      return [{ kind: 'answered', permissionId: row.data.permissionId }, ...status];
    case 'attempt.discarded':
      return retried(row, around);
    case 'session.described':
      return named(row, around);
    case 'session.rewound':
    case 'rewind.undone':
      return [notification({ method: 'thread/reverted', params: { threadId: around.threadId } })];
    default:
      return status;
  }
}

interface Change {
  before: SessionState;
  after: SessionState;
  around: Around;
}
type RowOf<Kind extends Row['kind']> = Extract<Row, { kind: Kind }>;

const notification = (message: Notification): Told => ({ kind: 'notification', message });

function statusChange({ before, after, around: { threadId } }: Change): Told[] {
  const status = statusOf(after);
  const isSame = JSON.stringify(statusOf(before)) === JSON.stringify(status);
  return isSame ? [] : [notification({ method: 'thread/status/changed', params: { threadId, status } })];
}

function turnStarted(row: RowOf<'turn.started'>, { after, around: { threadId } }: Change): Told[] {
  const turn = after.turns.get(row.turnId ?? '');
  if (!turn || turn.seq !== row.seq) return [];
  return [notification({ method: 'turn/started', params: { threadId, turn: turnOf(turn, after, [], 'notLoaded') } })];
}

function turnFailed(row: RowOf<'turn.completed'>, { around: { threadId } }: Change): Told[] {
  if (row.data.outcome !== 'failed' || row.turnId === undefined) return [];
  const error = turnError(row.data.reason ?? null);
  return [notification({ method: 'error', params: { threadId, turnId: row.turnId, error, willRetry: false } })];
}

function turnCompleted(row: RowOf<'turn.completed'>, { after, around: { threadId } }: Change): Told[] {
  const turn = after.turns.get(row.turnId ?? '');
  if (!turn) return [];
  const last = [...after.items.values()].findLast(
    ({ turnId, item }) => turnId === turn.turnId && item.type === 'message' && item.author === 'model',
  );
  const summary = last ? itemOf(last, after) : null;
  const told = turnOf(turn, after, summary ? [summary] : [], 'summary');
  return [notification({ method: 'turn/completed', params: { threadId, turn: told } })];
}

function itemRecorded(row: RowOf<'item.recorded'>, change: Change): Told[] {
  const { before, after } = change;
  const id = row.partId ?? `seq-${row.seq}`;
  if (row.data.type === 'tool_result') return resultRecorded(row, change);
  const [known, placed] = [before.items.get(id), after.items.get(id)];
  if (!placed || placed.turnId === null) return [];
  const wasStarted = known !== undefined && isShown(known.item);
  const wasWhole = wasStarted && !('streaming' in known.item);
  if (wasWhole || !isShown(placed.item)) return [];
  const told = wasStarted ? rest(known, placed, change) : started(placed, change);
  const isOpen = 'streaming' in placed.item || placed.item.type === 'tool_call';
  return isOpen ? told : [...told, ...completed(placed, row.at, change), ...compacted(placed, change)];
}

/** The end of a text whose last pieces gave way to the whole before they were read: clients that add up pieces miss none. */
function rest(known: PlacedItem, placed: PlacedItem, { around }: Change): Told[] {
  const isMore = placed.item.text.startsWith(known.item.text);
  return isMore ? deltaOf(placed, placed.item.text.slice(known.item.text.length), around) : [];
}

/** The result of a call completes the call's item. */
function resultRecorded(row: RowOf<'item.recorded'>, change: Change): Told[] {
  if (row.data.type !== 'tool_result' || row.data.streaming) return [];
  const call = change.after.items.get(`call:${row.data.callId}`);
  const before = change.before.items.get(`result:${row.data.callId}`)?.item;
  const wasWhole = before !== undefined && !('streaming' in before);
  return call && isShown(call.item) && !wasWhole ? completed(call, row.at, change) : [];
}

function started(placed: PlacedItem, { after, around }: Change): Told[] {
  const item = itemOf(placed, after, clientIdOf(placed.id, around.clientIds));
  if (!item || placed.turnId === null) return [];
  const { threadId } = around;
  const { turnId } = placed;
  const startedAtMs = Date.parse(placed.at);
  // What it says so far follows as deltas; what is whole at once is told whole.
  const empty = 'streaming' in placed.item ? withoutText(item) : item;
  const open = { ...empty, completedAtMs: null };
  return [
    notification({ method: 'item/started', params: { threadId, turnId, item: open, startedAtMs } }),
    ...(item.type === 'reasoning'
      ? [
          notification({
            method: 'item/reasoning/summaryPartAdded',
            params: { threadId, turnId, itemId: item.id, summaryIndex: 0 },
          }),
        ]
      : []),
    ...(empty === item ? [] : deltaOf(placed, placed.item.text, around)),
  ];
}

function withoutText(item: ThreadItem): ThreadItem {
  if (item.type === 'agentMessage') return { ...item, text: '' };
  return item.type === 'reasoning' ? { ...item, summary: [] } : item;
}

/** `at`: when what completes it was written down. */
function completed(placed: PlacedItem, at: string, { after, around }: Change): Told[] {
  const item = itemOf(placed, after, clientIdOf(placed.id, around.clientIds));
  if (!item || placed.turnId === null) return [];
  const completedAtMs = Date.parse(at);
  const whole = { ...item, completedAtMs };
  return [
    notification({
      method: 'item/completed',
      params: { threadId: around.threadId, turnId: placed.turnId, item: whole, completedAtMs },
    }),
  ];
}

function compacted({ item, turnId }: PlacedItem, { around: { threadId } }: Change): Told[] {
  if (item.type !== 'compaction' || turnId === null) return [];
  return [notification({ method: 'thread/compacted', params: { threadId, turnId } })];
}

function textAppended(row: RowOf<'text.appended'>, { before, after, around }: Change): Told[] {
  const [known, placed] = [before.items.get(row.partId ?? ''), after.items.get(row.partId ?? '')];
  if (!known || !placed) return [];
  // Only what is new: a piece may overlap with what is known.
  const added = placed.item.text.slice(known.item.text.length);
  if (placed.item.type !== 'tool_result') return isShown(placed.item) ? deltaOf(placed, added, around) : [];
  const call = after.items.get(`call:${placed.item.callId}`);
  if (call?.item.type !== 'tool_call' || callKind(call.item.name) !== 'command' || placed.turnId === null) return [];
  const delta = { threadId: around.threadId, turnId: placed.turnId, itemId: call.id, delta: added };
  return added === '' ? [] : [notification({ method: 'item/commandExecution/outputDelta', params: delta })];
}

function deltaOf(placed: PlacedItem, text: string, { threadId }: Around): Told[] {
  if (text === '' || placed.turnId === null) return [];
  const delta = { threadId, turnId: placed.turnId, itemId: placed.id, delta: text };
  if (placed.item.type === 'message') return [notification({ method: 'item/agentMessage/delta', params: delta })];
  if (placed.item.type !== 'reasoning') return [];
  return [notification({ method: 'item/reasoning/summaryTextDelta', params: { ...delta, summaryIndex: 0 } })];
}

/** Other clients cannot take an item back: it ends where it broke off, and the answer comes anew below it. */
function itemTakenBack(row: RowOf<'item.deleted'>, change: Change): Told[] {
  const known = change.before.items.get(row.partId ?? '');
  if (!known || !isShown(known.item) || !('streaming' in known.item)) return [];
  return completed(known, row.at, change);
}

function usageRecorded(row: RowOf<'usage.recorded'>, { after, around }: Change): Told[] {
  const tokenUsage = usageOf(after, around.windowOf);
  const { threadId } = around;
  if (!tokenUsage || row.turnId === undefined) return [];
  return [notification({ method: 'thread/tokenUsage/updated', params: { threadId, turnId: row.turnId, tokenUsage } })];
}

function asked(row: RowOf<'permission.asked'>, { after, around: { threadId } }: Change): Told[] {
  const question = after.permissions.get(row.data.permissionId);
  const message = question ? approvalOf(threadId, question, after) : null;
  return message ? [{ kind: 'asked', permissionId: row.data.permissionId, message }] : [];
}

// The others end the turn, or another model is asked: then its end or the answer says all.
const triedAgain = new Set(['rate_limited', 'overloaded', 'unavailable', 'broken_off']);

function retried(row: RowOf<'attempt.discarded'>, { threadId }: Around): Told[] {
  if (row.turnId === undefined || !triedAgain.has(row.data.reason)) return [];
  const error = { message: row.data.message, codexErrorInfo: null, additionalDetails: row.data.reason };
  return [notification({ method: 'error', params: { threadId, turnId: row.turnId, error, willRetry: true } })];
}

/** The first line of the input is no name: clients show it as the preview. */
function named(row: RowOf<'session.described'>, { threadId }: Around): Told[] {
  const { title, titledBy } = row.data;
  if (title === undefined || titledBy === 'input') return [];
  return [notification({ method: 'thread/name/updated', params: { threadId, threadName: title } })];
}
