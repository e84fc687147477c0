/** The blocks of the loaded items, with the live rows among them. What did not change keeps its identity. */
import type { PlacedItem, RewindMark } from '@taffrail/wire';
import { useMemo, useRef } from 'react';
import { type Block, blocksOf, grown, keepSame } from './blocks.js';
import { type LiveFacts, runningTurnOf, sameFacts, withLiveRows, withRewinds } from './live-rows.js';

type Made = {
  items: readonly PlacedItem[];
  live: LiveFacts | undefined;
  rewinds: readonly RewindMark[] | undefined;
  blocks: Block[];
  /** The keys of the blocks: the same list while texts grow and nothing comes or goes. */
  keys: readonly string[];
};

/** `rewinds`: of a session that is only read, where turns were set aside. */
export function useBlocks(
  items: readonly PlacedItem[],
  live: LiveFacts | undefined,
  rewinds: readonly RewindMark[] | undefined,
) {
  const before = useRef<Made | null>(null);
  const made = useMemo(() => {
    before.current = remade(before.current, items, live, rewinds);
    return before.current;
  }, [items, live, rewinds]);
  const running = live ? runningTurnOf(live.turns) : null;
  return { blocks: made.blocks, keys: made.keys, runningTurnId: running?.turnId ?? null };
}

function remade(
  before: Made | null,
  items: readonly PlacedItem[],
  live: LiveFacts | undefined,
  rewinds: readonly RewindMark[] | undefined,
): Made {
  const quick = before && sameFacts(before.live, live) && before.rewinds === rewinds ? grown(before, items) : null;
  if (before && quick) return { items, live, rewinds, blocks: quick, keys: before.keys };
  const fresh = blocksOf(items);
  const known = new Map(before?.blocks.map((block) => [block.key, block]));
  const blocks = keepSame(known, live ? withLiveRows(fresh, live) : withRewinds(fresh, rewinds ?? []));
  const keys = blocks.map(({ key }) => key);
  const isSame = before?.keys.length === keys.length && keys.every((key, index) => key === before.keys[index]);
  return { items, live, rewinds, blocks, keys: isSame ? before.keys : keys };
}
