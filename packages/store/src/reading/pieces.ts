/** A long log in pieces: the database answers in the thread that answers everybody, so that others must come in between. */
import { setImmediate as others } from 'node:timers/promises';
import { rowId } from '../row-id.js';

/** Ids of rows: those beyond `after`, up to and with `upTo`. */
export interface RowPiece {
  after: number;
  upTo: number;
}

/** The rows of a session beyond the place `after` up to its head, at most `size` at a time, with a pause before each. */
export async function* rowPieces(
  { num, head }: { num: number; head: number },
  after: number,
  size: number,
): AsyncGenerator<RowPiece> {
  for (let from = after; from < head; from += size) {
    await others();
    yield { after: rowId(num, from), upTo: rowId(num, Math.min(head, from + size)) };
  }
}

// A page that is answered later than this is felt.
const atOnceMs = 15;

/** Waits for others once whoever calls it has worked for long enough since it last did. */
export function pacer(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < atOnceMs) return;
    return others().then(() => {
      since = performance.now();
    });
  };
}
