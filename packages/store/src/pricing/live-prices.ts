/** A price table that gives way to another while the program runs: whoever holds it asks the one in force. */
import { type PriceTable, priceTable, type UserPrice } from './prices.js';

type UserPrices = Readonly<Record<string, UserPrice>>;

export interface LivePrices extends PriceTable {
  /** Puts other prices of the user's own in force. */
  replace(userPrices: UserPrices): void;
  /** How often they were replaced: what was priced under another revision is void. */
  revision(): number;
}

export function livePrices(userPrices: UserPrices): LivePrices {
  let table = priceTable(userPrices);
  let revision = 0;
  return {
    pricesFor: (question) => table.pricesFor(question),
    contextWindow: (model, provider) => table.contextWindow(model, provider),
    changesWithinDay: (model, provider) => table.changesWithinDay(model, provider),
    replace: (next) => {
      table = priceTable(next);
      revision += 1;
    },
    revision: () => revision,
  };
}

/** Moves with the log and with the prices, for what is kept until either changes. */
export function pricedVersion(
  store: { dataVersion(): number },
  { revision = () => 0 }: PriceTable & Partial<LivePrices>,
): { dataVersion(): number } {
  // Neither ever falls, so that their sum stays only where both do.
  return { dataVersion: () => store.dataVersion() + revision() };
}
