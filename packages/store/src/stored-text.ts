/** A text would end at its first NUL (PostgreSQL refuses it altogether): it is kept as the sign for it. */
const nul = '\0';
const nulSign = '\u2400';

export const holdsNul = (text: string): boolean => text.includes(nul);

export const storedText = (text: string): string => text.replaceAll(nul, nulSign);

/** How many bytes of UTF-8 a text has in the form that is stored. */
export const storedBytes = (text: string): number => Buffer.byteLength(holdsNul(text) ? storedText(text) : text);
