/** What names a Qwen Code line and says where it belongs. */
import { type JsonObject, objectAt, stringAt } from '../json.js';

export interface LinePlace {
  /** The line's own id. */
  id: string;
  at: number | null;
  /** The session it was written in; of a sub-agent's line, the session that the sub-agent works for. */
  session: string;
}

/** The session from which a fork copied this line. */
export function copiedFrom(line: JsonObject): string | undefined {
  return stringAt(objectAt(line, 'forkedFrom'), 'sessionId');
}

export function isCopy(line: JsonObject): boolean {
  return copiedFrom(line) !== undefined;
}
