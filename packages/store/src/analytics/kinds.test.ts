/** Tokens by kind: each counted once, and what a log does not divide apart. */
import { expect, test } from 'vitest';
import { KindSum, kindsBy } from './kinds.js';
import type { UsageBucketRow } from './usage-row.js';

/** A bucket of two requests that reported what is given. */
function bucket(told: Partial<UsageBucketRow>): UsageBucketRow {
  return {
    ...{ bucket: 0, num: 1, model: 'm', provider: 'one', agent: 'pi', project: null, size_class: 0, complete: 1 },
    ...{ input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0 },
    ...{ input_reported: 2, output_reported: 2, cache_read_reported: 0, cache_write_reported: 0 },
    ...{ requests: 2, reasoning_tokens: 0, cache_write_1h_reported: 0, reasoning_reported: 0 },
    ...told,
  };
}

const tokens = (...buckets: readonly Partial<UsageBucketRow>[]) => {
  const sum = new KindSum();
  for (const told of buckets) sum.add(bucket(told));
  return sum.tokens();
};

test('F5: input and output are divided into kinds that share no token', () => {
  const cache = { cache_read_tokens: 60, cache_read_reported: 2, cache_write_tokens: 30, cache_write_reported: 2 };
  const reasoning = { reasoning_tokens: 8, reasoning_reported: 2 };
  expect(tokens({ input_tokens: 100, output_tokens: 20, ...cache, ...reasoning })).toEqual({
    ...{ cacheReadTokens: 60, cacheWriteTokens: 30, freshInputTokens: 10, undividedInputTokens: null },
    ...{ reasoningTokens: 8, otherOutputTokens: 12, undividedOutputTokens: null },
  });
});

test('F2: what a log does not divide is neither fresh nor said, and a reported 0 is no unknown', () => {
  const told = { cache_read_reported: 2, input_tokens: 5, output_tokens: 3, reasoning_reported: 2 };
  expect(tokens({ input_tokens: 100, output_tokens: 20 }, told)).toEqual({
    ...{ cacheReadTokens: 0, cacheWriteTokens: null, freshInputTokens: 5, undividedInputTokens: 100 },
    ...{ reasoningTokens: 0, otherOutputTokens: 3, undividedOutputTokens: 20 },
  });
});

test('F2: of requests that do not all tell their cache reads, the rest is not divided', () => {
  const { cacheReadTokens, freshInputTokens, undividedInputTokens } = tokens({
    ...{ input_tokens: 100, cache_read_tokens: 40, cache_read_reported: 1 },
  });
  expect([cacheReadTokens, freshInputTokens, undividedInputTokens]).toEqual([40, null, 60]);
});

test('F5: each line has the kinds of its own buckets', () => {
  const kinds = kindsBy(
    [bucket({ input_tokens: 1 }), bucket({ num: 2, input_tokens: 2 }), bucket({ input_tokens: 4 })],
    ({ num }) => `${num}`,
  );
  expect([...kinds].map(([key, { undividedInputTokens }]) => [key, undividedInputTokens])).toEqual([
    ['1', 5],
    ['2', 2],
  ]);
});
