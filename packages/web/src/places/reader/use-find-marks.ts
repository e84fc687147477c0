/** Marks what is looked for in the visible text, without touching the text: the browser's own highlights. */
import { type RefObject, useEffect } from 'react';

const name = 'find';
const rangesMax = 2000;

/** The ranges of every word of `find` in the text under `root`. */
function rangesIn(root: Node, pattern: RegExp): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < rangesMax; node = walker.nextNode()) {
    for (const match of (node.textContent ?? '').matchAll(pattern)) {
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      ranges.push(range);
    }
  }
  return ranges;
}

/** The words of a search as one pattern; `null` where there is none. */
export function findPattern(find: string | undefined): RegExp | null {
  const words = (find ?? '').split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return null;
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'giu');
}

export function useFindMarks(root: RefObject<HTMLElement | null>, find: string | undefined): void {
  useEffect(() => {
    const pattern = findPattern(find);
    // Older browsers have no highlights; the hit's row is marked in any case.
    if (!pattern || !('highlights' in CSS)) return;
    let frame = 0;
    const mark = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (root.current) CSS.highlights.set(name, new Highlight(...rangesIn(root.current, pattern)));
      });
    };
    mark();
    const observer = new MutationObserver(mark);
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      CSS.highlights.delete(name);
    };
  }, [root, find]);
}
