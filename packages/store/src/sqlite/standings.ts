/**
 * A request that two sessions hold alike belongs to the one that went its own way later. A batch may change which one
 * that is; then, and only then, all that the two share is looked at again.
 */
import { wentApartLater } from '../plan/ownership.js';
import type { Writes } from '../plan/writes.js';
import type { SqliteKnown } from './known.js';

/** Takes down how tied sessions stand to each other. Call it before the batch is written. */
export function noteStandings(known: SqliteKnown, writes: Writes): void {
  for (const [num, other] of tiedPairs(known, writes)) wentApartLater(writes, num, other);
}

/** The requests whose owner the batch may have changed, after it was written. */
export function overturned(known: SqliteKnown, writes: Writes): string[] {
  return tiedPairs(known, writes)
    .filter(([num, other]) => wentApartLater(writes, num, other) !== wentApartLater(known, num, other))
    .flatMap(([num, other]) => known.tiedKeys(num, other));
}

function tiedPairs(known: SqliteKnown, writes: Writes): [number, number][] {
  const touched = [...writes.sessions.values()].filter(({ num, tied }) => tied && !isEmpty(writes.facts.of(num)));
  return touched.flatMap(({ num }) => known.tiedWith(num).map((other): [number, number] => [num, other]));
}

const isEmpty = (some: Iterable<unknown>): boolean => some[Symbol.iterator]().next().done === true;
