/** What people type into a search, as words; and where these stand in a text. */

export interface SearchWord {
  text: string;
  /** It was typed in quotes: what stands in it follows each other. */
  phrase: boolean;
  /** It may still be being typed: its beginning is enough. */
  open: boolean;
}

/** Words, and "phrases in quotes". What the index treats as punctuation separates words within a phrase. */
export function wordsOf(typed: string): SearchWord[] {
  const parts = [...typed.matchAll(/"([^"]+)"|(\S+)/g)]
    .map((part) => ({ text: (part[1] ?? part[2] ?? '').replaceAll('"', ''), phrase: part[1] !== undefined }))
    .filter((word) => /[\p{L}\p{N}]/u.test(word.text));
  return parts.map((word, index) => ({ ...word, open: !word.phrase && index === parts.length - 1 }));
}

/** Finds any of the words in a text that went through `folded`; `null` where there are none. */
export function patternOf(words: readonly SearchWord[]): RegExp | null {
  const parts = words.map((word) => {
    return `(?<![\\p{L}\\p{N}])${tokensOf(word.text).join('[^\\p{L}\\p{N}]+')}`;
  });
  return parts.length === 0 ? null : new RegExp(parts.join('|'), 'gu');
}

/** The words of a phrase, or of what is written as one. */
export function tokensOf(text: string): string[] {
  return folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** As the index compares: without case and accents, at the same length, so that places agree. */
export function folded(text: string): string {
  const plain = text.toLowerCase();
  return (plain.length === text.length ? plain : text).replace(/[^\p{ASCII}]/gu, bare);
}

function bare(character: string): string {
  const plain = character.normalize('NFD').replace(/\p{M}/gu, '');
  return plain.length === character.length ? plain : character;
}
