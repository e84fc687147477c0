/** opencode's records, wherever they are kept: one shape for the rows of the database and for the old JSON files. */
import type { JsonObject } from '../json.js';

export interface SessionRecord {
  id: string;
  /** Names the record that says this, where the same session is kept twice (files and, later, a database). */
  key: string;
  parentId?: string;
  title?: string;
  directory?: string;
  version?: string;
  /** Milliseconds. A message that is older was copied into the session. */
  created: number | null;
  /** Running totals of the session, where they are kept. */
  totals?: JsonObject;
}

export interface MessageRecord {
  id: string;
  sessionId: string;
  data: JsonObject;
}

export interface PartRecord {
  id: string;
  data: JsonObject;
}

/** How a record finds the others it needs: the same questions for a database and for a folder of files. */
export interface Shelf {
  /** When the session began; `null` when unknown. `near` is a moment of that session. */
  sessionCreated(sessionId: string, near: number): number | null;
  /** Message ids of a session, oldest first. */
  messageIds(sessionId: string): string[];
  message(sessionId: string, messageId: string): MessageRecord | null;
  /** Parts of a message, in their order. */
  parts(message: MessageRecord): PartRecord[];
  /** How many answers of the same turn came before this one. */
  stepOf(message: MessageRecord): number;
  /** Messages of other sessions that were created at this millisecond. */
  createdAt(created: number, exceptSession: string): MessageRecord[];
}
