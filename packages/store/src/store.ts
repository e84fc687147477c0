/** The store's contract: the same on every backend, held by one suite of tests. */
import type { PlacedItem, Row, SessionSnapshot, SessionStatus, Turn } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { UsageSource } from './analytics/usage-source.js';
import type { Commit, CommitResult } from './commit.js';
import type { SearchWord } from './reading/search-words.js';
import type { Tables } from './tables.js';

export interface SearchQuestion {
  /** All of them must occur; at least one. */
  words: readonly SearchWord[];
  /** Of each list, any one. */
  agent?: readonly string[];
  project?: readonly string[];
  type?: readonly string[];
  sessionId?: readonly string[];
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
  /** The row that rewound to before it, where it is out of the conversation. */
  setAsideBy: number | null;
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

/** How much is read of a session's items at once. */
export interface PieceLimits {
  items: number;
  /** As JSON. One item is read whatever it takes, its text only as far as it goes. */
  bytes: number;
}

/** Before which item, and how far back: seqs. */
export interface ItemsPlace {
  before: number;
  reachesTo: number;
}

/** A text of which only the beginning was read. */
export interface CutText {
  id: string;
  seq: number;
  /** The row that gave the item its form: where another has since, its text is another one. */
  form: number | null;
  /** How long the text was when it was cut. */
  length: number;
}

export interface ItemPiece {
  /** In their order; the first of them may be cut. */
  items: PlacedItem[];
  /** Others stand before them. */
  more: boolean;
  cut: CutText | null;
}

/** A session as it stands, with the newest of its items. `reachesTo`: how far back a whole snapshot goes. */
export type StoredSnapshot = LogPlace & { state: SessionSnapshot; reachesTo: number } & Omit<ItemPiece, 'items'>;

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
  /** About how many bytes the rows after `after` take in frames; more than `bytesMax` are not counted on. */
  bytesAfter(num: number, after: number, bytesMax: number): Promise<number>;
  /** The session as it stands, all of one moment. `null` where there is none. */
  snapshot(sessionId: string, limits: PieceLimits): Promise<StoredSnapshot | null>;
  /** Items from a place back, with where the log stands at that moment. */
  itemsBefore(num: number, place: ItemsPlace, limits: PieceLimits): Promise<ItemPiece & { head: number }>;
  /** More of a cut text; `null` where the item is another one since, or none. */
  textAfter(num: number, cut: CutText, offset: number, bytesMax: number): Promise<string | null>;
  /** The turns that began in a stretch of the log and were not taken back. */
  turnsWithin(num: number, from: number, before: number): Promise<Turn[]>;
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
