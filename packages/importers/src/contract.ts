/**
 * What an importer is: a pure reader of one agent's logs. It yields drafts of rows and writes nothing.
 * Reading bytes, checkpoints, ownership of requests and storage are somebody else's work.
 */
import type { RequestIdentity } from '@taffrail/session';
import type {
  AgentName,
  ImporterCapabilities,
  ImportProblem,
  Item,
  SessionDescription,
  UsageClaim,
  UsageShown,
} from '@taffrail/wire';
import type { JsonObject } from './json.js';

/** Where an importer looks: the home folder to pretend, and the variables that may move an agent's folder. */
export interface Surroundings {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** One log file (or database) below a root. */
export interface Source {
  /** Absolute path of the root it was found under. */
  root: string;
  /** Path below the root, with `/` between folders. */
  path: string;
}

/**
 * How a source is read.
 * `lines`: JSON Lines that only grow. `document`: one JSON text, rewritten as a whole. `database`: SQLite.
 */
export type SourceFormat = 'lines' | 'document' | 'database';

/** A picture or file inside a log, kept aside by hash. */
export interface EmbeddedFile {
  mediaType: string;
  base64: string;
  name?: string;
}

export type { RequestIdentity };

/** A request's figures as one log record states them. See `UsageRecord` for what the fields include. */
export interface UsageDraft {
  attemptId: string;
  model: string | null;
  provider: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
  cacheWrite1hTokens: number | null;
  reasoningTokens: number | null;
  /** The record says that the request finished, so its figures are the last word. */
  final: boolean;
  /** The output figure is known to be a placeholder: its value, with `outputTokens` null. */
  outputPlaceholder?: number;
  raw?: unknown;
}

interface DraftBase {
  /** The session it belongs to: the agent's own id; a sub-agent is a session of its own. */
  sessionId: string;
  /**
   * The fact's identity within its session. The same key again with the same content changes nothing, with other
   * content revises it, so that a file may be read again, repeated or rewritten without harm. A statement that
   * holds until the next one (title, model, running total) is named by the record that makes it, not by its
   * subject: read again, it must not undo the later one. A tool call's key is `call:<callId>`.
   */
  key: string;
  /** Milliseconds since 1970 UTC; `null` where the record has no usable time (the reader carries the last one on). */
  at: number | null;
  turnId?: string;
  /** The request within the turn, from 0. */
  step?: number;
}

export type RowDraft = DraftBase &
  (
    | { kind: 'session.described'; data: SessionDescription }
    | { kind: 'turn.started'; data: Record<string, never> }
    | {
        kind: 'turn.completed';
        data: { outcome: 'complete' | 'cancelled' | 'failed' | 'interrupted'; reason?: string };
      }
    | { kind: 'item.recorded'; data: Item; files?: EmbeddedFile[] }
    | { kind: 'usage.recorded'; data: UsageDraft; identity: RequestIdentity }
    | { kind: 'usage.claimed'; data: UsageClaim }
    | { kind: 'usage.shown'; data: UsageShown }
  );

export type ProblemKind = ImportProblem['kind'];

/** Where an importer puts what it found. */
export interface Sink {
  row(draft: RowDraft): void;
  /** Something that could not be read; the reader adds path and line and counts repeats. */
  problem(kind: ProblemKind, message: string): void;
}

/** One line of a `lines` source. */
export interface LineInfo {
  /** 1-based. */
  number: number;
  /** A hash of the line's bytes: the identity of a record that has none of its own. Computed when asked. */
  hash(): string;
}

/**
 * Reads JSON Lines one record at a time. `state` is plain JSON, small, and all that a reader needs to go on
 * later from the same place; it is changed in place.
 */
export interface LinesReader<State> {
  /** `siblings`: small files near the source that say what its lines do not (a project's folder, a sub-agent's model). */
  start(source: Source, siblings?: Siblings): State;
  read(state: State, record: JsonObject, line: LineInfo, out: Sink): void;
}

/**
 * Other files of the same agent, for logs that are spread over several. Paths start at the root and may climb one
 * folder out of it (`../projects.json` beside the root `tmp`). Missing files read as `null`;
 * `list` gives the names in a folder, sorted, without going into its folders.
 */
export interface Siblings {
  readJson(path: string): JsonObject | null;
  list(folder: string): string[];
}

export interface DocumentReader {
  read(source: Source, document: JsonObject, siblings: Siblings, out: Sink): void;
}

/** A read-only view of a SQLite database: a consistent copy that nobody else writes. */
export interface DatabaseView {
  all(sql: string, ...parameters: (string | number)[]): JsonObject[];
}

/** Reads what changed since `state` (as returned last time, `null` at first) and returns the new state. */
export interface DatabaseReader {
  read(source: Source, database: DatabaseView, state: JsonObject | null, out: Sink): JsonObject;
  /**
   * The same, pausing after each record, so that a large database need not fit into one batch. What it yields is the
   * state to store with what was found so far; the last one says that all was read.
   */
  slices?(source: Source, database: DatabaseView, state: JsonObject | null, out: Sink): Iterable<JsonObject>;
}

export interface Importer {
  agent: AgentName;
  /** Raised when the mapping changes: everything it has read before is read again. */
  version: number;
  capabilities: ImporterCapabilities;
  /** Folders that hold this agent's logs, most specific first; they need not exist. */
  roots(surroundings: Surroundings): string[];
  /** How to read the file at this path below a root, or `null` when it is not a log of this agent. */
  classify(path: string): SourceFormat | null;
  /** False for a folder below a root that holds no logs, so that it need not be looked through or watched. */
  enters?(folder: string): boolean;
  /** True when a file handed in alone, without its folder, looks like this agent's: given its first records. */
  recognises(records: readonly JsonObject[]): boolean;
  // A state's type is the reader's own affair; whoever stores it sees JSON.
  lines?: LinesReader<unknown>;
  document?: DocumentReader;
  database?: DatabaseReader;
}
