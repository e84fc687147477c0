/**
 * A fork: a session whose log begins with another's history, also with that of another agent's session. It holds copies,
 * as forks in other agents' logs do; their usage is counted where it was spent.
 */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { Item } from '@taffrail/wire';
import { OrderError } from './order-error.js';

const pageLimits = { rows: 2_000, characters: 8 * 1024 * 1024 };

/** Where the copy ends: after a turn, at a row, or with the session. */
export interface ForkPoint {
  turnId?: string | undefined;
  atSeq?: number | undefined;
}

export interface ForkedHistory {
  rows: NewRow[];
  parent: SessionState;
}

/** @throws OrderError where there is no such session or turn. */
export async function forkedHistory(store: Store, sessionId: string, point: ForkPoint): Promise<ForkedHistory> {
  const place = await store.place(sessionId);
  if (!place) throw new OrderError('unknown', `There is no session ${sessionId}.`);
  const whole = await stateAt(store, place.num, place.head);
  const end = endOf(whole, point);
  const parent = end === null ? whole : await stateAt(store, place.num, end);
  const keys = await requestKeys(store, place.num);
  const placed = [...turnRows(parent), ...itemRows(parent), ...usageRows(parent, keys), ...shownRow(parent)];
  return { rows: placed.sort((one, other) => one.seq - other.seq).map(({ row }) => row), parent };
}

/** The last seq that the fork takes; `null` for all. */
function endOf({ turns }: SessionState, { turnId, atSeq }: ForkPoint): number | null {
  if (turnId === undefined) return atSeq ?? null;
  const all = [...turns.values()];
  const at = all.findIndex((turn) => turn.turnId === turnId);
  if (at === -1) throw new OrderError('unknown', `There is no turn ${turnId} in this session.`);
  const next = all[at + 1];
  return next ? next.seq - 1 : null;
}

async function stateAt(store: Store, num: number, end: number): Promise<SessionState> {
  let state = emptySession;
  for (;;) {
    const { rows, to } = await store.rowsAfter(num, state.head, pageLimits);
    const wanted = rows.filter(({ seq }) => seq <= end);
    state = foldRows(state, wanted);
    if (wanted.length < rows.length || rows.length === 0 || to >= end) return state;
  }
}

/** What the ledger knows each request by. */
async function requestKeys(store: Store, num: number): Promise<Map<string, string>> {
  const rows = await store.queries
    .selectFrom('usage_facts')
    .select(['attempt_id', 'key'])
    .where('num', '=', num)
    .execute();
  return new Map(rows.map((row) => [row.attempt_id, row.key]));
}

interface PlacedRow {
  seq: number;
  row: NewRow;
}

/** What the parent's agent showed of its tokens stands after all that it includes: what is used from here on adds to it. */
function shownRow({ shown }: SessionState): PlacedRow[] {
  if (!shown) return [];
  const { seq: _seq, at, turnId, ...data } = shown;
  const place = { key: 'shown', at: Date.parse(at), ...(turnId === null ? {} : { turnId }) };
  return [{ seq: Number.MAX_SAFE_INTEGER - 1, row: { ...place, kind: 'usage.shown', data } }];
}

function turnRows({ turns }: SessionState): PlacedRow[] {
  return [...turns.values()].flatMap(({ turnId, seq, startedAt, finishedAt, outcome }) => {
    const started: NewRow = {
      key: `turn:${turnId}`,
      at: Date.parse(startedAt),
      turnId,
      kind: 'turn.started',
      data: {},
    };
    const ended: NewRow | null =
      finishedAt === null || outcome === 'running'
        ? null
        : { key: `turn:${turnId}:end`, at: Date.parse(finishedAt), turnId, kind: 'turn.completed', data: { outcome } };
    return [{ seq, row: started }, ...(ended ? [{ seq: Number.MAX_SAFE_INTEGER, row: ended }] : [])];
  });
}

function itemRows({ items }: SessionState): PlacedRow[] {
  return [...items.values()].map(({ id, seq, at, turnId, step, item }) => ({
    seq,
    row: {
      key: id,
      at: Date.parse(at),
      ...(turnId === null ? {} : { turnId }),
      ...(step === null ? {} : { step }),
      kind: 'item.recorded',
      data: whole(item),
    },
  }));
}

function whole(item: Item): Item {
  const { streaming: _streaming, ...rest } = item as Item & { streaming?: true };
  return rest as Item;
}

function usageRows({ requests }: SessionState, keys: ReadonlyMap<string, string>): PlacedRow[] {
  return [...requests.values()].flatMap((request) => {
    const key = keys.get(request.attemptId);
    if (key === undefined) return [];
    const { attemptId, seq, at, turnId, model, provider, final } = request;
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, reasoningTokens } =
      request;
    const figures = {
      inputTokens,
      outputTokens,
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens,
      reasoningTokens,
    };
    const row: NewRow = {
      key: `usage:${attemptId}`,
      at: Date.parse(at),
      ...(turnId === null ? {} : { turnId }),
      kind: 'usage.recorded',
      identity: { key, claim: 'copy' },
      data: { attemptId, model, provider, final, ...figures },
    };
    return [{ seq, row }];
  });
}
