/**
 * The identity ledger: of all sessions whose logs hold a request, exactly one owns it and counts it. The answer
 * depends on what the logs say, never on the order they were imported in:
 * 1. what a log itself says (its own, or a copy);
 * 2. the earliest time stated for it: a copy that was stamped anew is later;
 * 3. of two logs that agree in everything, the one that went its own way later: a fork goes on at once, the
 *    original when somebody returns to it, or never;
 * 4. the session's id.
 */
import type { Fact, Known } from './records.js';

// A replay of a replay of a replay …: deeper chains than this are broken logs.
const originDepthMax = 32;

/** The session id that owns the request, or `null` when the fact's own session does. */
export function ownerOf(known: Known, fact: Fact): string | null {
  const owner = owningFact(known, fact, 0);
  if (owner.num === fact.num) return null;
  return known.sessionByNum(owner.num)?.id ?? null;
}

function owningFact(known: Known, fact: Fact, depth: number): Fact {
  const origin = fact.originKey && depth < originDepthMax ? known.claimants(fact.originKey) : [];
  const others = origin.filter((other) => other.num !== fact.num);
  if (others.length > 0) return owningFact(known, best(known, others), depth + 1);
  const winner = best(known, known.claimants(fact.key));
  return winner.originKey && winner.num !== fact.num && depth < originDepthMax
    ? owningFact(known, winner, depth + 1)
    : winner;
}

/** Of more than two that tie, one may come before the next in a circle: they are asked in the order of their ids. */
function best(known: Known, facts: Fact[]): Fact {
  const idOf = (fact: Fact) => known.sessionByNum(fact.num)?.id ?? '';
  const asked = facts.length > 2 ? facts.toSorted((one, other) => (idOf(one) < idOf(other) ? -1 : 1)) : facts;
  return asked.reduce((winner, fact) => (precedes(known, fact, winner) ? fact : winner));
}

function precedes(known: Known, one: Fact, other: Fact): boolean {
  if (one.claim !== other.claim) return one.claim < other.claim;
  if (one.at !== other.at) return one.at < other.at;
  const later = wentApartLater(known, one.num, other.num);
  if (later !== 0) return later > 0;
  const [id, otherId] = [known.sessionByNum(one.num)?.id ?? '', known.sessionByNum(other.num)?.id ?? ''];
  return id < otherId;
}

/** Rule 3: positive where `num` went its own way later than `other`, negative where earlier, 0 where neither tells. */
export function wentApartLater(known: Pick<Known, 'firstApart'>, num: number, other: number): number {
  const [apart, otherApart] = [known.firstApart(num, other), known.firstApart(other, num)];
  return apart === otherApart
    ? 0
    : Math.sign((apart ?? Number.MAX_SAFE_INTEGER) - (otherApart ?? Number.MAX_SAFE_INTEGER));
}

/** True when only rule 3 or 4 tells these apart: what the sessions do later may change the answer. */
export function isTie(one: Fact, other: Fact): boolean {
  return one.num !== other.num && one.claim === other.claim && one.at === other.at;
}
