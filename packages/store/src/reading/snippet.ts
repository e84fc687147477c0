/** A hit as it is shown: the text around its first match, with every match marked. */
import { matchEnd, matchStart } from '@taffrail/wire';
import { folded, patternOf, type SearchWord } from './search-words.js';

const snippetCharacters = 240;
const leadCharacters = 60;

/** The text around the first match, on one line, with every match in it marked. */
export function snippet(text: string, words: readonly SearchWord[]): string {
  const pattern = patternOf(words);
  const first = pattern ? folded(text).search(pattern) : -1;
  const from = Math.max(0, first - leadCharacters);
  const cut = text.slice(from, from + snippetCharacters).replace(/[\s\p{Cc}]+/gu, ' ');
  const marked = pattern ? mark(cut, pattern) : cut;
  return `${from > 0 ? '…' : ''}${marked.trim()}${from + snippetCharacters < text.length ? '…' : ''}`;
}

function mark(text: string, pattern: RegExp): string {
  let marked = '';
  let done = 0;
  for (const match of folded(text).matchAll(pattern)) {
    marked +=
      text.slice(done, match.index) + matchStart + text.slice(match.index, match.index + match[0].length) + matchEnd;
    done = match.index + match[0].length;
  }
  return marked + text.slice(done);
}
