/** One session that runs here: its state, as the log says it, and the turn that is under way. */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { PermissionDecision, Row } from '@taffrail/wire';
import type { LogWriter, TextPlace, WriterSession } from './writer.js';

const pageLimits = { rows: 2_000, characters: 8 * 1024 * 1024 };

export interface LiveSurroundings {
  store: Store;
  writer: LogWriter;
  report: (sessionId: string, error: unknown) => void;
}

/** Of a sub-agent: the session whose call has started it, and waits for this turn of it. */
export interface Asker {
  session: LiveSession;
  callId: string;
  turnId: string;
}

export class LiveSession implements WriterSession {
  readonly sessionId: string;
  readonly runGen: number;
  readonly #store: Store;
  readonly #writer: LogWriter;
  readonly #num: number;
  readonly #asked = new Map<string, (decision: PermissionDecision) => void>();
  /** Questions whose answer is being stored. */
  readonly #answered = new Set<string>();
  readonly #report: (sessionId: string, error: unknown) => void;
  /** Inputs that were ever taken, and calls that were ever made: an order told again is the same one, an id is not. */
  readonly names = new Set<string>();
  /** What was answered to the questions about calls, by the call's id. */
  readonly decided = new Map<string, PermissionDecision>();
  readonly #callsAsked = new Map<string, string>();
  /** Content hashes of files that its tools have seen. */
  readonly seen = new Map<string, string>();
  state: SessionState = emptySession;
  /** Its questions are asked there too. */
  asker: Asker | null = null;
  /** Stops the running turn; `null` while none runs. */
  turn: { turnId: string; controller: AbortController; done: Promise<void> } | null = null;
  /** Resolves once the session has gone back, which no turn may meet; `null` while it does not. */
  restoring: Promise<void> | null = null;

  private constructor(
    { store, writer, report }: LiveSurroundings,
    session: { sessionId: string; num: number; runGen: number },
  ) {
    this.#store = store;
    this.#writer = writer;
    this.#report = report;
    this.#num = session.num;
    this.sessionId = session.sessionId;
    this.runGen = session.runGen;
  }

  /** Takes the session over from whoever wrote to it before. `null` where there is none. */
  static async open(around: LiveSurroundings, sessionId: string): Promise<LiveSession | null> {
    const { store } = around;
    const place = await store.place(sessionId);
    if (!place) return null;
    const runGen = await store.takeOver(sessionId);
    const session = new LiveSession(around, { sessionId, num: place.num, runGen });
    await session.takeIn();
    return session;
  }

  /** Folds what the log has gained. */
  async takeIn(): Promise<void> {
    for (;;) {
      const { rows } = await this.#store.rowsAfter(this.#num, this.state.head, pageLimits);
      if (rows.length === 0) return;
      this.state = foldRows(this.state, rows);
      for (const row of rows) this.#remember(row);
    }
  }

  #remember(row: Row): void {
    if (row.kind === 'input.queued') this.names.add(`input:${row.data.inputId}`);
    if (row.kind === 'item.recorded' && row.partId && /^(input|call):/.test(row.partId)) this.names.add(row.partId);
    // A sub-agent's question is not about the call that started it.
    if (row.kind === 'permission.asked' && row.data.childSessionId === undefined)
      this.#callsAsked.set(row.data.permissionId, row.data.callId);
    if (row.kind !== 'permission.answered') return;
    const callId = this.#callsAsked.get(row.data.permissionId);
    if (callId !== undefined) this.decided.set(callId, row.data.decision);
  }

  /** Stops the running turn, and resolves once its end is stored. */
  async stop(): Promise<void> {
    this.turn?.controller.abort('interrupt');
    await this.turn?.done;
  }

  /** Whether nothing runs, waits or is asked: all that matters of it stands in its log. */
  get isIdle(): boolean {
    return this.turn === null && this.state.permissions.size === 0 && this.state.queue.size === 0;
  }

  /** Nothing more of the running turn can be stored. */
  failed(error: unknown): void {
    this.#report(this.sessionId, error);
    this.turn?.controller.abort('failed');
  }

  /** What a sub-agent asks is said in its parent's log too, in the same transaction: there it is seen and answered. */
  async append(rows: readonly NewRow[]): Promise<void> {
    const questions = this.asker ? questionsFor(this.asker, this.sessionId, rows) : [];
    await Promise.all([
      this.#writer.append(this, rows),
      ...(questions.length > 0 ? [this.asker?.session.append(questions)] : []),
    ]);
  }

  /** When its log was last written to, in milliseconds since 1970 UTC; `null` while it is empty. */
  async lastAt(): Promise<number | null> {
    const { rows } = await this.#store.rowsAfter(this.#num, this.state.head - 1, pageLimits);
    const last = rows.at(-1);
    return last === undefined ? null : Date.parse(last.at);
  }

  /** Bytes that a log holds, by their hash. */
  async blob(hash: string): Promise<Uint8Array | null> {
    const { queries } = this.#store;
    const row = await queries.selectFrom('blobs').select('bytes').where('hash', '=', hash).executeTakeFirst();
    return row?.bytes ?? null;
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

  /** Whether the question waits for an answer: one that is being stored counts. */
  isOpen(permissionId: string): boolean {
    return this.state.permissions.has(permissionId) && !this.#answered.has(permissionId);
  }

  /** Stores the answer and lets the turn go on. */
  async answer(permissionId: string, decision: PermissionDecision, at: number): Promise<void> {
    this.#answered.add(permissionId);
    const row = { key: `answer:${permissionId}`, at, ...(this.turn ? { turnId: this.turn.turnId } : {}) };
    try {
      await this.append([{ ...row, kind: 'permission.answered', data: { permissionId, decision } }]);
    } finally {
      this.#answered.delete(permissionId);
    }
    this.#asked.get(permissionId)?.(decision);
  }
}

/** The same questions and answers in the words of the parent's log. */
function questionsFor({ session, callId, turnId }: Asker, childSessionId: string, rows: readonly NewRow[]): NewRow[] {
  const step = session.state.items.get(`call:${callId}`)?.step ?? null;
  const place = { ...(session.turn ? { turnId: session.turn.turnId } : {}), ...(step === null ? {} : { step }) };
  return rows.flatMap((row): NewRow[] => {
    if (row.turnId !== turnId) return [];
    const { key, at } = row;
    if (row.kind === 'permission.asked')
      return [{ key, at, ...place, kind: row.kind, data: { childSessionId, ...row.data, callId } }];
    const isOpenThere = row.kind === 'permission.answered' && session.state.permissions.has(row.data.permissionId);
    return isOpenThere ? [{ key, at, ...place, kind: row.kind, data: row.data }] : [];
  });
}
