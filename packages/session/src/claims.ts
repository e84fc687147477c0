/** The agent's own running total beside what was recorded one by one: a difference is shown, never summed. */
import type { UsageClaim, UsageTotals } from '@taffrail/wire';

export interface ClaimDifference {
  inputTokens: number | null;
  outputTokens: number | null;
}

/**
 * Claimed minus recorded. Where the claim goes on from a fork's parent, the inherited requests count as recorded.
 * `null` where the claim does not know the figure, or a recorded request does not: such a difference says nothing.
 */
export function differenceOf(
  claim: UsageClaim,
  own: UsageTotals | null,
  inherited: UsageTotals | null,
): ClaimDifference {
  const recorded = claim.includesInherited ? [own, inherited] : [own];
  const missing = (field: 'inputTokens' | 'outputTokens') => {
    const claimed = claim[field];
    const incomplete = recorded.some((totals) => totals !== null && totals.reported[field] < totals.requests);
    if (claimed === null || incomplete) return null;
    return claimed - recorded.reduce((sum, totals) => sum + (totals?.[field] ?? 0), 0);
  };
  return { inputTokens: missing('inputTokens'), outputTokens: missing('outputTokens') };
}
