/** The axis: its folds, and that moments and places are two words for one thing. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  elapsedWords,
  momentAt,
  moved,
  placeOf,
  revealing,
  type Stretch,
  ticksOf,
  timeAxis,
  zoomed,
} from './time-axis.js';

const seed = randomSeed();
const hour = 3_600_000;

it('D3: a night between two turns takes a sliver of the axis, and what is done keeps its length', () => {
  const axis = timeAxis([
    { fromMs: 0, toMs: 60_000 },
    { fromMs: 9 * hour, toMs: 9 * hour + 30_000 },
  ]);
  expect(axis.folds).toHaveLength(1);
  expect(placeOf(axis, 60_000) - placeOf(axis, 0)).toBe(60_000);
  expect(placeOf(axis, 9 * hour + 30_000) - placeOf(axis, 9 * hour)).toBe(30_000);
  expect(axis.length).toBeLessThan(95_000);
});

it('D3: a short pause is left as it is', () => {
  expect(
    timeAxis([
      { fromMs: 0, toMs: 60_000 },
      { fromMs: 70_000, toMs: 80_000 },
    ]),
  ).toEqual({
    startMs: 0,
    length: 80_000,
    folds: [],
  });
});

const stretches = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 50 * hour }), fc.integer({ min: 0, max: hour }))
    .map(([fromMs, length]): Stretch => ({ fromMs, toMs: fromMs + length })),
  { minLength: 1, maxLength: 20 },
);

it(`D3: later moments stand further right, all on the axis, and every place says its moment (seed ${seed})`, () => {
  fc.assert(
    fc.property(stretches, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }), (busy, shares) => {
      const axis = timeAxis(busy);
      const end = Math.max(...busy.map(({ toMs }) => toMs));
      const moments = [axis.startMs, end, ...shares.map((share) => axis.startMs + share * (end - axis.startMs))];
      const places = moments.sort((one, other) => one - other).map((ms) => placeOf(axis, ms));
      places.forEach((place, index) => {
        expect(place).toBeGreaterThanOrEqual((places[index - 1] ?? 0) - 1e-6);
        expect(place).toBeLessThanOrEqual(axis.length + 1e-3);
        expect(Math.abs(placeOf(axis, momentAt(axis, place)) - place)).toBeLessThan(1e-3);
      });
    }),
    { seed, numRuns: 500 },
  );
});

it('D3: zooming keeps what is under the pointer, and neither zooming nor moving leaves the axis', () => {
  const axis = timeAxis([{ fromMs: 0, toMs: 100_000 }]);
  const all = { from: 0, to: axis.length };
  expect(zoomed(all, axis, 0.5, 40_000)).toEqual({ from: 20_000, to: 70_000 });
  expect(zoomed({ from: 0, to: 50_000 }, axis, 4, 1000)).toEqual(all);
  expect(moved({ from: 60_000, to: 90_000 }, axis, 50_000)).toEqual({ from: 70_000, to: 100_000 });
});

it.each([
  [0, 30_000, '0 s'],
  [30_000, 30_000, '30 s'],
  [90_000, 30_000, '1m 30s'],
  [90_500, 500, '1:30.5'],
  [1_020, 20, '1.02 s'],
  [3_600_000, 1_800_000, '1h'],
  [9_900_000, 30_000, '2:45:00'],
  [9_930_000, 30_000, '2:45:30'],
  [9_930_005, 5, '2:45:30.005'],
])('D3: lines beside each other have names of their own: %i ms, every %i ms', (ms, stepMs, words) => {
  expect(elapsedWords(ms, stepMs)).toBe(words);
});

it('D3: what is selected off the view is brought on it, and what is on it moves nothing', () => {
  const axis = timeAxis([{ fromMs: 0, toMs: 100_000 }]);
  const view = { from: 20_000, to: 30_000 };
  expect(revealing(view, axis, { from: 29_000, to: 60_000 })).toBe(view);
  expect(revealing(view, axis, { from: 60_000, to: 62_000 })).toEqual({ from: 56_000, to: 66_000 });
  expect(revealing(view, axis, { from: 40_000, to: 90_000 })).toEqual({ from: 40_000, to: 50_000 });
  expect(revealing(view, axis, { from: 99_000, to: 100_000 })).toEqual({ from: 90_000, to: 100_000 });
});

it('D3: lines stand at round times, no more than fit', () => {
  const axis = timeAxis([{ fromMs: 5000, toMs: 166_000 }]);
  const { places: ticks } = ticksOf(axis, { from: 0, to: axis.length }, 6);
  expect(ticks.map(({ at }) => at)).toEqual([0, 30_000, 60_000, 90_000, 120_000, 150_000]);
  expect(ticks.map(({ ms }) => ms)).toEqual([5000, 35_000, 65_000, 95_000, 125_000, 155_000]);
  const folded = timeAxis([
    { fromMs: 5000, toMs: 66_000 },
    { fromMs: 7_205_000, toMs: 7_266_000 },
  ]);
  const { places } = ticksOf(folded, { from: 0, to: folded.length }, 6);
  expect(places.map(({ ms }) => ms)).toEqual([5000, 30_000, 60_000, 7_230_000, 7_260_000]);
});
