/**
 * The one reducer: rows in, a session's state out. Pure; used by server, web and CLI, so that the same log is
 * the same state everywhere.
 */
import {
  type PlacedItem,
  type Row,
  type SessionDescription,
  type UsageClaim,
  type UsageTotals,
  unreachable,
} from '@taffrail/wire';
import { mergeRequests, type RequestFacts, reportedNothing, requestFrom } from './request.js';
import { addRequest, type CountedRequest } from './totals.js';

export interface Turn {
  turnId: string;
  seq: number;
  startedAt: string;
  finishedAt: string | null;
  outcome: 'running' | 'complete' | 'cancelled' | 'failed' | 'interrupted';
}

/** A request of this session; `inheritedFrom` names the session that counts it when this one only holds a copy. */
export interface SessionRequest extends RequestFacts {
  attemptId: string;
  seq: number;
  at: string;
  turnId: string | null;
  inheritedFrom: string | null;
}

export interface SessionState {
  head: number;
  description: SessionDescription;
  turns: ReadonlyMap<string, Turn>;
  /** In the order of their places: an item that is revised stays where it was. */
  items: ReadonlyMap<string, PlacedItem>;
  requests: ReadonlyMap<string, SessionRequest>;
  claims: ReadonlyMap<string, UsageClaim & { at: string }>;
}

export const emptySession: SessionState = {
  head: 0,
  description: {},
  turns: new Map(),
  items: new Map(),
  requests: new Map(),
  claims: new Map(),
};

/** One row. For many rows use `foldRows`, which copies the state once. */
export function fold(state: SessionState, row: Row): SessionState {
  return foldRows(state, [row]);
}

/** Rows in the order of their seq; those the state already has are skipped. */
export function foldRows(state: SessionState, rows: Iterable<Row>): SessionState {
  const draft: Draft = {
    head: state.head,
    description: { ...state.description },
    turns: new Map(state.turns),
    items: new Map(state.items),
    requests: new Map(state.requests),
    claims: new Map(state.claims),
  };
  for (const row of rows) {
    if (row.seq <= draft.head) continue;
    apply(draft, row);
    draft.head = row.seq;
  }
  return draft;
}

/** What the session itself spent: the sum of its own requests, each counted once. */
export function totalsOf(state: SessionState): UsageTotals | null {
  return sum(state, (request) => request.inheritedFrom === null);
}

/** What it holds copies of: counted in the sessions they belong to. */
export function inheritedTotalsOf(state: SessionState): UsageTotals | null {
  return sum(state, (request) => request.inheritedFrom !== null);
}

function sum(state: SessionState, counts: (request: SessionRequest) => boolean): UsageTotals | null {
  let totals: UsageTotals | null = null;
  for (const request of state.requests.values()) {
    if (counts(request) && !reportedNothing(request)) totals = addRequest(totals, counted(request));
  }
  return totals;
}

function counted(request: SessionRequest): CountedRequest {
  return { ...request, at: Date.parse(request.at) };
}

interface Draft {
  head: number;
  description: SessionDescription;
  turns: Map<string, Turn>;
  items: Map<string, PlacedItem>;
  requests: Map<string, SessionRequest>;
  claims: Map<string, UsageClaim & { at: string }>;
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
    case 'item.recorded':
      return placeItem(draft, row);
    case 'usage.recorded':
      return recordUsage(draft, row);
    case 'usage.claimed':
      return stateClaim(draft, row);
    default:
      return unreachable(row);
  }
}

type RowOf<Kind extends Row['kind']> = Extract<Row, { kind: Kind }>;

function startTurn(draft: Draft, row: RowOf<'turn.started'>): void {
  const turnId = row.turnId ?? `seq-${row.seq}`;
  if (draft.turns.has(turnId)) return;
  draft.turns.set(turnId, { turnId, seq: row.seq, startedAt: row.at, finishedAt: null, outcome: 'running' });
}

function completeTurn(draft: Draft, row: RowOf<'turn.completed'>): void {
  const turn = row.turnId ? draft.turns.get(row.turnId) : undefined;
  if (turn) draft.turns.set(turn.turnId, { ...turn, finishedAt: row.at, outcome: row.data.outcome });
}

function placeItem(draft: Draft, row: RowOf<'item.recorded'>): void {
  const id = row.partId ?? `seq-${row.seq}`;
  const placed = draft.items.get(id);
  draft.items.set(id, {
    id,
    seq: placed?.seq ?? row.seq,
    at: placed?.at ?? row.at,
    turnId: row.turnId ?? null,
    step: row.step ?? null,
    item: row.data,
  });
}

/** The latest by time stands, because a session's files may be read in any order. */
function stateClaim(draft: Draft, row: RowOf<'usage.claimed'>): void {
  const known = draft.claims.get(row.data.source);
  if (!known || known.at <= row.at) draft.claims.set(row.data.source, { ...row.data, at: row.at });
}

function recordUsage(draft: Draft, row: RowOf<'usage.recorded'>): void {
  const known = draft.requests.get(row.data.attemptId);
  const stated = requestFrom(row.data);
  draft.requests.set(row.data.attemptId, {
    ...(known ? mergeRequests(known, stated) : stated),
    attemptId: row.data.attemptId,
    seq: known?.seq ?? row.seq,
    at: known && known.at < row.at ? known.at : row.at,
    turnId: known?.turnId ?? row.turnId ?? null,
    inheritedFrom: row.data.inheritedFrom ?? null,
  });
}
