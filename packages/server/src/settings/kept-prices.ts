/** Prices as config.toml has them now. */
import { isDeepStrictEqual } from 'node:util';
import { type LivePrices, livePrices } from '@taffrail/store';
import type { LiveSettings } from './live-settings.js';

/** The table of these settings, replaced whenever the user's own prices are others. */
export function keptPrices(live: LiveSettings): LivePrices {
  let own = live.current.prices;
  const table = livePrices(own);
  live.onChanged(() => {
    const next = live.current.prices;
    if (isDeepStrictEqual(own, next)) return;
    own = next;
    table.replace(own);
  });
  return table;
}
