/** A row's id is both its session and its place: session number × 2^32 + seq. */
export const rowIdSpan = 2 ** 32;
export const rowId = (num: number, seq: number): number => num * rowIdSpan + seq;
