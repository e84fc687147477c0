/**
 * Money without rounding on the way: tokens are counted by the price they are charged at, and multiplied once, in whole
 * numbers. So a cost is the same however its requests were grouped and in whatever order they were added.
 */
import type { UnitPrices } from './prices.js';

/** Tokens by what they are charged as. Together they are all input and output. */
export interface ChargedTokens {
  uncached: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
}

// Prices are kept to a billionth of a microdollar per token.
const parts = 1_000_000_000;

export class CostSum {
  readonly #charged = new Map<UnitPrices, ChargedTokens>();

  add(price: UnitPrices, tokens: ChargedTokens): void {
    const sum = this.#charged.get(price);
    if (!sum) {
      this.#charged.set(price, { ...tokens });
      return;
    }
    sum.uncached += tokens.uncached;
    sum.cacheRead += tokens.cacheRead;
    sum.cacheWrite += tokens.cacheWrite;
    sum.cacheWrite1h += tokens.cacheWrite1h;
    sum.output += tokens.output;
  }

  addSum(other: CostSum): void {
    for (const [price, tokens] of other.#charged) this.add(price, tokens);
  }

  /** Whole microdollars, halves upwards. */
  micros(): number {
    let total = 0n;
    for (const [price, tokens] of this.#charged) {
      total += charge(tokens.uncached, price.input);
      total += charge(tokens.cacheRead, price.cacheRead);
      total += charge(tokens.cacheWrite, price.cacheWrite);
      total += charge(tokens.cacheWrite1h, price.cacheWrite1h);
      total += charge(tokens.output, price.output);
    }
    return rounded(total);
  }

  /**
   * What the cache saved: what was read from it and written to it, at the price of fresh input, less what it was charged.
   * Negative where writing cost more than reading spared. Whole microdollars, halves upwards.
   */
  savedMicros(): number {
    let total = 0n;
    for (const [price, { cacheRead, cacheWrite, cacheWrite1h }] of this.#charged) {
      total += charge(cacheRead, price.input) - charge(cacheRead, price.cacheRead);
      total += charge(cacheWrite, price.input) - charge(cacheWrite, price.cacheWrite);
      total += charge(cacheWrite1h, price.input) - charge(cacheWrite1h, price.cacheWrite1h);
    }
    return rounded(total);
  }
}

/** Halves upwards, also below 0, where the division of whole numbers would round towards it. */
function rounded(total: bigint): number {
  const [whole, least] = [BigInt(parts), total + BigInt(parts / 2)];
  const towardsZero = least / whole;
  return Number(least < 0n && least % whole !== 0n ? towardsZero - 1n : towardsZero);
}

function charge(tokens: number, price: number): bigint {
  return tokens === 0 ? 0n : BigInt(tokens) * BigInt(Math.round(price * parts));
}
