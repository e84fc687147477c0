/** A followed session as its readers see it, and what they may ask of the one line that all of them share. */
import type { SessionState } from '@taffrail/session';
import type { SocketState } from '../socket/state.js';

export interface FollowedSession {
  sessionId: string;
  /**
   * `starting` nothing is here yet; `live` everything that the server has told of is here; `catching_up` something is
   * missing and was asked for, or the line is lost; `gone` there is no such session.
   */
  phase: 'starting' | 'live' | 'catching_up' | 'gone';
  /** Why it cannot be shown, in a sentence; `null` while nothing is wrong. `retry` asks again. */
  problem: string | null;
  /** Which of the session's logs this is; 0 while nothing is here. */
  epoch: number;
  /**
   * The fold of all rows so far; items reach back as far as this reader has loaded them. `requests` and `claims` hold only
   * what was told since: figures come from `totals`.
   */
  session: SessionState;
  /** How many items the whole session has. */
  itemCount: number;
  /** The items before those that are here. */
  older: { count: number; isLoading: boolean; problem: string | null };
}

export interface LiveClient {
  start(): void;
  stop(): void;
  /** The network came back, or the page became visible: does not wait for the next try. */
  wake(reason: 'online' | 'visible'): void;
  socket(): SocketState;
  /**
   * Told at once with what is known, then on every change, at most once per `schedule`. Returns how to stop; the last to stop
   * ends the following, and what was read is kept for a while, so that coming back is cheap.
   */
  follow(sessionId: string, changed: (session: FollowedSession) => void): () => void;
  /** What followers were told last: the same object until they are told anew. `null` where nobody follows. */
  view(sessionId: string): FollowedSession | null;
  /** Adds a page of older items before those that are here; nothing while one is on its way or none is left. */
  loadOlder(sessionId: string): void;
  /** Asks again for a session that has a problem. */
  retry(sessionId: string): void;
}
