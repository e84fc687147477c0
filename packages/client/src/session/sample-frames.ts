/** Frames for tests: what is not of interest has a default. */
import type {
  Item,
  PlacedItem,
  Row,
  RowsFrame,
  SessionSnapshot,
  SnapshotFrame,
  SnapshotRest,
  UsageTotals,
} from '@taffrail/wire';
import { stepFollow } from './follow.js';
import { type FollowEffect, type FollowInput, type FollowState, newFollow, type SessionFrame } from './follow-state.js';

const at = '2026-01-01T00:00:00.000Z';

const message = (text: string, isStreaming: boolean): Item => ({
  type: 'message',
  role: 'assistant',
  author: 'model',
  text,
  ...(isStreaming ? { streaming: true } : {}),
});

export const totals = (inputTokens: number): UsageTotals => ({
  inputTokens,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  requests: 1,
  reported: {
    inputTokens: 1,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
  },
  last: null,
});

type Written = { text?: string; revises?: number; isStreaming?: boolean };

/** The item `id` is this. */
export const itemRow = (seq: number, id: string, { text = id, revises, isStreaming = false }: Written = {}): Row => ({
  seq,
  at,
  channel: 'text',
  kind: 'item.recorded',
  partId: id,
  ...(revises ? { revises } : {}),
  data: message(text, isStreaming),
});

export const textRow = (seq: number, partId: string, offset: number, text: string): Row => ({
  seq,
  at,
  channel: 'text',
  kind: 'text.appended',
  partId,
  data: { offset, text },
});

export const usageRow = (seq: number, attemptId: string, inputTokens: number): Row => {
  const { requests, reported, last, ...counts } = totals(inputTokens);
  const data = { ...counts, attemptId, model: null, provider: null, final: true, totals: totals(inputTokens) };
  return { seq, at, channel: 'usage', kind: 'usage.recorded', data };
};

/** Rows after `from`, up to the last of them unless said otherwise. */
export const rowsFrame = (from: number, rows: Row[], some: { to?: number; epoch?: number } = {}): RowsFrame => ({
  type: 'rows',
  sessionId: 's',
  epoch: some.epoch ?? 1,
  from,
  to: some.to ?? rows.at(-1)?.seq ?? from,
  rows,
});

export const placed = (seq: number, id: string, text = id, isStreaming = false): PlacedItem => ({
  id,
  seq,
  at,
  turnId: null,
  step: null,
  item: message(text, isStreaming),
});

type Stood = Partial<SessionSnapshot> & { epoch?: number; rest?: SnapshotRest };

const whole: SnapshotRest = { more: false, cut: null };

export function snapshotFrame(seq: number, { epoch = 1, rest = whole, ...some }: Stood = {}): SnapshotFrame {
  const items = some.items ?? [];
  const state: SessionSnapshot = {
    status: 'idle',
    description: {},
    turns: [],
    items,
    itemCount: items.length,
    oldestSeq: items[0]?.seq ?? null,
    totals: null,
    queue: [],
    permissions: [],
    waiting: null,
    openSpans: [],
    discarded: [],
    changes: null,
    rewinds: [],
    restoring: null,
    budgetWarnings: [],
    ...some,
  };
  return { type: 'snapshot', sessionId: 's', epoch, seq, state, rest };
}

type Subscribed = Extract<SessionFrame, { type: 'subscribed' }>;

export const subscribed = (head: number, some: Partial<Subscribed> = {}): Subscribed => ({
  type: 'subscribed',
  sessionId: 's',
  epoch: 1,
  head,
  mode: 'live',
  status: 'idle',
  pending: [],
  ...some,
});

export const frame = (of: SessionFrame): FollowInput => ({ type: 'frame', frame: of });

/** Plays inputs at their times; says where they led, and what the last of them brought about. */
export function play(steps: readonly (readonly [number, FollowInput])[], from: FollowState = newFollow('s')) {
  let state = from;
  let effects: FollowEffect[] = [];
  for (const [now, input] of steps) ({ state, effects } = stepFollow(state, input, now));
  return { state, effects, sent: effects.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : [])) };
}

/** A follower that has this, and has been told that it is all. */
export function following(snapshot: SnapshotFrame): FollowState {
  const mode = { mode: 'snapshot', epoch: snapshot.epoch } as const;
  return play([
    [0, { type: 'connected' }],
    [0, frame(subscribed(snapshot.seq, mode))],
    [0, frame(snapshot)],
  ]).state;
}

export const textsOf = ({ log }: FollowState): string[] =>
  [...(log?.session.items.values() ?? [])].map(({ item }) => item.text);
