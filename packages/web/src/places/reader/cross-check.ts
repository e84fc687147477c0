/** The agent's own running total beside what its requests add up to, as a sentence. */
import type { CrossCheck, SessionSummary } from '@taffrail/wire';
import { exactNumber } from '../../parts/format-number.js';

type Relatives = Pick<SessionSummary, 'forkedFrom' | 'childCount'>;

/** `null` where both agree, or where there is nothing to compare. */
export function crossCheckSentence(check: CrossCheck, session: Relatives): string | null {
  const parts = (['inputTokens', 'outputTokens'] as const).flatMap((field) => {
    const claimed = check[field];
    const difference = check.difference[field];
    if (claimed === null || difference === null || difference === 0) return [];
    const word = field === 'inputTokens' ? 'input' : 'output';
    const recorded = exactNumber(claimed - difference);
    const total = `The log says ${exactNumber(claimed)} ${word} tokens, its requests ${recorded}`;
    return [`${total}: ${gap(difference, others(check, session))}`];
  });
  return parts.length === 0 ? null : `${parts.join(' ')} (${check.source})`;
}

function gap(difference: number, elsewhere: string | null): string {
  const size = exactNumber(Math.abs(difference));
  if (difference < 0) return `its total leaves ${size} out.`;
  return elsewhere
    ? `${size} are ${elsewhere}, or were not recorded one by one.`
    : `${size} were not recorded one by one.`;
}

/** Whose tokens the agent's total may count besides this session's own. */
function others(check: CrossCheck, session: Relatives): string | null {
  const names = [
    check.includesInherited && session.forkedFrom !== null ? 'from the session it was copied from' : null,
    check.includesSubAgents && session.childCount > 0 ? 'its sub-agents’' : null,
  ].filter((name) => name !== null);
  return names.length === 0 ? null : names.join(' or ');
}
