/** Sums over requests with their coverage. */
import { arbitraryTokens, randomSeed } from '@taffrail/testing';
import { type TokenField, tokenFields, type UsageTotals } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRequest, type CountedRequest, lastOf, removeRequest, sumTotals } from './totals.js';

const seed = randomSeed();
const settings = { seed, numRuns: 300 };

const arbitraryRequest: fc.Arbitrary<CountedRequest> = fc
  .record({
    tokens: arbitraryTokens,
    model: fc.constantFrom('model-a', 'model-b'),
    at: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ tokens, ...rest }) => ({ ...tokens, ...rest, turnId: null }));
const requests = fc.array(arbitraryRequest, { maxLength: 8 });

const totalled = (all: readonly CountedRequest[]): UsageTotals | null =>
  all.reduce<UsageTotals | null>((totals, request) => addRequest(totals, request), null);

const request = (some: Partial<CountedRequest>): CountedRequest => ({
  model: 'model-a',
  at: 1000,
  turnId: 'turn',
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  ...some,
});

const withoutLast = (totals: UsageTotals | null) => totals && { ...totals, last: null };
const latest = (all: readonly CountedRequest[]): CountedRequest | null =>
  all.reduce<CountedRequest | null>((last, each) => (last && last.at > each.at ? last : each), null);

describe('the sum of a session', () => {
  it('A4: without any request is null, never zeros', () => {
    expect(totalled([])).toBeNull();
    expect(sumTotals([])).toBeNull();
    expect(sumTotals([null, null])).toBeNull();
  });

  it('F2: a field that no request reported is null, one that a request reported as 0 is 0', () => {
    const totals = totalled([request({ inputTokens: 5, outputTokens: 0 }), request({ inputTokens: 7 })]);
    expect(totals).toMatchObject({ requests: 2, inputTokens: 12, outputTokens: 0, reasoningTokens: null });
    expect(totals?.reported).toMatchObject({ inputTokens: 2, outputTokens: 1, reasoningTokens: 0 });
  });

  it('A4: carries the split of the last request, by time and not by order', () => {
    const late = request({ at: 2000, inputTokens: 1, model: 'model-b' });
    const totals = totalled([late, request({ at: 1000, inputTokens: 9 })]);
    expect(totals?.last).toEqual({ ...lastOf(late), at: '1970-01-01T00:00:02.000Z', model: 'model-b' });
  });

  it('A4: taking back the last one that reported a figure makes it unknown again', () => {
    const [bare, telling] = [request({ inputTokens: 1 }), request({ inputTokens: 2, reasoningTokens: 3 })];
    const totals = removeRequest(totalled([bare, telling]) as UsageTotals, telling, bare);
    expect(totals).toEqual(totalled([bare]));
    expect(removeRequest(totals as UsageTotals, bare, null)).toBeNull();
  });
});

describe(`sums of random requests (seed ${seed})`, () => {
  it('A4: are the sums per field over those that reported it', () => {
    const expected = (all: CountedRequest[], field: TokenField) => {
      const known = all.flatMap((each) => each[field] ?? []);
      return { figure: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0), reported: known.length };
    };
    fc.assert(
      fc.property(fc.array(arbitraryRequest, { minLength: 1, maxLength: 8 }), (all) => {
        const totals = totalled(all) as UsageTotals;
        const found = tokenFields.map((field) => ({ figure: totals[field], reported: totals.reported[field] }));
        expect(found).toEqual(tokenFields.map((field) => expected(all, field)));
        expect(totals.requests).toBe(all.length);
      }),
      settings,
    );
  });

  it('F-beyond: taking back what was added restores the sum exactly', () => {
    fc.assert(
      fc.property(requests, arbitraryRequest, requests, (before, taken, after) => {
        const rest = [...before, ...after];
        const totals = removeRequest(totalled([...before, taken, ...after]) as UsageTotals, taken, latest(rest));
        expect(withoutLast(totals)).toEqual(withoutLast(totalled(rest)));
        expect(totals?.last?.at).toEqual(totalled(rest)?.last?.at);
      }),
      settings,
    );
  });

  it('F5, H3: the sum of sums is the sum of all, with its coverage', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 5 }), (groups) => {
        const sum = sumTotals(groups.map(totalled));
        expect(withoutLast(sum)).toEqual(withoutLast(totalled(groups.flat())));
        expect(sum?.last?.at).toEqual(totalled(groups.flat())?.last?.at);
      }),
      settings,
    );
  });
});
