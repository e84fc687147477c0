/**
 * The store's present as one batch will ask for it. What the batch names is looked up ahead, all of it in a few
 * questions, and of sessions that begin with this batch nothing is asked: a question costs more than its answer.
 */
import type { SessionAppend } from '../commit.js';
import type { Fact, Known, KnownKey, SessionRecord } from '../plan/records.js';
import type { ToolItem } from '../plan/tool-sums.js';
import type { SqliteKnown } from './known.js';

/** An append with its session's number; `isNew`: the session begins with this batch. */
interface Expected {
  append: SessionAppend;
  num: number;
  isNew: boolean;
}

export class KnownAhead implements Known {
  readonly #known: SqliteKnown;
  readonly #fresh: ReadonlySet<number>;
  readonly #claimants: ReadonlyMap<string, Fact[]>;
  readonly #replays: ReadonlyMap<string, Fact[]>;
  /** By session: the keys that were looked up, with what was found. */
  readonly #keys: ReadonlyMap<number, ReadonlyMap<string, KnownKey | null>>;

  /** Holds until the batch is written. */
  constructor(known: SqliteKnown, batch: readonly Expected[]) {
    this.#known = known;
    this.#fresh = new Set(batch.flatMap(({ num, isNew }) => (isNew ? [num] : [])));
    const requests = requestsIn(batch);
    this.#claimants = known.claimantsOf(requests);
    this.#replays = known.replaysOf(requests);
    const older = batch.filter(({ isNew }) => !isNew);
    this.#keys = new Map(older.map(({ num, append }) => [num, known.keysOf(num, keysIn(append))]));
  }

  session(id: string): SessionRecord | undefined {
    return this.#known.session(id);
  }

  sessionByNum(num: number): SessionRecord | undefined {
    return this.#known.sessionByNum(num);
  }

  key(num: number, key: string): KnownKey | undefined {
    if (this.#fresh.has(num)) return undefined;
    const found = this.#keys.get(num)?.get(key);
    return found === undefined ? this.#known.key(num, key) : (found ?? undefined);
  }

  atOf(num: number, seq: number): number {
    return this.#known.atOf(num, seq);
  }

  fact(num: number, attemptId: string): Fact | undefined {
    return this.#fresh.has(num) ? undefined : this.#known.fact(num, attemptId);
  }

  claimants(key: string): Fact[] {
    return this.#claimants.get(key) ?? this.#known.claimants(key);
  }

  replays(key: string): Fact[] {
    return this.#replays.get(key) ?? this.#known.replays(key);
  }

  firstApart(num: number, other: number): number | null {
    return this.#fresh.has(num) ? null : this.#known.firstApart(num, other);
  }

  latestCounted(num: number, except: ReadonlySet<string>): Fact | undefined {
    return this.#fresh.has(num) ? undefined : this.#known.latestCounted(num, except);
  }

  toolOf(num: number, callId: string): string | undefined {
    return this.#fresh.has(num) ? undefined : this.#known.toolOf(num, callId);
  }

  toolItem(num: number, key: string): ToolItem | undefined {
    return this.#fresh.has(num) ? undefined : this.#known.toolItem(num, key);
  }
}

/** The identities under which the rows of an append are stored. */
function keysIn(append: SessionAppend): string[] {
  return append.rows.map((row) => (row.kind === 'usage.recorded' ? `usage:${row.data.attemptId}` : row.key));
}

/** The requests that the batch speaks of, by all their names. */
function requestsIn(batch: readonly Expected[]): string[] {
  const names = batch.flatMap(({ append }) =>
    append.rows.flatMap((row) =>
      row.kind === 'usage.recorded' ? [row.identity.key, row.identity.originKey ?? ''] : [],
    ),
  );
  return [...new Set(names)].filter((name) => name !== '');
}
