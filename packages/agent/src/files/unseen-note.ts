/** What a person reads where a model is not shown a file of theirs. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { ModelName } from '../models/contract.js';
import { attachmentsOf, nameOf, type ShownFiles, whyUnseen } from './shown-files.js';

/** `null` where all files of the turn are shown, or where it is said already. */
export function unseenNote(
  state: SessionState,
  place: { turnId: string; step: number; at: number; model: ModelName },
  files: ShownFiles,
): NewRow | null {
  const { turnId, step, at, model } = place;
  const ofTurn = [...state.items.values()].filter((item) => item.turnId === turnId);
  const unseen = ofTurn
    .flatMap(({ item }) => attachmentsOf(item))
    // A summary may stand for it by now: then it is told of in other words.
    .filter(({ blob }) => !blob || files.has(blob.hash))
    .flatMap((attachment) => {
      const why = whyUnseen(attachment, files);
      return why === null ? [] : [`${nameOf(attachment)}: ${why}`];
    });
  const name = `${model.keyId}/${model.model}`;
  const key = `unseen:${turnId}:${name}`;
  const text = `${name} is not shown:\n${unseen.join('\n')}`;
  if (unseen.length === 0 || state.items.get(key)?.item.text === text) return null;
  const data = { type: 'message', role: 'user', author: 'harness', text } as const;
  return { key, at, turnId, step, kind: 'item.recorded', data };
}
