/**
 * A text that is being written, cut into its blocks: paragraphs, lists, blocks of code. What can't change any more is
 * drawn once; only the end is read and drawn anew with each word.
 */
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

const markdown = unified().use(remarkParse).use(remarkGfm).freeze();

// What comes next may make one of the last two: `2` is a paragraph until `2. b` makes it an entry of the list before it.
const openBlocks = 2;

/** Footnotes and links whose address stands elsewhere in the text. */
const pointers = /\[\^|^ {0,3}\[[^\]]+\]:/m;

/**
 * Cuts a text, and the same text again when it has become longer: the blocks before its end stay the very same then.
 * Together they are the text. One that points from one block to another stays whole.
 */
export function createBlockCutter(): (text: string) => string[] {
  const settled: string[] = [];
  let settledText = '';
  return (text) => {
    if (pointers.test(text)) return [text];
    if (!text.startsWith(settledText)) {
      settled.length = 0;
      settledText = '';
    }
    const blocks = blocksOf(text.slice(settledText.length));
    const open = blocks.splice(-openBlocks);
    settled.push(...blocks);
    settledText += blocks.join('');
    return [...settled, ...open];
  };
}

/** At least one, if an empty one. */
function blocksOf(text: string): string[] {
  const next = markdown.parse(text).children.slice(1);
  // A block's indentation is part of it, and stands before the place where the parser says that it begins.
  const starts = next.map(({ position }) => text.lastIndexOf('\n', (position?.start.offset ?? 0) - 1) + 1);
  return [0, ...starts].map((start, at) => text.slice(start, starts[at]));
}
