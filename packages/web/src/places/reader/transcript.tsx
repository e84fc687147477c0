/** The transcript: virtual rows in three columns, anchored while it grows at either end. */
import type { SessionSummary, TimelineTurn, UsageRequest } from '@taffrail/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useIsPhone } from '../../app/media.js';
import { AfterDelay, Blank, Failed } from '../../parts/states.js';
import { BlockRow } from './block-row.js';
import { type Block, blocksOf, shows } from './blocks.js';
import { ledgerOf } from './steps.js';
import { StuckPrompt } from './stuck-prompt.js';
import { TranscriptSkeleton } from './transcript-skeleton.js';
import { useFindMarks } from './use-find-marks.js';
import type { Items } from './use-items.js';
import { type Target, useScrollToTarget } from './use-scroll-to-target.js';

/** Rows from the end of what is loaded at which more is asked for. */
const nearRows = 40;
/** The line below which a row counts as the one being read: under the prompt that stays on top. */
const readingPx = 44;

const heights: Record<Block['kind'], number> = {
  prompt: 96,
  prose: 120,
  harness: 28,
  thinking: 28,
  tool: 32,
  compaction: 60,
  error: 70,
};

type TranscriptProps = {
  session: SessionSummary;
  items: Items;
  requests: readonly UsageRequest[];
  turns: readonly TimelineTurn[];
  /** The entry that was asked for: scrolled to and marked. */
  target: Target | null;
  find: string | undefined;
  /** Tells which turn is at the top of the view. */
  onTurn: (turnId: string | null) => void;
};

export function Transcript({ session, items, requests, turns, target, find, onTurn }: TranscriptProps) {
  const isPhone = useIsPhone();
  const scroller = useRef<HTMLDivElement>(null);
  const blocks = useMemo(() => blocksOf(items.window.items), [items.window.items]);
  const ledger = useMemo(() => ledgerOf(blocks, requests), [blocks, requests]);
  const numbers = useMemo(() => new Map(turns.map((turn, index) => [turn.turnId, index + 1])), [turns]);
  const opened = useOpened(blocks, target?.seq ?? null);
  const virtual = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[blocks[index]?.kind ?? 'tool'] + (blocks[index]?.opensTurn ? 27 : 0),
    getItemKey: (index) => blocks[index]?.key ?? index,
    overscan: 8,
    // What is loaded before the view must not move it.
    anchorTo: 'end',
    paddingStart: 8,
    paddingEnd: 24,
    useAnimationFrameWithResizeObserver: true,
  });
  const rows = virtual.getVirtualItems();

  const isAiming = useScrollToTarget({ items, blocks, target, scroller, virtual });
  useLoadAtEnds(items, rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0, blocks.length, isAiming);
  useFindMarks(scroller, find);

  const top = virtual.getVirtualItemForOffset((virtual.scrollOffset ?? 0) + readingPx);
  const topBlock = top ? blocks[top.index] : blocks[0];
  const topTurn = topBlock?.turnId ?? null;
  useEffect(() => onTurn(topTurn), [topTurn, onTurn]);

  if (typeof items.state === 'object' && blocks.length === 0) {
    return (
      <div className="p-4">
        <Failed what="This session could not be read" problem={items.state.problem} onRetry={() => items.open(null)} />
      </div>
    );
  }
  if (items.state === 'loading' && blocks.length === 0) {
    return (
      <AfterDelay>
        <TranscriptSkeleton />
      </AfterDelay>
    );
  }
  if (blocks.length === 0) {
    return (
      <div className="px-6">
        <Blank fact="This log holds no entries">Its file names a session in which nothing was said.</Blank>
      </div>
    );
  }
  return (
    <>
      <StuckPrompt
        turn={turns.find((turn) => turn.turnId === topTurn)}
        number={numbers.get(topTurn ?? '')}
        isPast={topBlock !== undefined && isPastPrompt(blocks, topBlock)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the transcript is scrolled with the keyboard */}
      <div ref={scroller} className="scroll" tabIndex={0} role="log" aria-label="Transcript" aria-live="off">
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {rows.map((row) => {
            const block = blocks[row.index];
            if (!block) return null;
            return (
              <div
                key={row.key}
                ref={virtual.measureElement}
                data-index={row.index}
                data-seq={block.seq}
                className="log-row"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <BlockRow
                  block={block}
                  session={session}
                  entry={ledger.get(block.key)}
                  turnNumber={numbers.get(block.turnId ?? '')}
                  isFirst={row.index === 0}
                  isHit={target !== null && shows(block, target.seq)}
                  isOpen={opened.has(block.key)}
                  onToggle={opened.toggle}
                  isPhone={isPhone}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** Whether the prompt of a block's turn lies above it. */
function isPastPrompt(blocks: readonly Block[], block: Block): boolean {
  return (
    block.kind !== 'prompt' &&
    !(
      block.opensTurn &&
      blocks.some((one) => one.kind === 'prompt' && one.turnId === block.turnId && one.seq > block.seq)
    )
  );
}

/** The folds that are open. They live here because rows come and go while one scrolls. A hit is open by itself. */
function useOpened(blocks: readonly Block[], seq: number | null) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const hit = seq === null ? undefined : blocks.find((block) => shows(block, seq));
  const hitKey = hit && hit.kind !== 'prompt' && hit.kind !== 'prose' ? hit.key : null;
  useEffect(() => {
    if (hitKey !== null) setKeys((now) => new Set(now).add(hitKey));
  }, [hitKey]);
  const toggle = useCallback((key: string) => {
    setKeys((now) => {
      const next = new Set(now);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  return { has: (key: string) => keys.has(key), toggle };
}

function useLoadAtEnds(items: Items, first: number, last: number, count: number, isAiming: boolean): void {
  const { window, state, loadBefore, loadAfter } = items;
  const canLoad = state === 'ready' && count > 0 && !isAiming;
  useEffect(() => {
    if (canLoad && window.hasAfter && last >= count - nearRows) loadAfter();
    else if (canLoad && window.hasBefore && first <= nearRows) loadBefore();
  }, [canLoad, window, first, last, count, loadBefore, loadAfter]);
}
