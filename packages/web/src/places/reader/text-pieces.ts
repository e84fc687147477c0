/** Long Markdown cut into pieces that can be drawn one by one: between paragraphs, and inside code as code. */

/** So much is drawn in one go without a person noticing; more of it makes a page that does not answer. */
export const pieceCharacters = 50_000;

/**
 * The pieces of a text; a single one where it is not long. A piece that begins inside a block of code opens it again, so
 * that the pieces are drawn as the whole would be.
 */
export function textPieces(text: string, characters = pieceCharacters): string[] {
  if (text.length <= characters * 1.5) return [text];
  const pieces: string[] = [];
  let fence: string | null = null;
  for (let from = 0; from < text.length; ) {
    const to = text.length - from <= characters * 1.5 ? text.length : cutBefore(text, from, from + characters);
    const piece = text.slice(from, to);
    pieces.push(fence === null ? piece : `${fence}\n${piece}`);
    fence = fenceAfter(piece, fence);
    from = to;
  }
  return pieces;
}

/**
 * How much of a text that is still being written is not drawn: all but its end, which begins at a place that moves on in
 * steps. Were it another place for each word, everything would be drawn anew each time.
 */
export function leftOutOf(text: string, characters = pieceCharacters): number {
  const steps = Math.floor(text.length / characters) - 1;
  return steps < 1 ? 0 : cutBefore(text, (steps - 1) * characters, steps * characters);
}

/** What has to stand before the rest of a text that is cut there: the line that opens the block of code it is in. */
export function openedAt(text: string, at: number): string {
  const fence = fenceAfter(text.slice(0, at), null);
  return fence === null ? '' : `${fence}\n`;
}

/** After the last empty line before `limit`, else after the last line's end, else there: never within a character. */
function cutBefore(text: string, from: number, limit: number): number {
  const nearest = from + Math.floor((limit - from) / 2);
  for (const mark of ['\n\n', '\n']) {
    const at = text.lastIndexOf(mark, limit - mark.length);
    if (at >= nearest) return at + mark.length;
  }
  const isWithin = /[\uDC00-\uDFFF]/.test(text[limit] ?? '');
  return isWithin ? limit - 1 : limit;
}

const fences = /^ {0,3}(`{3,}|~{3,})(.*)$/gm;

/** The line that opens the block of code in which a piece ends; `null` where it ends outside of one. */
function fenceAfter(piece: string, before: string | null): string | null {
  let open = before;
  for (const [line, marks = '', words = ''] of piece.matchAll(fences)) {
    if (open === null) open = line.trim();
    else if (open.startsWith(marks.charAt(0).repeat(3)) && words.trim() === '' && marks.length >= marksOf(open))
      open = null;
  }
  return open;
}

const marksOf = (fence: string): number => /^(`+|~+)/.exec(fence)?.[0].length ?? 0;
