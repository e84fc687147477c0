/** Asks for more items when the drawn rows come near an end of what is loaded. */
import { useEffect } from 'react';
import type { Items } from './use-items.js';

/** Rows from the end of what is loaded at which more is asked for. */
const nearRows = 40;

/** `first` and `last` are the rows that are drawn; before any is, nobody knows which end is near. */
export function useLoadAtEnds(
  items: Items,
  first: number | undefined,
  last: number | undefined,
  count: number,
  isAiming: boolean,
): void {
  const { window, state, loadBefore, loadAfter } = items;
  const canLoad = state === 'ready' && !isAiming;
  useEffect(() => {
    if (!canLoad || first === undefined || last === undefined) return;
    if (window.hasAfter && last >= count - nearRows) loadAfter();
    else if (window.hasBefore && first <= nearRows) loadBefore();
  }, [canLoad, window, first, last, count, loadBefore, loadAfter]);
}
