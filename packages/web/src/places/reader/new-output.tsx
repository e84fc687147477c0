/** Says that there is more below for a reader who scrolled up, and leads there. */
import type { Virtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Block } from './blocks.js';

type NewOutputProps = { virtual: Virtualizer<HTMLDivElement, Element>; blocks: readonly Block[] };

export function NewOutput({ virtual, blocks }: NewOutputProps) {
  const isAtEnd = virtual.isAtEnd();
  const last = blocks.at(-1) ?? null;
  const seen = useRef(last);
  useEffect(() => {
    if (isAtEnd) seen.current = last;
  }, [isAtEnd, last]);
  if (isAtEnd) return null;
  const isNew = seen.current !== last;
  return (
    <button type="button" className={isNew ? 'to-end is-new' : 'to-end'} onClick={() => virtual.scrollToEnd()}>
      <ArrowDown className="icon-xs" aria-hidden="true" />
      {isNew ? 'New output' : 'To the end'}
    </button>
  );
}
