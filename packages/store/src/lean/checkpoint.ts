/** A checkpoint row as it is stored: what the state is kept under names the moment and the turn, as the row itself does. */
import type { CheckpointRow } from '@taffrail/wire';
import { idIn, type LeanPlace } from './place.js';

/** `under`: all of `ref` but its last part, which is `MOMENT-TURN`. */
type LeanCheckpoint = Omit<CheckpointRow, 'ref'> & ({ ref: string | null } | { under: string });

export function leanCheckpoint(checkpoint: CheckpointRow, place: LeanPlace): LeanCheckpoint {
  const { ref, moment, ...said } = checkpoint;
  const name = nameOf(place, moment);
  if (ref === null || name === null || !ref.endsWith(`/${name}`)) return checkpoint;
  return { under: ref.slice(0, -name.length - 1), ...said, ...(moment === undefined ? {} : { moment }) };
}

/** What the row said. Rows of before stand in full already. */
export function fullCheckpoint(stored: LeanCheckpoint, place: LeanPlace): CheckpointRow {
  if (!('under' in stored)) return stored;
  const { under, ...said } = stored;
  return { ref: `${under}/${nameOf(place, said.moment)}`, ...said };
}

function nameOf({ key }: LeanPlace, moment: CheckpointRow['moment']): string | null {
  const turnId = idIn(key, `${moment}:`);
  return turnId === null ? null : `${moment}-${turnId}`;
}
