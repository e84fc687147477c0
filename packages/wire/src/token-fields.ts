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
