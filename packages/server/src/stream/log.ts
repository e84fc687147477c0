/** What followers read of the store, and how much of it at once. */
import type { Store } from '@taffrail/store';

export type Log = Pick<Store, 'place' | 'rowsAfter' | 'bytesAfter' | 'snapshot' | 'itemsBefore' | 'textAfter'>;

/** One frame's worth, which is 64 KB with the frame round it: heartbeats and other sessions pass between two. */
export const pieceBytes = 60 * 1024;
