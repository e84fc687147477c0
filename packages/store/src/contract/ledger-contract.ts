/** The contract of the ledger: of all logs that hold a request one counts it, whatever is imported first. */

import { totalsOf } from '@taffrail/session';
import { randomSeed } from '@taffrail/testing';
import { tokenFields, type UsageTotals } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counted, counting, gather } from '../analytics/counted.js';
import type { NewRow, SessionAppend } from '../commit.js';
import type { Store } from '../store.js';
import { type Counted as CountedByHand, countByHand, ownersByHand } from './ledger-by-hand.js';
import { commit, emptyStore, everything, logOf, type NewPlace, sessionOf, stateOf } from './place.js';
import { append, at, isoAt, noTokens, usage } from './sample-rows.js';

const seed = randomSeed();

export function ledgerContract(newPlace: NewPlace): void {
  owners(newPlace);
  properties(newPlace);
}

/** Owned requests per session, in any of the orders in which these can be committed. */
async function expectInAnyOrder(
  newPlace: NewPlace,
  appends: SessionAppend[],
  counts: Record<string, number>,
): Promise<void> {
  for (const order of permutations(appends)) {
    const store = await emptyStore(newPlace);
    for (const each of order) await commit(store, each);
    const sessions = await store.queries.selectFrom('sessions').select(['id', 'requests']).execute();
    expect(Object.fromEntries(sessions.map((session) => [session.id, session.requests]))).toEqual(counts);
    await store.close();
  }
}

function permutations<Each>(all: readonly Each[]): Each[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((each, index) =>
    permutations([...all.slice(0, index), ...all.slice(index + 1)]).map((rest) => [each, ...rest]),
  );
}

function owners(newPlace: NewPlace): void {
  describe('the owner of a request', () => {
    it('F-beyond: is the log that says so, else the one that does not call it a copy', () =>
      expectInAnyOrder(
        newPlace,
        [
          append('a', usage('r', { minute: 1, claim: 'copy' })),
          append('b', usage('r', { minute: 5 })),
          append('c', usage('r', { minute: 9, claim: 'own' })),
        ],
        { a: 0, b: 0, c: 1 },
      ));

    it('F-beyond: is the earliest, where no log says', () =>
      expectInAnyOrder(
        newPlace,
        [
          append('z', usage('r', { minute: 1 })),
          append('a', usage('r', { minute: 2 })),
          append('b', usage('r', { minute: 2 })),
        ],
        { z: 1, a: 0, b: 0 },
      ));

    it('F-beyond: of logs that agree in everything is the one that went its own way later', () =>
      expectInAnyOrder(
        newPlace,
        [
          append('fork', usage('r1', { minute: 1 }), usage('f', { minute: 3 })),
          append('original', usage('r1', { minute: 1 }), usage('o', { minute: 8 })),
        ],
        { fork: 1, original: 2 },
      ));

    it('F-beyond: of logs that are the same is the one whose id comes first', () =>
      expectInAnyOrder(newPlace, [append('b', usage('r1')), append('a', usage('r1')), append('c', usage('r1'))], {
        a: 1,
        b: 0,
        c: 0,
      }));

    it('F-beyond: a copy without its original counts', () =>
      expectInAnyOrder(newPlace, [append('fork', usage('r1', { claim: 'copy' }), usage('f'))], { fork: 2 }));

    it('F-beyond: a replay belongs to the log that holds the original, through any number of replays', () =>
      expectInAnyOrder(
        newPlace,
        [
          append('a', usage('a:1', { minute: 9 })),
          append('b', usage('b:1', { minute: 5, originKey: 'a:1' })),
          append('c', usage('c:1', { minute: 3, originKey: 'b:1' })),
          append('d', usage('c:1', { minute: 7 })),
        ],
        { a: 1, b: 0, c: 0, d: 0 },
      ));

    it('F-beyond: replays that go round in a circle end somewhere', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        append('a', usage('a:1', { originKey: 'b:1' })),
        append('b', usage('b:1', { originKey: 'a:1' })),
      );
      expect(await sessionOf(store, 'a')).toBeDefined();
    });

    it('F-beyond: a late arrival moves the count, and both logs say so at the request’s own time', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('fork', usage('r1', { minute: 5 }), usage('r2', { minute: 6 })));
      const { newRequests, changed } = await commit(store, append('original', usage('r1', { minute: 1 })));
      expect(newRequests).toBe(0);
      expect(changed.map((each) => each.sessionId).sort()).toEqual(['fork', 'original']);
      expect(await sessionOf(store, 'fork')).toMatchObject({ requests: 1, created_at: at(5), updated_at: at(6) });
      const last = (await logOf(store, 'fork')).at(-1);
      expect(last).toMatchObject({
        at: isoAt(5),
        data: { attemptId: 'r1', inheritedFrom: 'original', totals: { requests: 1 } },
      });
    });

    it('F-beyond: is decided anew as tied logs grow, without a row where nothing changes', async () => {
      const store = await emptyStore(newPlace);
      const [one, other] = [append('one', usage('r1', { minute: 1 })), append('other', usage('r1', { minute: 1 }))];
      await commit(store, one, other);
      const counts = async () => [(await sessionOf(store, 'one')).requests, (await sessionOf(store, 'other')).requests];
      expect(await counts()).toEqual([1, 0]);
      await commit(store, append('one', usage('x', { minute: 4 })));
      expect(await counts()).toEqual([1, 1]);
      await commit(store, append('other', usage('y', { minute: 3 })));
      expect(await counts()).toEqual([2, 1]);
      expect(await commit(store, append('other', usage('z', { minute: 9 })))).toMatchObject({ newRows: 1 });
    });
  });
}

const figure = fc.option(fc.integer({ min: 0, max: 30 }), { nil: null, freq: 3 });
const usageRow = fc
  .record({
    request: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    stated: fc.record({
      minute: fc.constantFrom(1, 2, 40, 41),
      claim: fc.constantFrom('unknown' as const, 'unknown' as const, 'own' as const, 'copy' as const),
      model: fc.constantFrom('model-a', 'model-b'),
      final: fc.boolean(),
      tokens: fc.record({
        inputTokens: figure,
        outputTokens: figure,
        cacheReadTokens: figure,
        reasoningTokens: figure,
      }),
      placeholder: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null, freq: 3 }),
    }),
    replayed: fc.option(fc.constantFrom('r1', 'r2', 'r3', 'r4'), { nil: null, freq: 3 }),
  })
  .map(
    ({ request, stated: { tokens, placeholder, ...stated }, replayed }): NewRow =>
      usage(request, {
        ...noTokens,
        ...tokens,
        ...stated,
        ...(placeholder === null ? {} : { outputTokens: null, outputPlaceholder: placeholder }),
        ...(replayed === null || replayed === request ? {} : { originKey: replayed }),
      }),
  );

/** A request's identity is a property of the request: each session names one origin for it. */
function consistent(appends: SessionAppend[]): SessionAppend[] {
  const origins = new Map<string, string | undefined>();
  return appends.map((each) => ({
    ...each,
    rows: each.rows.map((row) => {
      if (row.kind !== 'usage.recorded') return row;
      const id = `${each.sessionId} ${row.identity.key}`;
      if (!origins.has(id)) origins.set(id, row.identity.originKey);
      const { originKey: _any, ...identity } = row.identity;
      const originKey = origins.get(id);
      return { ...row, identity: originKey ? { ...identity, originKey } : identity };
    }),
  }));
}

const batches = fc
  .array(fc.tuple(fc.constantFrom('s1', 's2', 's3'), fc.array(usageRow, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((all) => consistent(all.map(([id, rows]) => append(id, ...rows))));

async function filled(newPlace: NewPlace, all: readonly SessionAppend[], perCommit: number): Promise<Store> {
  const store = await emptyStore(newPlace);
  for (let from = 0; from < all.length; from += perCommit) await commit(store, ...all.slice(from, from + perCommit));
  return store;
}

async function ownersIn(store: Store): Promise<Record<string, string>> {
  const rows = await store.queries
    .selectFrom('usage_facts')
    .innerJoin('sessions', 'sessions.num', 'usage_facts.num')
    .select(['id', 'key', 'inherited_from'])
    .execute();
  return Object.fromEntries(rows.map((row) => [`${row.id} ${row.key}`, row.inherited_from ?? row.id]));
}

const countedOf = (totals: UsageTotals | null): CountedByHand | null =>
  totals && {
    requests: totals.requests,
    figures: Object.fromEntries(tokenFields.map((field) => [field, totals[field]])) as CountedByHand['figures'],
    reported: totals.reported,
  };

/** Every place that a session's totals can be read from. */
async function expectOneTruth(store: Store, id: string, expected: CountedByHand | null): Promise<void> {
  const session = await sessionOf(store, id);
  const stored = session.totals === null ? null : (JSON.parse(session.totals) as UsageTotals);
  expect(countedOf(stored)).toEqual(expected);
  expect(totalsOf(await stateOf(store, id))).toEqual(stored);
  const lastUsage = (await logOf(store, id)).filter((row) => row.kind === 'usage.recorded').at(-1);
  expect(lastUsage?.data).toHaveProperty('totals', stored);
  expect([session.requests, session.input_tokens, session.output_tokens]).toEqual([
    expected?.requests ?? 0,
    expected?.figures.inputTokens ?? null,
    expected?.figures.outputTokens ?? null,
  ]);
  expect(await inBuckets(store, session.num)).toEqual(expected ?? none);
  expect(await inFacts(store, session.num)).toEqual(expected ?? none);
}

const columns = {
  inputTokens: 'input',
  outputTokens: 'output',
  cacheReadTokens: 'cache_read',
  cacheWriteTokens: 'cache_write',
  cacheWrite1hTokens: 'cache_write_1h',
  reasoningTokens: 'reasoning',
} as const;
const eachField = <Value>(value: (field: keyof typeof columns) => Value) =>
  Object.fromEntries(tokenFields.map((field) => [field, value(field)])) as Record<keyof typeof columns, Value>;
const none: CountedByHand = { requests: 0, figures: eachField(() => null), reported: eachField(() => 0) };

async function inBuckets(store: Store, num: number): Promise<CountedByHand> {
  const buckets = await store.queries.selectFrom('usage_buckets').selectAll().where('num', '=', num).execute();
  const sum = (value: (bucket: (typeof buckets)[number]) => number) =>
    buckets.reduce((total, bucket) => total + value(bucket), 0);
  const reported = eachField((field) => sum((bucket) => bucket[`${columns[field]}_reported`]));
  const figures = eachField((field) =>
    reported[field] === 0 ? null : sum((bucket) => bucket[`${columns[field]}_tokens`]),
  );
  return { requests: sum((bucket) => bucket.requests), figures, reported };
}

async function inFacts(store: Store, num: number): Promise<CountedByHand> {
  const facts = await store.queries
    .selectFrom('usage_facts')
    .selectAll()
    .where('num', '=', num)
    .where('counted', '=', 1)
    .execute();
  const known = (field: keyof typeof columns) => facts.flatMap((fact) => fact[`${columns[field]}_tokens`] ?? []);
  const figures = eachField((field) =>
    known(field).length === 0 ? null : known(field).reduce((sum, each) => sum + each, 0),
  );
  return { requests: facts.length, figures, reported: eachField((field) => known(field).length) };
}

const inOrder = ({ usage, silent }: Counted): string[] =>
  [...usage, ...silent].map((one) => JSON.stringify(one)).sort();

function properties(newPlace: NewPlace): void {
  const settings = { seed, numRuns: Number(process.env['TAFFRAIL_RUNS'] ?? 20) };

  describe(`random sessions, copies and replays (seed ${seed})`, () => {
    it('A4: have one truth in rows, fold, sums and buckets, and it is the recount by hand', async () => {
      await fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 3 }), async (all, perCommit) => {
          const store = await filled(newPlace, all, perCommit);
          const expected = countByHand(all);
          for (const [id, counted] of Object.entries(expected)) await expectOneTruth(store, id, counted);
          expect(await ownersIn(store)).toEqual(ownersByHand(all));
          await store.close();
        }),
        settings,
      );
    }, 60_000);

    it('F-beyond: have the same owners and totals in any order of import', async () => {
      await fc.assert(
        fc.asyncProperty(
          batches,
          fc.infiniteStream(fc.nat()),
          fc.integer({ min: 1, max: 3 }),
          async (all, dice, perCommit) => {
            const shuffled = all
              .map((each) => ({ each, place: dice.next().value as number }))
              .sort((one, other) => one.place - other.place)
              .map(({ each }) => each);
            const store = await filled(newPlace, shuffled, perCommit);
            const expected = countByHand(all);
            for (const [id, counted] of Object.entries(expected)) await expectOneTruth(store, id, counted);
            expect(await ownersIn(store)).toEqual(ownersByHand(all));
            await store.close();
          },
        ),
        settings,
      );
    }, 60_000);

    it('F4: are what a reader that kept its sums while they came counts, and one that reads them anew', async () => {
      await fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 3 }), async (all, perCommit) => {
          const store = await emptyStore(newPlace);
          const kept = counting(store.queries);
          for (let from = 0; from < all.length; from += perCommit) {
            await commit(store, ...all.slice(from, from + perCommit));
            expect(inOrder(await kept({}))).toEqual(inOrder(await gather(store.queries, {})));
          }
          await store.close();
        }),
        settings,
      );
    }, 60_000);

    it('F-beyond: told again change nothing', async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (all) => {
          const store = await filled(newPlace, all, 2);
          const before = await everything(store);
          for (const each of [...all].reverse()) expect((await commit(store, each)).newRows).toBe(0);
          expect(await everything(store)).toEqual(before);
          await store.close();
        }),
        settings,
      );
    }, 60_000);
  });
}
