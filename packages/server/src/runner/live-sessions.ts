/**
 * The sessions that this server has taken over: each is opened once, and taken over anew where another server had it. Those
 * in which nothing happens are let go after a while: all that is known of them stands in their logs.
 */
import type { Store } from '@taffrail/store';
import { LiveSession } from './live-session.js';
import { OrderError } from './order-error.js';
import type { LogWriter } from './writer.js';

export interface LiveSessionsOptions {
  store: Store;
  writer: LogWriter;
  report: (sessionId: string, error: unknown) => void;
  now: () => number;
}

// What is kept of sessions in which nothing happens: the next order opens them again, which reads their whole log.
const idleMax = 32;
// Longer than any order holds a session without a turn: one that is let go under an order would be a stale writer.
const idleMs = 60_000;

export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  /** The longest untouched first. */
  readonly #sessions = new Map<string, Promise<LiveSession | null>>();
  readonly #touchedAt = new Map<string, number>();

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  /** @throws OrderError where there is no such session, or where it is another agent's. */
  async of(sessionId: string): Promise<LiveSession> {
    const known = this.#sessions.get(sessionId) ?? this.#open(sessionId);
    this.#touch(sessionId, known);
    const session = await known.catch((error: unknown) => {
      this.forget(sessionId);
      throw error;
    });
    if (session) {
      await this.#letGo();
      return session;
    }
    this.forget(sessionId);
    throw new OrderError('unknown', `There is no session ${sessionId}.`);
  }

  /** The session where it is open already. */
  async opened(sessionId: string): Promise<LiveSession | null> {
    return (await this.#sessions.get(sessionId)) ?? null;
  }

  async all(): Promise<LiveSession[]> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    return sessions.flatMap((opened) => (opened.status === 'fulfilled' && opened.value ? [opened.value] : []));
  }

  /** Another server has it now. Only the next order may take it back, with the log as it is then. */
  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#touchedAt.delete(sessionId);
  }

  #touch(sessionId: string, session: Promise<LiveSession | null>): void {
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, session);
    this.#touchedAt.set(sessionId, this.#options.now());
  }

  /** Gives up the longest untouched of those that are idle, beyond so many. */
  async #letGo(): Promise<void> {
    if (this.#sessions.size <= idleMax) return;
    const idle = (await this.all()).filter((session) => session.isIdle);
    const until = this.#options.now() - idleMs;
    for (const { sessionId, isIdle } of idle.slice(0, -idleMax)) {
      if (!isIdle || (this.#touchedAt.get(sessionId) ?? 0) > until) continue;
      this.forget(sessionId);
    }
  }

  async #open(sessionId: string): Promise<LiveSession | null> {
    const { store } = this.#options;
    const row = await store.queries
      .selectFrom('sessions')
      .select('origin')
      .where('id', '=', sessionId)
      .executeTakeFirst();
    if (row && row.origin !== 'live')
      throw new OrderError('foreign', 'This session was recorded by another agent. Fork it to go on with it here.');
    return LiveSession.open(this.#options, sessionId);
  }
}
