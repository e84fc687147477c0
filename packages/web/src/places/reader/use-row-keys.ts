/** Arrows, Home and End move the focus from row to row of a virtual list; what is not drawn yet is drawn first. */
import { type KeyboardEvent, type RefObject, useCallback } from 'react';

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};
/** A row far away is drawn within a few frames. */
const framesMax = 20;

/** Each row bears its place as `data-index`; the first button or link in it takes the focus. */
export function useRowKeys(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  scrollToIndex: (index: number) => void,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event: KeyboardEvent) => {
      const step = steps[event.key];
      const at = event.target instanceof Element ? placeOfRow(event.target) : null;
      if (!step || at === null || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = step(at, count);
      if (next < 0 || next >= count) return;
      scrollToIndex(next);
      focusRow(scroller, next, framesMax);
    },
    [scroller, count, scrollToIndex],
  );
}

/** The place of the row that an element is in. */
export function placeOfRow(element: Element): number | null {
  const row = element.closest('[data-index]');
  return row ? Number(row.getAttribute('data-index')) : null;
}

function focusRow(scroller: RefObject<HTMLElement | null>, index: number, framesLeft: number): void {
  const button = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] :is(button, a)`);
  if (button) button.focus();
  else if (framesLeft > 0) requestAnimationFrame(() => focusRow(scroller, index, framesLeft - 1));
}
