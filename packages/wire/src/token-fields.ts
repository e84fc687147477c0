/** The token figures of a request, in the order they are shown. Apart from the schemas, so that a report loads without them. */
export const tokenFields = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
] as const;
export type TokenField = (typeof tokenFields)[number];

/** A value for each figure. Written out rather than built from entries: it is made for every request that is read. */
export function eachToken<Value>(of: (field: TokenField) => Value): Record<TokenField, Value> {
  return {
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cacheReadTokens: of('cacheReadTokens'),
    cacheWriteTokens: of('cacheWriteTokens'),
    cacheWrite1hTokens: of('cacheWrite1hTokens'),
    reasoningTokens: of('reasoningTokens'),
  };
}
