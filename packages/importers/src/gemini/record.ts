/** Rows of a Gemini CLI session: what they share, and the two kinds that most records become. */
import type { Item, SessionDescription } from '@taffrail/wire';
import type { EmbeddedFile, RowDraft, Sink } from '../contract.js';
import { shortHash } from '../text.js';
import type { GeminiState } from './state.js';

export type ItemBase = Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'>;

/** What every row of a record shares. Outside of turns (a harness text at the head) there is no turn to name. */
export function baseOf(state: GeminiState, at: number | null): ItemBase {
  const { turn, sessionId } = state;
  return { sessionId, at, ...(turn ? { turnId: turn.id } : {}) };
}

export function recordItem(base: ItemBase, key: string, data: Item, out: Sink, files: EmbeddedFile[] = []): void {
  out.row({ ...base, key, kind: 'item.recorded', data, ...(files.length > 0 ? { files } : {}) });
}

/** `name` names the record that makes the statement. */
export function describe({ sessionId, at }: ItemBase, name: string, data: SessionDescription, out: Sink): void {
  out.row({ sessionId, at, key: name, kind: 'session.described', data });
}

/** States where the session works, once it is known and when it changes. */
export function describeFolder(state: GeminiState, folder: string | null, at: number | null, out: Sink): void {
  if (folder === null || state.cwd === folder) return;
  state.cwd = folder;
  describe(baseOf(state, at), `cwd:${shortHash(folder)}`, { cwd: folder }, out);
}
