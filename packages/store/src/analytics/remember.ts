/** What panels are counted from, and what they answered, kept until the log changes: pages ask the same again and again. */
import type { StoreReader } from '../store.js';
import { type Counted, counting } from './counted.js';
import type { Filter } from './filter.js';

export type Gather = (filter: Filter) => Promise<Counted>;

/** The answer to a question of this name: the one given before, unless somebody has written to the log since. */
export type Remember = <Answer>(name: string, find: () => Promise<Answer>) => Promise<Answer>;

// A page has eight panels, each over a range and the one before it; a few people look at once.
const answersMax = 64;

/** Whoever wrote to the log, in this process or another, what was found before is forgotten. */
export function remembering(store: Pick<StoreReader, 'dataVersion'>): Remember {
  const kept = new Map<string, Promise<unknown>>();
  let version = store.dataVersion();
  return <Answer>(name: string, find: () => Promise<Answer>) => {
    const current = store.dataVersion();
    if (current !== version || kept.size >= answersMax) kept.clear();
    version = current;
    const known = kept.get(name) as Promise<Answer> | undefined;
    if (known !== undefined) return known;
    const found = find();
    kept.set(name, found);
    found.catch(() => kept.delete(name));
    return found;
  };
}

/** Chooses each filter's sums once. */
export function gathering({ queries }: Pick<StoreReader, 'queries'>, remember: Remember): Gather {
  const counted = counting(queries);
  return (filter) => remember(`sums ${JSON.stringify(filter)}`, () => counted(filter));
}
