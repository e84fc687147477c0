/**
 * All live sessions' way into the store: one transaction for whatever has gathered, then those who follow are told. Text
 * goes in at once when it is the first for a while, else after a pause or when enough has come.
 */
import type { NewRow } from '@taffrail/session';
import type { Commit, SessionAppend, Store } from '@taffrail/store';

const textPauseMs = 50;
const textCharactersMax = 2_048;

/** Another writer has taken this session over: whoever gets this must stop. */
export class StaleWriterError extends Error {
  constructor(sessionId: string) {
    super(`session ${sessionId} is run by another taffrail now`);
    this.name = 'StaleWriterError';
  }
}

export interface WriterSession {
  sessionId: string;
  runGen: number;
  /** Its rows are stored: it takes them in, before those who wrote them go on. */
  takeIn(): Promise<void>;
  /** What it said could not be stored. Whoever appended is told by an error of its own as well. */
  failed(error: unknown): void;
}

export interface TextPlace {
  partId: string;
  turnId: string;
  step: number;
}

interface Piece extends TextPlace {
  offset: number;
  text: string;
}

interface Gathered {
  session: WriterSession;
  rows: NewRow[];
  pieces: Map<string, Piece>;
  waiting: { resolve: () => void; reject: (error: unknown) => void }[];
}

export interface WriterOptions {
  store: Pick<Store, 'commit'>;
  now: () => number;
  /** These sessions have grown. */
  changed: (sessionIds: readonly string[]) => void;
}

export class LogWriter {
  readonly #options: WriterOptions;
  /** By writer, not by session: one that was taken over must not speak with its successor's generation. */
  #gathered = new Map<WriterSession, Gathered>();
  /** Parts of which a piece was lost. What follows would leave a hole: they wait until they are told whole. */
  readonly #torn = new WeakMap<WriterSession, Set<string>>();
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> | null = null;
  #lastFlushAt = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Resolves once the rows are stored and taken in. @throws StaleWriterError, or what the store says. */
  append(session: WriterSession, rows: readonly NewRow[]): Promise<void> {
    const gathered = this.#of(session);
    takePieces(gathered, this.#options.now());
    gathered.rows.push(...rows);
    return new Promise((resolve, reject) => {
      gathered.waiting.push({ resolve, reject });
      this.#schedule(0);
    });
  }

  text(session: WriterSession, place: TextPlace, offset: number, text: string): void {
    const gathered = this.#of(session);
    const piece = gathered.pieces.get(place.partId);
    if (piece) piece.text += text;
    else gathered.pieces.set(place.partId, { ...place, offset, text });
    const length = piece?.text.length ?? text.length;
    this.#schedule(length >= textCharactersMax ? 0 : this.#pauseLeft());
  }

  /** Everything that was said so far is stored, or refused, when this resolves. */
  async settled(): Promise<void> {
    while (this.#gathered.size > 0 || this.#flushing !== null) {
      this.#schedule(0);
      await (this.#flushing ?? new Promise((resolve) => setImmediate(resolve)));
    }
  }

  #of(session: WriterSession): Gathered {
    const known = this.#gathered.get(session);
    if (known) return known;
    const gathered: Gathered = { session, rows: [], pieces: new Map(), waiting: [] };
    this.#gathered.set(session, gathered);
    return gathered;
  }

  #schedule(delayMs: number): void {
    if (this.#flushing !== null) return;
    if (this.#timer && delayMs > 0) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null;
        if (this.#gathered.size > 0) this.#schedule(this.#isUrgent() ? 0 : this.#pauseLeft());
      });
    }, delayMs);
  }

  #pauseLeft(): number {
    return Math.max(0, this.#lastFlushAt + textPauseMs - this.#options.now());
  }

  #isUrgent(): boolean {
    return [...this.#gathered.values()].some(({ waiting }) => waiting.length > 0);
  }

  async #flush(): Promise<void> {
    const all = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#lastFlushAt = this.#options.now();
    for (const gathered of all) {
      takePieces(gathered, this.#lastFlushAt);
      gathered.rows = this.#withoutTorn(gathered);
    }
    // Two writers of one session are told apart by what becomes of each: they do not share a transaction.
    const isAlone = ({ session }: Gathered) => all.every((other) => !isSuccessor(other.session, session));
    const apart = all.filter((gathered) => !isAlone(gathered)).map((gathered) => [gathered]);
    const changed = await Promise.all([all.filter(isAlone), ...apart].map((group) => this.#store(group)));
    const ids = [...new Set(changed.flat())];
    if (ids.length > 0) this.#options.changed(ids);
  }

  /** Returns the sessions that have grown. One session's fault is not the others': then each is tried by itself. */
  async #store(all: readonly Gathered[]): Promise<string[]> {
    if (all.length === 0) return [];
    try {
      return await this.#commit(all);
    } catch (error) {
      if (all.length > 1) return (await Promise.all(all.map((gathered) => this.#store([gathered])))).flat();
      this.#refused(all, error);
      return [];
    }
  }

  async #commit(all: readonly Gathered[]): Promise<string[]> {
    const appends = all.map(
      ({ session: { sessionId, runGen }, rows }): SessionAppend => ({
        sessionId,
        runGen,
        agent: 'taffrail',
        origin: 'live',
        mappingVersion: 0,
        rows,
      }),
    );
    const { stale, changed } = await this.#options.store.commit({ appends, index: 'now' } satisfies Commit);
    for (const gathered of all) {
      const { sessionId } = gathered.session;
      if (stale.includes(sessionId)) this.#refused([gathered], new StaleWriterError(sessionId));
      else await this.#told(gathered);
    }
    return changed.map(({ sessionId }) => sessionId);
  }

  /** It is stored, so whatever goes wrong from here on is this session's alone. */
  async #told(gathered: Gathered): Promise<void> {
    try {
      await gathered.session.takeIn();
    } catch (error) {
      return this.#refused([gathered], error);
    }
    for (const { resolve } of gathered.waiting) resolve();
  }

  #refused(all: readonly Gathered[], error: unknown): void {
    for (const { session, rows, waiting } of all) {
      const torn = this.#torn.get(session) ?? new Set();
      for (const { kind, key } of rows) if (kind === 'text.appended') torn.add(key);
      this.#torn.set(session, torn);
      session.failed(error);
      for (const { reject } of waiting) reject(error);
    }
  }

  #withoutTorn({ session, rows }: Gathered): NewRow[] {
    const torn = this.#torn.get(session);
    return torn ? rows.filter(({ kind, key }) => kind !== 'text.appended' || !torn.has(key)) : rows;
  }
}

function isSuccessor(one: WriterSession, other: WriterSession): boolean {
  return one !== other && one.sessionId === other.sessionId;
}

/** Text that waits goes before the rows that are said after it. */
function takePieces(gathered: Gathered, at: number): void {
  for (const { partId, turnId, step, offset, text } of gathered.pieces.values())
    gathered.rows.push({ key: partId, at, turnId, step, kind: 'text.appended', data: { offset, text } });
  gathered.pieces.clear();
}
