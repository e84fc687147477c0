/** One session that runs here: its state, as the log says it, and the turn that is under way. */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { PermissionDecision } from '@taffrail/wire';
import type { LogWriter, TextPlace, WriterSession } from './writer.js';

const pageLimits = { rows: 2_000, characters: 8 * 1024 * 1024 };

export class LiveSession implements WriterSession {
  readonly sessionId: string;
  readonly runGen: number;
  readonly #store: Store;
  readonly #writer: LogWriter;
  readonly #num: number;
  readonly #asked = new Map<string, (decision: PermissionDecision) => void>();
  /** Content hashes of files that its tools have seen. */
  readonly seen = new Map<string, string>();
  state: SessionState = emptySession;
  /** Stops the running turn; `null` while none runs. */
  turn: { turnId: string; controller: AbortController; done: Promise<void> } | null = null;

  private constructor(store: Store, writer: LogWriter, session: { sessionId: string; num: number; runGen: number }) {
    this.#store = store;
    this.#writer = writer;
    this.#num = session.num;
    this.sessionId = session.sessionId;
    this.runGen = session.runGen;
  }

  /** Takes the session over from whoever wrote to it before. `null` where there is none. */
  static async open(store: Store, writer: LogWriter, sessionId: string): Promise<LiveSession | null> {
    const place = await store.place(sessionId);
    if (!place) return null;
    const runGen = await store.takeOver(sessionId);
    const session = new LiveSession(store, writer, { sessionId, num: place.num, runGen });
    await session.takeIn();
    return session;
  }

  /** Folds what the log has gained. */
  async takeIn(): Promise<void> {
    for (;;) {
      const { rows, to } = await this.#store.rowsAfter(this.#num, this.state.head, pageLimits);
      if (rows.length === 0) return;
      this.state = foldRows(this.state, rows);
      if (rows.length < pageLimits.rows && to === this.state.head) return;
    }
  }

  append(rows: readonly NewRow[]): Promise<void> {
    return this.#writer.append(this, rows);
  }

  text(place: TextPlace, offset: number, text: string): void {
    this.#writer.text(this, place, offset, text);
  }

  /** Resolves with a person's answer. @throws when the turn is stopped first. */
  decision(permissionId: string, signal: AbortSignal): Promise<PermissionDecision> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#asked.delete(permissionId);
        reject(new Error('the turn was stopped'));
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#asked.set(permissionId, (decision) => {
        signal.removeEventListener('abort', stop);
        this.#asked.delete(permissionId);
        resolve(decision);
      });
    });
  }

  /** Stores the answer and lets the turn go on. */
  async answer(permissionId: string, decision: PermissionDecision, at: number): Promise<void> {
    await this.append([
      {
        key: `answer:${permissionId}`,
        at,
        ...(this.turn ? { turnId: this.turn.turnId } : {}),
        kind: 'permission.answered',
        data: { permissionId, decision },
      },
    ]);
    this.#asked.get(permissionId)?.(decision);
  }
}
