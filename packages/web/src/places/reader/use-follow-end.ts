/**
 * Keeps the end in view for a reader who is there: while rows grow, come and go, and while the view itself changes its
 * height. Whoever scrolls up is left alone, however slowly they do it.
 */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** So close to the end counts as being there. */
export const endPx = 24;

type Input = {
  scroller: RefObject<HTMLDivElement | null>;
  virtual: Virtualizer<HTMLDivElement, Element>;
  /** Nothing is followed while an entry is looked for, or in a session that is only read. */
  isOn: boolean;
  hasRows: boolean;
  /** It begins at the end. */
  startsThere: boolean;
  /** Grows when the reader asked to be at the end: they have just sent something. */
  wishes: number;
};

export function useFollowEnd({ scroller, virtual, isOn, hasRows, startsThere, wishes }: Input): void {
  const isThere = useRef(startsThere);
  const height = useRef(0);
  useEffect(() => {
    const view = scroller.current;
    if (!view || !hasRows || !isOn) return;
    let top = view.scrollTop;
    const look = () => {
      const isUp = view.scrollTop < top - 1;
      top = view.scrollTop;
      const left = view.scrollHeight - view.clientHeight - top;
      if (left <= 2 || (!isUp && left <= endPx)) isThere.current = true;
      // A view that became smaller, or rows that went, also move the top; only a person moves it away from the end.
      else if (isUp && view.scrollHeight >= height.current) isThere.current = false;
      height.current = view.scrollHeight;
    };
    const resized = new ResizeObserver(() => {
      if (isThere.current) view.scrollTop = view.scrollHeight;
    });
    view.addEventListener('scroll', look, { passive: true });
    resized.observe(view);
    return () => {
      view.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [scroller, hasRows, isOn]);

  useEffect(() => {
    // Whoever asked for an entry wants to stay there.
    if (!isOn) isThere.current = false;
  }, [isOn]);

  useEffect(() => {
    if (wishes === 0) return;
    isThere.current = true;
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [wishes, scroller]);

  const total = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height is what there is to follow
  useLayoutEffect(() => {
    const view = scroller.current;
    if (!view || !isOn || !isThere.current) return;
    if (view.scrollHeight - view.clientHeight - view.scrollTop > 1) view.scrollTop = view.scrollHeight;
  }, [total, hasRows, isOn, scroller]);
}
