/** The agent's own running total beside what was recorded one by one: a difference is shown, never summed. */
import type { UsageClaim, UsageTotals } from '@taffrail/wire';

export interface ClaimDifference {
  inputTokens: number | null;
  outputTokens: number | null;
}

/** What was recorded request by request: `withSubAgents` is the session's own and all its sub-agents' together. */
export interface Recorded {
  own: Sum | null;
  withSubAgents: Sum | null;
  inherited: Sum | null;
}

type Sum = Omit<UsageTotals, 'last'>;

/**
 * Claimed minus recorded, over what the claim says it includes: sub-agents, and what a fork inherited.
 * `null` where the claim does not know the figure, or a recorded request does not: such a difference says nothing.
 */
export function differenceOf(claim: UsageClaim, recorded: Recorded): ClaimDifference {
  const counted = [
    claim.includesSubAgents ? recorded.withSubAgents : recorded.own,
    claim.includesInherited ? recorded.inherited : null,
  ];
  const missing = (field: 'inputTokens' | 'outputTokens') => {
    const claimed = claim[field];
    const incomplete = counted.some((sum) => sum !== null && sum.reported[field] < sum.requests);
    if (claimed === null || incomplete) return null;
    return claimed - counted.reduce((total, sum) => total + (sum?.[field] ?? 0), 0);
  };
  return { inputTokens: missing('inputTokens'), outputTokens: missing('outputTokens') };
}
