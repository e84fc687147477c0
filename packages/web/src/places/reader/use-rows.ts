/** Which rows of the transcript are drawn, and where: only those in view, anchored while what is loaded grows. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { noteFirstView } from '../../app/first-view.js';
import type { Block } from './blocks.js';
import { endPx } from './use-follow-end.js';

/** How high a row is taken to be before it is measured, in pixels. */
const heights: Record<Block['kind'], number> = {
  prompt: 96,
  prose: 120,
  harness: 28,
  thinking: 28,
  tool: 32,
  compaction: 60,
  error: 70,
  ask: 150,
  turn_end: 70,
  attempt: 26,
  rewound: 44,
  budget: 26,
};

/** Beyond every end, in pixels. */
const farDown = 1e8;

type Rows = Virtualizer<HTMLDivElement, Element>;

type RowsInput = {
  blocks: readonly Block[];
  /** The blocks' keys, the same list while only texts grow. */
  keys: readonly string[];
  scroller: RefObject<HTMLDivElement | null>;
  follows: boolean;
  startsAtEnd: boolean;
};

/** `follows`: new rows and growing ones keep the end in view for a reader who is there. */
export function useRows({ blocks, keys, scroller, follows, startsAtEnd }: RowsInput): Rows {
  // The virtualiser places every row anew whenever this is another function: only when rows come or go.
  const keyOf = useCallback((index: number) => keys[index] ?? index, [keys]);
  return useVirtualizer({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[blocks[index]?.kind ?? 'tool'] + (blocks[index]?.opensTurn ? 27 : 0),
    getItemKey: keyOf,
    overscan: useOverscan(blocks.length > 0),
    // Else the beginning is drawn first, only to be left.
    initialOffset: startsAtEnd ? farDown : 0,
    // What is loaded before the view must not move it.
    anchorTo: 'end',
    followOnAppend: follows,
    scrollEndThreshold: follows ? endPx : 1,
    paddingStart: 8,
    paddingEnd: 24,
    useAnimationFrameWithResizeObserver: true,
  });
}

const firstOverscan = 2;
const overscan = 8;
const settledMs = 100;

/** How many rows are drawn out of view. At first few: what is in view is to be there soon. */
function useOverscan(hasRows: boolean): number {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    if (!hasRows) return;
    noteFirstView();
    const timer = setTimeout(setSettled, settledMs, true);
    return () => clearTimeout(timer);
  }, [hasRows]);
  return isSettled ? overscan : firstOverscan;
}
