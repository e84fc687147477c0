/**
 * What a model's tokens cost at a time: from the user's own table first, else the price package. Prices are
 * microdollars per token (the same number as dollars per million). Usage is stored unpriced and priced when asked.
 */
import { calcPrice, type ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { sizeSteps } from '../plan/buckets.js';

export interface UnitPrices {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
}

/** A line of the user's price table: dollars per million tokens. */
export interface UserPrice {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  cacheWrite1h?: number;
}

export interface PriceQuestion {
  model: string;
  provider: string;
  /** Milliseconds since 1970. */
  at: number;
  /** See `sizeClass`: prices step up with the size of a request. */
  sizeClass: number;
}

export interface PriceTable {
  /** `null` when nobody knows this model's price. */
  pricesFor(question: PriceQuestion): UnitPrices | null;
  /** The model's context window in tokens, if known. */
  contextWindow(model: string, provider: string): number | null;
}

export function priceTable(userPrices: Readonly<Record<string, UserPrice>> = {}): PriceTable {
  const known = new Map<string, UnitPrices | null>();
  return {
    pricesFor: (question) => {
      const own = userPrices[question.model];
      if (own) return fromUser(own);
      const key = `${question.model}\u0000${question.provider}\u0000${question.sizeClass}\u0000${question.at}`;
      if (!known.has(key)) known.set(key, fromPackage(question));
      return known.get(key) ?? null;
    },
    contextWindow: (model, provider) => lookUp(model, provider, Date.now())?.model.context_window ?? null,
  };
}

function fromUser(price: UserPrice): UnitPrices {
  const cacheWrite = price.cacheWrite ?? price.input;
  return { input: price.input, output: price.output, cacheRead: price.cacheRead ?? price.input, cacheWrite, cacheWrite1h: price.cacheWrite1h ?? cacheWrite };
}

function fromPackage(question: PriceQuestion): UnitPrices | null {
  const found = lookUp(question.model, question.provider, question.at);
  if (!found) return null;
  const price = (name: string) => unitPrice(found.model_price, name, question.sizeClass);
  const [input, output] = [price('input_mtok'), price('output_mtok')];
  if (input === undefined || output === undefined) return null;
  const cacheWrite = price('cache_write_mtok') ?? input;
  return { input, output, cacheRead: price('cache_read_mtok') ?? input, cacheWrite, cacheWrite1h: price('cache_write_1h_mtok') ?? cacheWrite };
}

/** The provider that served it, where the log names one the table has; else whoever offers a model of that name. */
function lookUp(model: string, provider: string, at: number) {
  const ask = (options: { providerId?: string }) => {
    try {
      return calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { ...options, timestamp: new Date(at) });
    } catch {
      // The package throws for a provider it does not know; for us that is just no price.
      return null;
    }
  };
  return (provider ? ask({ providerId: provider }) : null) ?? ask({});
}

function unitPrice(prices: ModelPrice, name: string, size: number): number | undefined {
  const price = prices[name];
  if (price === undefined || typeof price === 'number') return price;
  return tierPrice(price, size);
}

/** The price of the highest tier that a request of this class reaches; the whole request is charged at it. */
function tierPrice(price: TieredPrices, size: number): number {
  const inputTokens = size === 0 ? 0 : (sizeSteps[size - 1] ?? 0) + 1;
  const reached = price.tiers.filter((tier) => inputTokens > tier.start).sort((one, other) => other.start - one.start);
  return reached[0]?.price ?? price.base;
}
