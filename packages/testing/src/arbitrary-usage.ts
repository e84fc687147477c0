/** Random usage records, for properties: few names and small figures, so that they meet often. */
import type { TokenCounts, UsageRecord } from '@taffrail/wire';
import fc from 'fast-check';

/** A figure that nobody reported, a reported 0, or a small one. */
const figure = fc.option(fc.integer({ min: 0, max: 40 }), { nil: null, freq: 3 });

export const arbitraryTokens: fc.Arbitrary<TokenCounts> = fc.record({
  inputTokens: figure,
  outputTokens: figure,
  cacheReadTokens: figure,
  cacheWriteTokens: figure,
  cacheWrite1hTokens: figure,
  reasoningTokens: figure,
});

const model = fc.constantFrom(null, 'model-a', 'model-a-20260101', 'model-b');
const provider = fc.constantFrom(null, 'one', 'two');
const placeholder = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });

/** One record about a request. With a placeholder its output is unknown, as importers write it. */
export const arbitraryRecord: fc.Arbitrary<UsageRecord> = fc
  .record({
    tokens: arbitraryTokens,
    attemptId: fc.constantFrom('a', 'b', 'c', 'd'),
    model,
    provider,
    final: fc.boolean(),
    placeholder,
  })
  .map(({ tokens, placeholder: seen, ...rest }) => ({
    ...tokens,
    ...rest,
    ...(seen === undefined ? {} : { outputTokens: null, outputPlaceholder: seen }),
  }));
