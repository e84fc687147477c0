/**
 * Characters that nobody sees: they make a command or a path look like another one than it is, so whoever is asked
 * for permission would agree to something else.
 */
import { Refusal } from './refusal.js';

const names: ReadonlyMap<number, string> = new Map([
  [0x00, 'null'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0xad, 'soft hyphen'],
  [0x61c, 'Arabic letter mark'],
  [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'],
  [0x200d, 'zero width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0xfeff, 'byte order mark'],
]);

/** Control and format characters, lone surrogates, separators of lines, and what is drawn as nothing. */
const hidden = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu;
/** Inside an emoji a joiner and a selector are what they are for; a commit message may hold one. */
const emoji =
  /\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*/gu;

/**
 * Refuses `text` if it holds a character that cannot be seen.
 * @param what Begins the sentence: `The path`.
 * @param allowed Control characters that may stand in it, such as a line break in a command.
 */
export function refuseHidden(what: string, text: string, allowed = ''): void {
  for (const [character] of text.replace(emoji, '').matchAll(hidden)) {
    if (allowed.includes(character)) continue;
    const point = character.codePointAt(0) ?? 0;
    const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    const name = names.get(point) ?? 'a hidden character';
    throw new Refusal(`${what} holds ${code} (${name}), which cannot be seen. Write it without.`);
  }
}
