/** Which of a session's kept states may still be asked for; the others are forgotten. */
import type { SessionState } from '@taffrail/session';
import type { Turn } from '@taffrail/wire';

/** One can go back by so many turns. */
export const turnsMax = 50;

/** Those of the last turns, of the first one, and of all that undoing a rewind would bring back. */
export function wantedRefs({ turns, rewinds }: SessionState): Set<string> {
  const refs = new Set<string>();
  const add = (turn: Turn | undefined) => {
    for (const checkpoint of [turn?.before, turn?.after]) if (checkpoint?.ref) refs.add(checkpoint.ref);
  };
  const all = [...turns.values()];
  for (const turn of all.slice(-turnsMax)) add(turn);
  // What has changed since the session began is told from here.
  add(all.find(({ before }) => before?.ref));
  const addRewinds = (some: SessionState['rewinds']) => {
    for (const { files, aside } of some) {
      if (!aside) continue;
      if (files) refs.add(files.expected).add(files.target);
      for (const turn of aside.turns) add(turn);
      addRewinds(aside.rewinds);
    }
  };
  addRewinds(rewinds);
  return refs;
}
