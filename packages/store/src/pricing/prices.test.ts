/** Prices by model, size and time. */
import { describe, expect, test } from 'vitest';
import { priceTable } from './prices.js';

const at = Date.parse('2026-11-20T12:00:00Z');

describe('prices', () => {
  test('F5: a model that nobody prices has no price, not a price of 0', () => {
    expect(priceTable().pricesFor({ model: 'made-up-model', provider: '', at, sizeClass: 0 })).toBeNull();
  });

  test('the owner’s own table comes before the package, and a missing cache price is the input price', () => {
    const table = priceTable({ 'claude-sonnet-4-5': { input: 1, output: 2 } });
    const expected = { input: 1, output: 2, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1 };
    expect(table.pricesFor({ model: 'claude-sonnet-4-5', provider: 'anthropic', at, sizeClass: 0 })).toEqual(expected);
  });

  test('a provider the package does not know leaves the model’s usual price', () => {
    const table = priceTable();
    const known = table.pricesFor({ model: 'claude-sonnet-4-5', provider: 'anthropic', at, sizeClass: 0 });
    expect(known).not.toBeNull();
    expect(table.pricesFor({ model: 'claude-sonnet-4-5', provider: 'nobody', at, sizeClass: 0 })).toEqual(known);
  });

  test('a larger request costs more where the provider says so', () => {
    const table = priceTable();
    const small = table.pricesFor({ model: 'gemini-2.5-pro', provider: 'google', at, sizeClass: 0 });
    const large = table.pricesFor({ model: 'gemini-2.5-pro', provider: 'google', at, sizeClass: 6 });
    expect(large?.input).toBeGreaterThan(small?.input ?? Number.NaN);
  });

  test('the price is that of the time of use', () => {
    const price = (day: string) =>
      priceTable().pricesFor({ model: 'o3', provider: 'openai', at: Date.parse(day), sizeClass: 0 })?.input;
    expect([price('2025-06-09'), price('2025-06-10')]).toEqual([10, 2]);
  });
});
