/**
 * Text of logs made harmless to show. A log holds whatever a tool printed: escape sequences that recolour, move or
 * rename a terminal, and marks that reverse the reading direction so that a line reads as another than it is.
 */

// CSI and OSC sequences whole, then any other escape with the character it governs.
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is here to remove
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|\u009b[0-?]*[ -/]*[@-~]/g;
// Control characters but line ends and tabs, halves of characters, and marks of the reading direction.
const unprintable = /[^\P{Cc}\n\t]|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu;

/** Lines and tabs stay; escape sequences, other control characters and half characters go. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(escapeSequences, '').replace(unprintable, '');
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
