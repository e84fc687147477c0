/** The agent's own running total beside what its requests add up to, as a sentence. */
import type { CrossCheck } from '@taffrail/wire';
import { exactNumber } from '../../parts/format-number.js';

/** `null` where both agree, or where there is nothing to compare. */
export function crossCheckSentence(check: CrossCheck): string | null {
  const parts = (['inputTokens', 'outputTokens'] as const).flatMap((field) => {
    const claimed = check[field];
    const difference = check.difference[field];
    if (claimed === null || difference === null || difference === 0) return [];
    return [partOf(field === 'inputTokens' ? 'input' : 'output', claimed, difference)];
  });
  if (parts.length === 0) return null;
  return `${parts.join(' ')} (${check.source})`;
}

function partOf(word: string, claimed: number, difference: number): string {
  const recorded = exactNumber(claimed - difference);
  const gap =
    difference > 0
      ? `${exactNumber(difference)} were not recorded one by one.`
      : `its total leaves ${exactNumber(-difference)} out.`;
  return `The log says ${exactNumber(claimed)} ${word} tokens, its requests ${recorded}: ${gap}`;
}
