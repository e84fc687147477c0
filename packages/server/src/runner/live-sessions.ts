/** The sessions that this server has taken over: each is opened once, and taken over anew where another server had it. */
import type { Store } from '@taffrail/store';
import { LiveSession } from './live-session.js';
import { OrderError } from './order-error.js';
import type { LogWriter } from './writer.js';

export interface LiveSessionsOptions {
  store: Store;
  writer: LogWriter;
  report: (sessionId: string, error: unknown) => void;
}

export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  readonly #sessions = new Map<string, Promise<LiveSession | null>>();

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  /** @throws OrderError where there is no such session, or where it is another agent's. */
  async of(sessionId: string): Promise<LiveSession> {
    const known = this.#sessions.get(sessionId) ?? this.#open(sessionId);
    this.#sessions.set(sessionId, known);
    const session = await known.catch((error: unknown) => {
      this.#sessions.delete(sessionId);
      throw error;
    });
    if (session) return session;
    this.#sessions.delete(sessionId);
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
