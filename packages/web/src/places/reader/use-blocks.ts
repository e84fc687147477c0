/** The blocks of the loaded items, with the live rows among them. What did not change keeps its identity. */
import type { PlacedItem } from '@taffrail/wire';
import { useMemo, useRef } from 'react';
import { type Block, blocksOf, keepSame } from './blocks.js';
import { type LiveFacts, runningTurnOf, withLiveRows } from './live-rows.js';

export function useBlocks(items: readonly PlacedItem[], live: LiveFacts | undefined) {
  const before = useRef<ReadonlyMap<string, Block>>(new Map());
  const blocks = useMemo(() => {
    const made = blocksOf(items);
    const kept = keepSame(before.current, live ? withLiveRows(made, live) : made);
    before.current = new Map(kept.map((block) => [block.key, block]));
    return kept;
  }, [items, live]);
  return { blocks, runningTurnId: live ? (runningTurnOf(live.turns)?.turnId ?? null) : null };
}
