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
    super(`session ${sessionId} is run by another server now`);
    this.name = 'StaleWriterError';
  }
}

export interface WriterSession {
  sessionId: string;
  runGen: number;
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
  /** The rows of this session are stored: take them in, before those who wrote them go on. */
  stored: (sessionId: string) => Promise<void>;
  /** These sessions have grown. */
  changed: (sessionIds: readonly string[]) => void;
  /** Text could not be stored. Whoever appends is told by an error. */
  failed: (sessionId: string, error: unknown) => void;
}

export class LogWriter {
  readonly #options: WriterOptions;
  #gathered = new Map<string, Gathered>();
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
    const rested = this.#options.now() - this.#lastFlushAt >= textPauseMs;
    this.#schedule(rested || length >= textCharactersMax ? 0 : textPauseMs);
  }

  /** Everything that was said so far is stored, or refused, when this resolves. */
  async settled(): Promise<void> {
    while (this.#gathered.size > 0 || this.#flushing !== null) {
      this.#schedule(0);
      await (this.#flushing ?? new Promise((resolve) => setImmediate(resolve)));
    }
  }

  #of(session: WriterSession): Gathered {
    const known = this.#gathered.get(session.sessionId);
    if (known) return known;
    const gathered: Gathered = { session, rows: [], pieces: new Map(), waiting: [] };
    this.#gathered.set(session.sessionId, gathered);
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
        if (this.#gathered.size > 0) this.#schedule(this.#isUrgent() ? 0 : textPauseMs);
      });
    }, delayMs);
  }

  #isUrgent(): boolean {
    return [...this.#gathered.values()].some(({ waiting }) => waiting.length > 0);
  }

  async #flush(): Promise<void> {
    const all = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#lastFlushAt = this.#options.now();
    for (const gathered of all) takePieces(gathered, this.#lastFlushAt);
    const appends = all.map(
      ({ session, rows }): SessionAppend => ({
        ...session,
        agent: 'taffrail',
        origin: 'live',
        mappingVersion: 0,
        rows,
      }),
    );
    try {
      const { stale, changed } = await this.#options.store.commit({ appends, index: 'now' } satisfies Commit);
      for (const gathered of all) await this.#told(gathered, stale.includes(gathered.session.sessionId));
      this.#options.changed(changed.map(({ sessionId }) => sessionId));
    } catch (error) {
      for (const gathered of all) this.#refused(gathered, error);
    }
  }

  async #told({ session, waiting }: Gathered, isStale: boolean): Promise<void> {
    if (isStale) return this.#refused({ session, waiting }, new StaleWriterError(session.sessionId));
    await this.#options.stored(session.sessionId);
    for (const { resolve } of waiting) resolve();
  }

  #refused({ session, waiting }: Pick<Gathered, 'session' | 'waiting'>, error: unknown): void {
    this.#options.failed(session.sessionId, error);
    for (const { reject } of waiting) reject(error);
  }
}

/** Text that waits goes before the rows that are said after it. */
function takePieces(gathered: Gathered, at: number): void {
  for (const { partId, turnId, step, offset, text } of gathered.pieces.values())
    gathered.rows.push({ key: partId, at, turnId, step, kind: 'text.appended', data: { offset, text } });
  gathered.pieces.clear();
}
