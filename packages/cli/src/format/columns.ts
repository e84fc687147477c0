/** Text in the columns of a terminal: how wide it is, cut to fit, filled up. */

// Characters of East Asian scripts and emoji take two columns, marks on others none.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const zero = /\p{Mn}|\p{Me}|\p{Cf}|\p{Cc}/u;

// What our own tables are made of, one column each: the usual case, told without looking at every character.
const narrow = /^[ -~≥—…─·]*$/;

/** For printable text on one line. */
export function columnsOf(text: string): number {
  return narrow.test(text) ? text.length : [...text].reduce((sum, character) => sum + columnsOfCharacter(character), 0);
}

function columnsOfCharacter(character: string): number {
  return zero.test(character) ? 0 : wide.test(character) ? 2 : 1;
}

/** At most `columns` wide; what is cut away, at the end or at the start, leaves an ellipsis. */
export function cutTo(text: string, columns: number, cut: 'end' | 'start' = 'end'): string {
  if (columnsOf(text) <= columns) return text;
  if (columns <= 0) return '';
  const characters = cut === 'end' ? [...text] : [...text].reverse();
  let kept = '';
  let used = 1;
  for (const character of characters) {
    used += columnsOfCharacter(character);
    if (used > columns) break;
    kept = cut === 'end' ? kept + character : character + kept;
  }
  return cut === 'end' ? `${kept.trimEnd()}…` : `…${kept.trimStart()}`;
}

export function padTo(text: string, columns: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** Lines of at most `columns`, broken between words where there are any. Lines of the text stay lines. */
export function wrapped(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrappedLine(line, columns));
}

function wrappedLine(line: string, columns: number): string[] {
  if (columnsOf(line) <= columns) return [line];
  const lines: string[] = [];
  let [start, index, used, afterSpace] = [0, 0, 0, 0];
  for (const character of line) {
    const isSpace = /\s/.test(character);
    const width = columnsOfCharacter(character);
    // Spaces may stand over the edge: they are trimmed.
    if (!isSpace && used + width > columns && index > start) {
      const end = afterSpace > start ? afterSpace : index;
      lines.push(line.slice(start, end).trimEnd());
      used = columnsOf(line.slice(end, index));
      start = end;
    }
    used += width;
    index += character.length;
    if (isSpace) afterSpace = index;
  }
  return [...lines, line.slice(start).trimEnd()];
}
