/** What panels are counted from, kept until the log changes: a page asks for eight panels over the same sums. */
import type { StoreReader } from '../store.js';
import { type Counted, gather } from './breakdown.js';
import type { Filter } from './filter.js';

export type Gather = (filter: Filter) => Promise<Counted>;

// A page has a range and the one before it; a few people look at once.
const filtersMax = 16;

/** Reads each filter's sums once. Whoever wrote to the log, in this process or another, what was read before is forgotten. */
export function remembering(store: Pick<StoreReader, 'queries' | 'dataVersion'>): Gather {
  const kept = new Map<string, Promise<Counted>>();
  let version = store.dataVersion();
  return (filter) => {
    const current = store.dataVersion();
    if (current !== version || kept.size >= filtersMax) kept.clear();
    version = current;
    const key = JSON.stringify(filter);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const counted = gather(store.queries, filter);
    kept.set(key, counted);
    counted.catch(() => kept.delete(key));
    return counted;
  };
}
