/** Asks for more items when the drawn rows come near an end of what is loaded. */
import { useEffect } from 'react';
import type { Items } from './use-items.js';

/** Rows from the end of what is loaded at which more is asked for. */
const nearRows = 40;

export function useLoadAtEnds(items: Items, first: number, last: number, count: number, isAiming: boolean): void {
  const { window, state, loadBefore, loadAfter } = items;
  const canLoad = state === 'ready' && count > 0 && !isAiming;
  useEffect(() => {
    if (canLoad && window.hasAfter && last >= count - nearRows) loadAfter();
    else if (canLoad && window.hasBefore && first <= nearRows) loadBefore();
  }, [canLoad, window, first, last, count, loadBefore, loadAfter]);
}
