/**
 * What goes into the store: one batch, one transaction. Rows, the projections that follow from them, and the
 * place up to which a source was read stand or fall together.
 */
import type { NewRow } from '@taffrail/session';

export type { NewFile, NewRow } from '@taffrail/session';

export interface SessionAppend {
  sessionId: string;
  agent: string;
  origin: 'live' | 'imported';
  /** The version of the mapping that made these rows; an older log of the session is begun anew. 0 for live sessions. */
  mappingVersion: number;
  /** The writer's generation (see `takeOver`): where another has taken over meanwhile, nothing of this is written. */
  runGen?: number;
  /** A new session gets its place in the workbench with its first rows, after all others. */
  open?: true;
  rows: readonly NewRow[];
}

/** How far a source was read, and what it looked like then. Stored with the rows it yielded. */
export interface SourceCheckpoint {
  path: string;
  root: string;
  agent: string;
  format: string;
  importerVersion: number;
  /** Size, times and inode of the file: equal means unchanged. */
  fingerprint: string;
  sizeBytes: number;
  offset: number;
  line: number;
  /** Hash of the bytes just before `offset`, to tell growth from replacement. */
  tailHash: string;
  state: string;
  sessionIds: readonly string[];
  problems: readonly SourceProblem[];
  /** The problems of earlier runs no longer stand: the file is read from its beginning. */
  fromStart: boolean;
}

export interface SourceProblem {
  line: number | null;
  kind: string;
  message: string;
  count: number;
}

export interface Commit {
  appends: readonly SessionAppend[];
  source?: SourceCheckpoint;
  /** `now`: the text index follows in this transaction. `later`: it catches up when asked (bulk imports). */
  index: 'now' | 'later';
}

export interface CommitResult {
  /** Sessions whose log grew, with their new heads. */
  changed: { sessionId: string; head: number }[];
  newRows: number;
  /** Requests that were not counted before. */
  newRequests: number;
  newSessions: string[];
  /** Sessions that another writer has taken over: nothing was written to them, and this one must stop. */
  stale: string[];
}
