/**
 * Goes to the entry that was asked for. Rows are measured only when they are drawn, so the first aim is a guess: it is
 * corrected frame by frame until the entry stands still where it belongs, or until the reader takes over.
 */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Block, indexOfSeq } from './blocks.js';
import type { Items } from './use-items.js';

/** `visit` grows with every request, for the same entry too. */
export type Target = { seq: number; visit: number };

/** Where the entry's top comes to stand below the top of the view: under the prompt that stays there. */
const topPx = 40;
const stillFrames = 3;
const framesMax = 60;

type Input = {
  items: Items;
  blocks: readonly Block[];
  target: Target | null;
  /** One may begin at the target. */
  turns: readonly { turnId: string; seq: number }[];
  scroller: RefObject<HTMLDivElement | null>;
  virtual: Virtualizer<HTMLDivElement, Element>;
};

/** Whether it is on its way: nothing may be loaded before the view meanwhile, or the aim would move. */
export function useScrollToTarget({ items, blocks, target, turns, scroller, virtual }: Input): boolean {
  const [isAiming, setIsAiming] = useState(target !== null);
  const { open, opening, state } = items;
  const seq = target?.seq ?? null;
  const visit = target?.visit ?? 0;
  const latest = useRef({ blocks, virtual, turns });
  latest.current = { blocks, virtual, turns };
  useEffect(() => {
    if (seq !== null && visit > 0) open(seq);
  }, [seq, visit, open]);

  const isLoaded = state === 'ready' && blocks.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new opening and a new visit are wishes of their own
  useEffect(() => {
    const view = scroller.current;
    if (!isLoaded || !view) return;
    if (seq === null) return setIsAiming(false);
    setIsAiming(true);
    const stop = aim(view, seq, latest, () => setIsAiming(false));
    const takeOver = () => {
      stop();
      setIsAiming(false);
    };
    const inputs = ['wheel', 'pointerdown', 'touchstart', 'keydown'];
    for (const name of inputs) addEventListener(name, takeOver, { passive: true, once: true });
    return () => {
      stop();
      for (const name of inputs) removeEventListener(name, takeOver);
    };
  }, [isLoaded, opening, seq, visit, scroller]);
  return isAiming;
}

type Latest = RefObject<Pick<Input, 'blocks' | 'virtual' | 'turns'>>;

/** Corrects the scroll position every frame. Returns how to stop. */
function aim(view: HTMLDivElement, seq: number, latest: Latest, onDone: () => void): () => void {
  let frame = 0;
  let frames = 0;
  let still = 0;
  const step = () => {
    frames += 1;
    still = correct(view, seq, latest) ? still + 1 : 0;
    if (still >= stillFrames || frames >= framesMax) onDone();
    else frame = requestAnimationFrame(step);
  };
  step();
  return () => cancelAnimationFrame(frame);
}

/** One correction; true where nothing had to be, or could be, corrected. */
function correct(view: HTMLDivElement, seq: number, latest: Latest): boolean {
  const { blocks, virtual, turns } = latest.current;
  const index = indexOfSeq(blocks, seq, turns.find((turn) => turn.seq === seq)?.turnId);
  if (index < 0) return true;
  const before = view.scrollTop;
  const row = view.querySelector(`[data-index="${index}"]`);
  if (row) view.scrollTop += row.getBoundingClientRect().top - view.getBoundingClientRect().top - topPx;
  else view.scrollTop = (virtual.getOffsetForIndex(index, 'start')?.[0] ?? 0) - topPx;
  return Math.abs(view.scrollTop - before) <= 1;
}
