/** One client's place in one thread's log. It holds no rows: what the client has not been told yet stays in the store. */
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import { type Around, type Told, toldBy } from './translate/rows.js';

type Log = Pick<Store, 'place' | 'rowsAfter'>;

const loadLimits = { rows: 2_000, characters: 8 * 1024 * 1024 };
// One step's worth, so that requests are answered between two.
const pageLimits = { rows: 200, characters: 48 * 1024 };

export interface LoadedThread {
  num: number;
  state: SessionState;
}

/** The session as its log says it now; `null` where there is none. */
export async function loadThread(log: Log, threadId: string): Promise<LoadedThread | null> {
  const place = await log.place(threadId);
  if (!place) return null;
  let state = emptySession;
  for (;;) {
    const { rows } = await log.rowsAfter(place.num, state.head, loadLimits);
    if (rows.length === 0) return { num: place.num, state };
    state = foldRows(state, rows);
  }
}

export class ThreadFollower {
  readonly #log: Log;
  readonly #num: number;
  readonly #around: Around;
  #state: SessionState;

  constructor(log: Log, { num, state }: LoadedThread, around: Around) {
    this.#log = log;
    this.#num = num;
    this.#state = ofLatestTurn(state);
    this.#around = around;
  }

  /** What comes next; `null` when the client was told everything. */
  async next(): Promise<Told[] | null> {
    const { rows } = await this.#log.rowsAfter(this.#num, this.#state.head, pageLimits);
    if (rows.length === 0) return null;
    const told: Told[] = [];
    for (const row of rows) {
      const before = this.#state;
      this.#state = foldRows(before, [row]);
      told.push(...toldBy(row, before, this.#state, this.#around));
      if (row.kind === 'turn.started') this.#state = ofLatestTurn(this.#state);
    }
    return told;
  }
}

/**
 * What is still to come speaks of the latest turn's items. The others are let go: each row copies what is held, so that a
 * long thread would cost more with every word.
 */
function ofLatestTurn(state: SessionState): SessionState {
  const latest = [...state.turns.keys()].at(-1) ?? null;
  const items = [...state.items].filter(([, { turnId }]) => turnId === latest);
  return { ...state, items: new Map(items) };
}
