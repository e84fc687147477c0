/** Days by the kinds of their tokens: which kinds make up a metric, what they are called, and their colours. */
import { type AnalyticsRow, kindFields, type Metric } from '@taffrail/wire';
import type { TokenKind } from '../../parts/usage-words.js';
import type { Series } from './series.js';

export type KindField = (typeof kindFields)[number];

/** What is not divided is grey: it may be of any kind. */
const words: Record<KindField, { label: string; colour: TokenKind | 6; of: Metric }> = {
  cacheReadTokens: { label: 'Cache read', colour: 'cache-read', of: 'input_tokens' },
  cacheWriteTokens: { label: 'Cache write', colour: 'cache-write', of: 'input_tokens' },
  freshInputTokens: { label: 'Fresh input', colour: 'input', of: 'input_tokens' },
  undividedInputTokens: { label: 'Cache not told', colour: 6, of: 'input_tokens' },
  reasoningTokens: { label: 'Reasoning', colour: 'reasoning', of: 'output_tokens' },
  otherOutputTokens: { label: 'Other output', colour: 'output', of: 'output_tokens' },
  undividedOutputTokens: { label: 'Reasoning not told', colour: 6, of: 'output_tokens' },
};

/** True where a metric is made of several kinds. */
export function hasKinds(metric: Metric): boolean {
  return kindFields.some((kind) => words[kind].of === metric);
}

export const kindLabel = (key: string): string => words[key as KindField].label;

/** A row's kinds of a metric. What is divided has nothing that is not: that kind is no unknown one, it does not occur. */
export function kindValues({ kinds }: AnalyticsRow, metric: Metric): (readonly [KindField, number | null])[] {
  return kindFields
    .filter((kind) => words[kind].of === metric)
    .map((kind) => [kind, kinds?.[kind] ?? null] as const)
    .filter(([kind, value]) => value !== null || (kinds !== null && words[kind].colour !== 6));
}

/** The kinds that any of the rows knows, in their fixed order. */
export function kindSeries(rows: readonly AnalyticsRow[], metric: Metric): Series[] {
  const totals = new Map<KindField, number>();
  for (const [kind, value] of rows.flatMap((row) => kindValues(row, metric)))
    if (value !== null) totals.set(kind, (totals.get(kind) ?? 0) + value);
  return kindFields.flatMap((kind) => {
    const total = totals.get(kind);
    return total === undefined ? [] : [{ key: kind, colour: words[kind].colour, total }];
  });
}
