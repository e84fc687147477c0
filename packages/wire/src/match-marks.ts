/** Marks around a match in a snippet. */
export const matchStart = '\u0002';
export const matchEnd = '\u0003';
