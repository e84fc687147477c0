/** What is said of going back: where to, and how the files fared. */
import type { FilesRestored } from '@taffrail/wire';
import { counted } from '../../parts/format-number.js';

export const placeWords = (turnsLeft: number): string =>
  turnsLeft === 0 ? 'the beginning' : `the end of turn ${turnsLeft}`;

/** "Turn 5", "Turns 5 to 7". */
export function turnsWords(turnsLeft: number, turnsAside: number): string {
  const [first, last] = [turnsLeft + 1, turnsLeft + turnsAside];
  return first === last ? `Turn ${first}` : `Turns ${first} to ${last}`;
}

export function restoredWords({ outcome, written, removed, leftCount, reason }: FilesRestored): string {
  if (outcome === 'failed') return `The files could not be put back: ${reason ?? 'it is not known why'}.`;
  const done = [
    ...(written > 0 ? [`${counted(written, 'file')} put back`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
  ];
  const left = leftCount > 0 ? ` ${counted(leftCount, 'file')} left as ${leftCount === 1 ? 'it is' : 'they are'}.` : '';
  return `${done.length === 0 ? 'No file was changed' : done.join(', ')}.${left}`;
}
