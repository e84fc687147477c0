/** Brings the section that the address names into sight, and keeps it there while what stands above it still loads. */
import { type RefObject, useEffect } from 'react';

/** By these somebody looks elsewhere, or works with what is there. */
const ownWays = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export function useInSight(body: RefObject<HTMLElement | null>, section: string | undefined): void {
  useEffect(() => {
    const frame = body.current;
    const content = frame?.firstElementChild;
    if (!section || !frame || !content) return;
    const show = () => frame.querySelector(`#${section}`)?.scrollIntoView({ block: 'start' });
    show();
    const growth = new ResizeObserver(show);
    growth.observe(content);
    const leave = () => growth.disconnect();
    for (const way of ownWays) frame.addEventListener(way, leave, { passive: true });
    return () => {
      leave();
      for (const way of ownWays) frame.removeEventListener(way, leave);
    };
  }, [body, section]);
}
