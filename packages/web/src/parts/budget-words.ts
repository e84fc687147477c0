/** Budgets in words: the same in the composer, the panel and the settings. */
import type { BudgetMeasure, BudgetStanding, SetBudget } from '@taffrail/wire';
import { exactMoney, exactNumber, money, shortNumber } from './format-number.js';

export function amount(measure: BudgetMeasure, value: number): string {
  return measure === 'money' ? money(value) : shortNumber(value);
}

export function exactAmount(measure: BudgetMeasure, value: number): string {
  return measure === 'money' ? exactMoney(value) : `${exactNumber(value)} tokens`;
}

const measureWords = { tokens: 'tokens', money: 'cost' } as const;
/** How often a project's budget begins anew. */
export const perWords = { day: 'per day', month: 'per month', all: 'in all' } as const;

/** `This session, cost`. */
export function standingName({ scope, measure, period }: BudgetStanding): string {
  const whose = { session: 'This session', day: 'Today', project: `Project${period === 'all' ? '' : `, ${period}`}` };
  return `${whose[scope]}, ${measureWords[measure]}`;
}

/** `Project, per month`. */
export function setName({ scope, per }: SetBudget): string {
  if (scope === 'session') return 'Session';
  return scope === 'day' ? 'Day' : `Project, ${perWords[per ?? 'all']}`;
}

/** Its share that is spent; `null` where nobody knows. */
export function shareOf({ spent, limit }: BudgetStanding): number | null {
  return spent === null ? null : spent / limit;
}

/** The budget that ends first: one that has ended, else the one of which the most is spent. */
export function tightest(budgets: readonly BudgetStanding[]): BudgetStanding | null {
  const share = (one: BudgetStanding) => (one.verdict === 'stop' ? Number.POSITIVE_INFINITY : (shareOf(one) ?? 0));
  return budgets.toSorted((one, other) => share(other) - share(one))[0] ?? null;
}
