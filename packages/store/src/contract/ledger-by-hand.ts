/** Who counts which request, decided the slow and obvious way over everything ever said: to compare stores with. */
import { mergeRequests, type RequestFacts, reportedNothing, requestFrom } from '@taffrail/session';
import { type TokenField, tokenFields } from '@taffrail/wire';
import type { NewRow, SessionAppend } from '../commit.js';

type UsageRow = Extract<NewRow, { kind: 'usage.recorded' }>;

interface Held {
  sessionId: string;
  key: string;
  originKey: string | null;
  rank: number;
  at: number;
  facts: RequestFacts;
}

export interface Counted {
  requests: number;
  figures: Record<TokenField, number | null>;
  reported: Record<TokenField, number>;
}

const ranks = { own: 0, unknown: 1, copy: 2 };

/** What each session counts: its own requests of which something was reported. */
export function countByHand(appends: readonly SessionAppend[]): Record<string, Counted | null> {
  const held = heldIn(appends);
  const ids = [...new Set(appends.map((append) => append.sessionId))].sort();
  return Object.fromEntries(
    ids.map((id) => [
      id,
      summed(held.filter((each) => each.sessionId === id && owner(each, held) === id && !reportedNothing(each.facts))),
    ]),
  );
}

/** The owner of each request in each session that holds it. */
export function ownersByHand(appends: readonly SessionAppend[]): Record<string, string> {
  const held = heldIn(appends);
  return Object.fromEntries(held.map((each) => [`${each.sessionId} ${each.key}`, owner(each, held)]));
}

function heldIn(appends: readonly SessionAppend[]): Held[] {
  const all = new Map<string, Held>();
  for (const { sessionId, rows } of appends) {
    for (const row of rows.filter((each): each is UsageRow => each.kind === 'usage.recorded')) {
      const id = `${sessionId} ${row.data.attemptId}`;
      all.set(
        id,
        both(all.get(id), {
          ...row.identity,
          sessionId,
          originKey: row.identity.originKey ?? null,
          rank: ranks[row.identity.claim],
          at: row.at,
          facts: requestFrom(row.data),
        }),
      );
    }
  }
  return [...all.values()];
}

function both(one: Held | undefined, other: Held): Held {
  if (!one) return other;
  const facts = mergeRequests(one.facts, other.facts);
  return {
    ...one,
    originKey: one.originKey ?? other.originKey,
    rank: Math.min(one.rank, other.rank),
    at: Math.min(one.at, other.at),
    facts,
  };
}

function owner(held: Held, all: readonly Held[], steps = 0): string {
  const originals = all.filter((other) => other.key === held.originKey && other.sessionId !== held.sessionId);
  if (originals.length > 0 && steps < 32) return owner(first(originals, all), all, steps + 1);
  const winner = first(
    all.filter((other) => other.key === held.key),
    all,
  );
  return winner.originKey !== null && winner.sessionId !== held.sessionId && steps < 32
    ? owner(winner, all, steps + 1)
    : winner.sessionId;
}

function first(candidates: readonly Held[], all: readonly Held[]): Held {
  const asked = candidates.toSorted((one, other) => (one.sessionId < other.sessionId ? -1 : 1));
  return asked.reduce((winner, other) => (precedes(other, winner, all) ? other : winner));
}

function precedes(one: Held, other: Held, all: readonly Held[]): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (one.at !== other.at) return one.at < other.at;
  const [apart, otherApart] = [wentApart(one, other, all), wentApart(other, one, all)];
  return apart === otherApart ? one.sessionId < other.sessionId : apart > otherApart;
}

function wentApart(one: Held, from: Held, all: readonly Held[]): number {
  const known = new Set(all.filter((each) => each.sessionId === from.sessionId).map((each) => each.key));
  const own = all.filter((each) => each.sessionId === one.sessionId && !known.has(each.key));
  return Math.min(Number.POSITIVE_INFINITY, ...own.map((each) => each.at));
}

function summed(held: readonly Held[]): Counted | null {
  if (held.length === 0) return null;
  const each = <Value>(value: (field: TokenField) => Value) =>
    Object.fromEntries(tokenFields.map((field) => [field, value(field)])) as Record<TokenField, Value>;
  const known = (field: TokenField) => held.flatMap(({ facts }) => facts[field] ?? []);
  return {
    requests: held.length,
    figures: each((field) =>
      known(field).length === 0 ? null : known(field).reduce((sum, figure) => sum + figure, 0),
    ),
    reported: each((field) => known(field).length),
  };
}
