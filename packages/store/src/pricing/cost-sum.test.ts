/** Money that is multiplied once, and what a cache saved of it. */
import { expect, test } from 'vitest';
import { CostSum } from './cost-sum.js';

const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 };
const none = { uncached: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

function sumOf(...charged: readonly Partial<typeof none>[]): CostSum {
  const sum = new CostSum();
  for (const tokens of charged) sum.add(price, { ...none, ...tokens });
  return sum;
}

test('F5: a cache saves what its reads were spared, less what its writes cost more than fresh input', () => {
  const tokens = { uncached: 1_000, cacheRead: 100_000, cacheWrite: 4_000, cacheWrite1h: 1_000, output: 500 };
  expect(sumOf(tokens).savedMicros()).toBe(100_000 * 2.7 - 4_000 * 0.75 - 1_000 * 3);
});

test('F5: what was only written has cost more than fresh input, whole microdollars below 0, too', () => {
  expect([2, 3, 4].map((cacheWrite) => sumOf({ cacheWrite }).savedMicros())).toEqual([-1, -2, -3]);
  expect(sumOf({ uncached: 5, output: 7 }).savedMicros()).toBe(0);
});

test('F5: the saving is the same however its requests are grouped', () => {
  const parts = [{ cacheRead: 1 }, { cacheRead: 1, cacheWrite: 1 }, { cacheWrite1h: 1 }];
  const whole = new CostSum();
  for (const part of parts) whole.addSum(sumOf(part));
  expect(whole.savedMicros()).toBe(sumOf(...parts.toReversed()).savedMicros());
  expect(whole.savedMicros()).toBe(Math.round(2 * 2.7 - 0.75 - 3));
});
