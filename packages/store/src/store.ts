/** The store's contract: the same on every backend, held by one suite of tests. */
import type { Row, SessionSnapshot, SessionStatus } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { UsageSource } from './analytics/usage-source.js';
import type { Commit, CommitResult } from './commit.js';
import type { SearchWord } from './reading/search-words.js';
import type { Tables } from './tables.js';

export interface SearchQuestion {
  /** All of them must occur; at least one. */
  words: readonly SearchWord[];
  agent?: string;
  project?: string;
  type?: string;
  sessionId?: string;
  offset: number;
  limit: number;
}

export interface StoredHit {
  sessionId: string;
  seq: number;
  at: number;
  itemType: string;
  label: string | null;
  /** The item's whole text. */
  text: string;
}

/** Where a session's log stands: what a reader needs to go on in it. */
export interface LogPlace {
  num: number;
  epoch: number;
  head: number;
  status: SessionStatus;
}

export interface StoredRows {
  rows: Row[];
  /** The seq up to which `rows` is all there is. */
  to: number;
}

/** A session's place in the workbench. It is about the desk, not about what was done: the log does not know it. */
export interface Arrangement {
  open?: boolean;
  /** `last`: after all others. */
  position?: number | 'last' | null;
}

export interface Store {
  /** For questions. Nothing writes through it. */
  queries: Kysely<Tables>;
  /** For usage reports. */
  usage: UsageSource;
  /** Writes a batch, all or nothing, and says what it changed. */
  commit(batch: Commit): Promise<CommitResult>;
  /**
   * Makes the caller the session's only writer, and returns the generation to append with.
   * @throws Error where there is no such session.
   */
  takeOver(sessionId: string): Promise<number>;
  arrange(sessionId: string, arrangement: Arrangement): Promise<void>;
  /** `null` where there is no such session. */
  place(sessionId: string): Promise<LogPlace | null>;
  /** Rows after `after` in their order, within limits of number and characters (but one at least). */
  rowsAfter(num: number, after: number, limits: { rows: number; characters: number }): Promise<StoredRows>;
  /** The session as it stands, with its last `window` items; all of one moment. `null` where there is none. */
  snapshot(sessionId: string, window: number): Promise<(LogPlace & { state: SessionSnapshot }) | null>;
  /** Moves the text index on by one bounded step; 0 when it has caught up. */
  indexNext(): Promise<number>;
  pendingRows(): Promise<number>;
  /** The best hits, best first. */
  search(question: SearchQuestion): Promise<StoredHit[]>;
  /** A source is gone or back; returns its sessions. */
  markMissing(path: string, missing: boolean): Promise<string[]>;
  /** What is wrong with the stored data; empty when it is sound. */
  integrity(): Promise<string[]>;
  /** Changes whenever something was written, here or by another connection. */
  dataVersion(): number;
  /** The database program and its version, such as `SQLite 3.53.0`. */
  engine(): string;
  close(): Promise<void>;
}

/** A store that is only asked. */
export type StoreReader = Pick<
  Store,
  'queries' | 'usage' | 'pendingRows' | 'search' | 'integrity' | 'dataVersion' | 'engine' | 'close'
>;
