/**
 * The model check of live sessions: a real store, the server's subscriptions, the client's machine and the fold, under random
 * schedules of writing, losing, repeating and disordering. Every client ends with the whole log's state, and on the way
 * none shows what was never so. Without any one of the rules the check fails.
 */
import { openSqlite } from '@taffrail/store';
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Variant } from './support/stream-reader.js';
import { schedules } from './support/stream-schedule.js';
import { variants } from './support/stream-variants.js';
import { play } from './support/stream-world.js';

const seed = randomSeed();
const schedulesCount = Number(process.env['TAFFRAIL_SCHEDULES'] ?? 2_000);
// A rule that is left out shows within a few dozen, one about pieces of a snapshot within a few hundred.
const variantSchedules = 3_000;
const store = openSqlite({ path: ':memory:', now: Date.now });

afterAll(() => store.close());

const playing = (variant: Variant) => fc.asyncProperty(schedules, (moments) => play(store, moments, variant));

describe(`live sessions over a bad line (seed ${seed})`, () => {
  it(
    `C-beyond: ${schedulesCount} schedules end with every client at the whole log's state`,
    () => fc.assert(playing({}), { seed, numRuns: schedulesCount }),
    600_000,
  );

  it.each(Object.keys(variants))('C-beyond: the check fails %s', async (name) => {
    const variant = variants[name]?.() ?? {};
    const found = await fc.check(playing(variant), { seed, numRuns: variantSchedules, endOnFailure: true });
    expect(found.failed).toBe(true);
  });
});
