/** The transcript: virtual rows in three columns, anchored while it grows at either end. */
import type { RewindMark, SessionSummary, TimelineTurn, UsageRequest } from '@taffrail/wire';
import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useIsPhone } from '../../app/media.js';
import { AfterDelay, Blank, Failed } from '../../parts/states.js';
import { BlockRow } from './block-row.js';
import { type Block, shows } from './blocks.js';
import type { LiveFacts } from './live-rows.js';
import { NewOutput } from './new-output.js';
import { ledgerOf } from './steps.js';
import { StuckPrompt } from './stuck-prompt.js';
import { TranscriptSkeleton } from './transcript-skeleton.js';
import { useBlocks } from './use-blocks.js';
import { useFindMarks } from './use-find-marks.js';
import { useFollowEnd } from './use-follow-end.js';
import type { Items } from './use-items.js';
import { useLoadAtEnds } from './use-load-at-ends.js';
import { useOpened } from './use-opened.js';
import { useRows } from './use-rows.js';
import { type Target, useScrollToTarget } from './use-scroll-to-target.js';

/** The line below which a row counts as the one being read: under the prompt that stays on top. */
const readingPx = 44;

type TranscriptProps = {
  session: SessionSummary;
  items: Items;
  requests: readonly UsageRequest[];
  turns: readonly TimelineTurn[];
  /** The entry that was asked for: scrolled to and marked. */
  target: Target | null;
  find: string | undefined;
  /** Of a session that runs here: what stands between its items, and that its end is where one reads. */
  live?: LiveFacts;
  /** Of one that is only read: where turns were set aside. */
  rewinds?: readonly RewindMark[] | undefined;
  /** Grows when the reader asked to be at the end. */
  wishes?: number;
  menuOf?: (turnId: string) => ReactNode;
  /** What stands in place of rows while there are none. */
  empty?: ReactNode;
  /** Tells which turn is at the top of the view. */
  onTurn: (turnId: string | null) => void;
};

export function Transcript(props: TranscriptProps) {
  const { session, items, requests, turns, target, find, live, wishes = 0, empty, onTurn } = props;
  const isPhone = useIsPhone();
  const scroller = useRef<HTMLDivElement>(null);
  const { blocks, keys, runningTurnId } = useBlocks(items.window.items, live, useMarksHere(items, props.rewinds));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a growing text moves no figure, and there are many a second
  const ledger = useMemo(() => ledgerOf(blocks, requests), [keys, requests]);
  const numbers = useMemo(() => new Map(turns.map((turn, index) => [turn.turnId, index + 1])), [turns]);
  const opened = useOpened(blocks, target?.seq ?? null);
  const follows = live !== undefined;
  const virtual = useRows({ blocks, keys, scroller, follows, startsAtEnd: follows && target === null });
  const rows = virtual.getVirtualItems();

  const isAiming = useScrollToTarget({ items, blocks, target, turns, scroller, virtual });
  useLoadAtEnds(items, rows[0]?.index, rows.at(-1)?.index, blocks.length, isAiming);
  useFindMarks(scroller, find);
  useFollowEnd({
    scroller,
    virtual,
    isOn: follows && !isAiming,
    hasRows: blocks.length > 0,
    startsThere: follows && target === null,
    wishes,
  });

  const top = virtual.getVirtualItemForOffset(scrolled(virtual) + readingPx);
  const topBlock = top ? blocks[top.index] : blocks[0];
  const topTurn = topBlock?.turnId ?? null;
  useEffect(() => onTurn(topTurn), [topTurn, onTurn]);

  if (blocks.length === 0) return empty ?? <NoRows items={items} />;
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
              <RowFrame key={row.key} row={row} seq={block.seq} measure={virtual.measureElement}>
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
                  menuOf={props.menuOf}
                  isTight={isTight(ledger, blocks, row.index)}
                  isRunning={runningTurnId !== null && block.turnId === runningTurnId}
                  isAsked={block.kind === 'tool' && blocks[row.index + 1]?.kind === 'ask'}
                />
              </RowFrame>
            );
          })}
        </div>
      </div>
      {follows ? <NewOutput virtual={virtual} blocks={blocks} /> : null}
    </>
  );
}

/** The marks among what is loaded; there is no way back from here, so none offers it. */
function useMarksHere({ window }: Items, rewinds: readonly RewindMark[] | undefined) {
  const { items, hasBefore, hasAfter } = window;
  const from = hasBefore ? (items[0]?.seq ?? 0) : 0;
  const to = hasAfter ? (items.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY;
  return useMemo(
    () =>
      rewinds?.filter(({ seq }) => seq >= from && seq <= to).map((mark): RewindMark => ({ ...mark, isOpen: false })),
    [rewinds, from, to],
  );
}

type RowFrameProps = { row: VirtualItem; seq: number; measure: (element: Element | null) => void; children: ReactNode };

/** A row at its place, measured as it is drawn. */
function RowFrame({ row, seq, measure, children }: RowFrameProps) {
  const style = { transform: `translateY(${row.start}px)` };
  return (
    <div ref={measure} data-index={row.index} data-seq={seq} className="log-row" style={style}>
      {children}
    </div>
  );
}

/** How far it is scrolled. While everything fits into the view that is 0, whatever the virtualiser meant to follow. */
function scrolled(virtual: Virtualizer<HTMLDivElement, Element>): number {
  const most = Math.max(0, virtual.getTotalSize() - (virtual.scrollRect?.height ?? 0));
  return Math.min(virtual.scrollOffset ?? 0, most);
}

/** What stands in place of rows: why there are none. */
function NoRows({ items }: { items: Items }) {
  if (typeof items.state === 'object') {
    return (
      <div className="p-4">
        <Failed what="This session could not be read" problem={items.state.problem} onRetry={() => items.open(null)} />
      </div>
    );
  }
  if (items.state === 'loading') {
    return (
      <AfterDelay>
        <TranscriptSkeleton />
      </AfterDelay>
    );
  }
  return (
    <div className="px-6">
      <Blank fact="This log holds no entries">Its file names a session in which nothing was said.</Blank>
    </div>
  );
}

/** Figures beside this row and beside the next: they need the height of both their lines. */
function isTight(ledger: ReadonlyMap<string, unknown>, blocks: readonly Block[], index: number): boolean {
  const next = blocks[index + 1];
  return next !== undefined && ledger.has(next.key) && ledger.has(blocks[index]?.key ?? '');
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
