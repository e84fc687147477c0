/** One line of code: coloured where its tokens are known, marked where words changed. */

import type { Marks } from '@taffrail/session';
import type { CodeToken } from './highlight-worker.js';

export type LinePart = CodeToken & { marked: boolean };

/** Cuts a line's tokens at the ends of its marks. */
export function partsOfLine(tokens: readonly CodeToken[], marks: Marks): LinePart[] {
  const parts: LinePart[] = [];
  let position = 0;
  for (const token of tokens) {
    const end = position + token.text.length;
    const cuts = marks.flat().filter((cut) => cut > position && cut < end);
    const edges = [position, ...cuts.sort((a, b) => a - b), end];
    for (const [index, from] of edges.slice(0, -1).entries()) {
      const to = edges[index + 1] ?? end;
      const marked = marks.some(([start, stop]) => from >= start && to <= stop);
      if (to > from)
        parts.push({ text: token.text.slice(from - position, to - position), colour: token.colour, marked });
    }
    position = end;
  }
  return parts;
}

const noMarks: Marks = [];

export function ColouredLine({
  text,
  tokens,
  marks = noMarks,
}: {
  text: string;
  tokens?: CodeToken[] | undefined;
  marks?: Marks;
}) {
  if (!tokens && marks.length === 0) return text;
  return partsOfLine(tokens ?? [{ text, colour: undefined }], marks).map((part, index) => {
    const style = part.colour ? { color: part.colour } : undefined;
    return part.marked ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one line have no identity but their place
      <b key={index} style={style}>
        {part.text}
      </b>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one line have no identity but their place
      <span key={index} style={style}>
        {part.text}
      </span>
    );
  });
}
