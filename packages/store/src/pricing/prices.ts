/**
 * What a model's tokens cost at a time: from the user's own table first, else the price package. Prices are
 * microdollars per token (the same number as dollars per million). Usage is stored unpriced and priced when asked.
 */
import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { sizeSteps } from '../plan/buckets.js';
import { priceChooser } from './active-price.js';
import { findModel } from './find-model.js';

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
  /** True where the hour of the day matters. Otherwise prices change at midnight UTC, if at all. */
  changesWithinDay(model: string, provider: string): boolean;
}

interface KnownModel {
  priceAt: (at: number) => ModelPrice | undefined;
  contextWindow: number | null;
  changesWithinDay: boolean;
}

const unknownModel: KnownModel = { priceAt: () => undefined, contextWindow: null, changesWithinDay: false };

/** Looks each model up once: a report asks for the same few models tens of thousands of times. */
export function priceTable(userPrices: Readonly<Record<string, UserPrice>> = {}): PriceTable {
  const own = new Map(Object.entries(userPrices).map(([model, price]) => [model, fromUser(price)]));
  const providers = new Map<string, Map<string, KnownModel>>();
  const units = new Map<ModelPrice, (UnitPrices | null)[]>();
  const modelOf = (model: string, provider: string) => {
    const models = known(providers, provider, () => new Map<string, KnownModel>());
    return known(models, model, () => lookUp(model, provider));
  };
  return {
    pricesFor: ({ model, provider, at, sizeClass }) => {
      const set = own.get(model);
      if (set) return set;
      const price = modelOf(model, provider).priceAt(at);
      if (!price) return null;
      return known(units, price, () => unitsOf(price))[sizeClass] ?? null;
    },
    contextWindow: (model, provider) => modelOf(model, provider).contextWindow,
    changesWithinDay: (model, provider) => !own.has(model) && modelOf(model, provider).changesWithinDay,
  };
}

function known<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = values.get(key);
  if (found !== undefined) return found;
  const made = make();
  values.set(key, made);
  return made;
}

function fromUser(price: UserPrice): UnitPrices {
  const cacheWrite = price.cacheWrite ?? price.input;
  return {
    input: price.input,
    output: price.output,
    cacheRead: price.cacheRead ?? price.input,
    cacheWrite,
    cacheWrite1h: price.cacheWrite1h ?? cacheWrite,
  };
}

/** By size class. Where no price steps up they are one object, so that sums are multiplied by it once. */
function unitsOf(prices: ModelPrice): (UnitPrices | null)[] {
  const least = unitPrices(prices, 0);
  const stepsUp = Object.values(prices).some((price) => typeof price === 'object');
  return [least, ...sizeSteps.map((_step, index) => (stepsUp ? unitPrices(prices, index + 1) : least))];
}

function unitPrices(prices: ModelPrice, sizeClass: number): UnitPrices | null {
  const price = (name: string) => unitPrice(prices, name, sizeClass);
  const [input, output] = [price('input_mtok'), price('output_mtok')];
  if (input === undefined || output === undefined) return null;
  const cacheWrite = price('cache_write_mtok') ?? input;
  return {
    input,
    output,
    cacheRead: price('cache_read_mtok') ?? input,
    cacheWrite,
    cacheWrite1h: price('cache_write_1h_mtok') ?? cacheWrite,
  };
}

function lookUp(model: string, provider: string): KnownModel {
  const found = findModel(model, provider);
  if (!found) return unknownModel;
  const { prices, context_window } = found;
  const changesWithinDay =
    Array.isArray(prices) && prices.some(({ constraint }) => constraint?.type === 'time_of_date');
  return { priceAt: priceChooser(prices), contextWindow: context_window ?? null, changesWithinDay };
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
