/** How several records of one request become one. */
import { arbitraryRecord, randomSeed } from '@taffrail/testing';
import { tokenFields, type UsageRecord } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRequests, type RequestFacts, reportedNothing, requestFrom, sameFacts } from './request.js';

const seed = randomSeed();
const settings = { seed, numRuns: 500 };

const record = (some: Partial<UsageRecord>): UsageRecord => ({
  attemptId: 'a',
  model: 'model-a',
  provider: 'one',
  final: false,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  ...some,
});
const merged = (...records: Partial<UsageRecord>[]): RequestFacts =>
  records.map((some) => requestFrom(record(some))).reduce(mergeRequests);

describe(`merging records of one request (seed ${seed})`, () => {
  const facts = arbitraryRecord.map(requestFrom);

  it('F-beyond: is commutative, so that reordered lines change nothing', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        expect(mergeRequests(one, other)).toEqual(mergeRequests(other, one));
      }),
      settings,
    );
  });

  it('F-beyond: is associative, so that it does not matter where a reading was interrupted', () => {
    fc.assert(
      fc.property(facts, facts, facts, (one, two, three) => {
        expect(mergeRequests(mergeRequests(one, two), three)).toEqual(mergeRequests(one, mergeRequests(two, three)));
      }),
      settings,
    );
  });

  it('F-beyond: is idempotent, so that repeated lines change nothing', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        const both = mergeRequests(one, other);
        expect(sameFacts(mergeRequests(both, other), both)).toBe(true);
        expect(sameFacts(mergeRequests(one, one), one)).toBe(true);
      }),
      settings,
    );
  });

  it('F2: never makes a figure out of nothing, nor loses one but a placeholder', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        const both = mergeRequests(one, other);
        for (const field of tokenFields.filter((name) => name !== 'outputTokens')) {
          const known = [one[field], other[field]].filter((figure) => figure !== null);
          expect(both[field]).toBe(known.length === 0 ? null : Math.max(...known));
        }
      }),
      settings,
    );
  });
});

describe('the output of a request', () => {
  it('F2: a reported 0 is 0, a figure that nobody reported is null', () => {
    expect(merged({ outputTokens: 0 }).outputTokens).toBe(0);
    expect(merged({ inputTokens: 5 }).outputTokens).toBeNull();
    expect(merged({ outputTokens: 0 }, {}).outputTokens).toBe(0);
  });

  it('F2: a placeholder is no figure', () => {
    expect(merged({ inputTokens: 5, outputPlaceholder: 1 })).toMatchObject({ inputTokens: 5, outputTokens: null });
  });

  it('F2: a figure no larger than the placeholder is no figure either while the request has not finished', () => {
    expect(merged({ outputPlaceholder: 8 }, { outputTokens: 8 }).outputTokens).toBeNull();
    expect(merged({ outputTokens: 3 }, { outputPlaceholder: 8 }).outputTokens).toBeNull();
  });

  it('F2: a larger figure overrules the placeholder, and so does a finished record', () => {
    expect(merged({ outputPlaceholder: 8 }, { outputTokens: 9 }).outputTokens).toBe(9);
    expect(merged({ outputPlaceholder: 8 }, { outputTokens: 2, final: true }).outputTokens).toBe(2);
  });

  it('A4: of a growing answer the last word counts', () => {
    expect(merged({ outputTokens: 1 }, { outputTokens: 40 }, { outputTokens: 100 }).outputTokens).toBe(100);
  });
});

describe('a request of which nothing was reported', () => {
  it('F2: is told from one that reported zeros', () => {
    expect(reportedNothing(merged({}))).toBe(true);
    expect(reportedNothing(merged({ inputTokens: 0 }))).toBe(false);
  });

  it('F2: a placeholder alone reports nothing', () => {
    expect(reportedNothing(merged({ outputPlaceholder: 3 }))).toBe(true);
  });
});
