/** Where the words of a bar stand. Pure. */

/** What a character takes of the time column, in percent: of its usual width, and of that on a narrow screen. */
export const characterShares = { usual: 1.75, narrow: 2.9 } as const;

/** Distances in percent of the column. `over`: the words lie on the bar's right end. */
export type WordPlace = { left: number } | { right: number; over?: true };

/** To the right of the bar, to its left where only there is room, and else over its right end. */
export function wordPlace(from: number, to: number, words: string, characterShare: number): WordPlace {
  const length = words.length * characterShare + 2;
  if (to + length <= 100) return { left: Math.max(0, to) };
  if (from >= length) return { right: 100 - from };
  return { right: Math.max(0, 100 - to), over: true };
}
