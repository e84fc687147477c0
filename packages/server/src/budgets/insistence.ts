/** A model that did not tell its tokens is asked once more where a person was told so, and resumed. */
import { type Budget, silenceText } from '@taffrail/session';
import type { LiveSession } from '../runner/live-session.js';

/**
 * Whether the turn that runs resumes one that ended with just this reason, said after the silent answer. So each silent answer
 * takes another word of a person; a program that gives a new order has not heard the reason.
 * @param silentAt when that answer was, in milliseconds since 1970.
 */
export function isInsisted(
  { state, turn }: Pick<LiveSession, 'state' | 'turn'>,
  budgets: readonly Budget[],
  { model, silentAt }: { model: string; silentAt: number },
): boolean {
  const resumed = state.turns.get(turn?.turnId ?? '')?.resumes ?? null;
  if (resumed === null) return false;
  const reasons = new Set(budgets.map((budget) => silenceText(budget, model)));
  return [...state.items.values()].some(
    ({ item, turnId, at }) =>
      turnId === resumed && item.type === 'error' && reasons.has(item.text) && Date.parse(at) >= silentAt,
  );
}
