/** `[budgets]` of config.toml. */
import type { Budget } from '@taffrail/session';
import { budgetPeriods, type SetBudget, uncountedRules } from '@taffrail/wire';
import { z } from 'zod';

const microsPerDollar = 1_000_000;

// As microdollars, still a whole number that is exact.
const dollarsMax = 1_000_000_000;

const amounts = {
  tokens: z.int().positive().optional(),
  /** In dollars. */
  money: z.number().positive().max(dollarsMax).optional(),
};

/** Strict: a budget that is misspelt must not pass as none. */
export const budgetsConfigSchema = z.strictObject({
  /** Of each session with its sub-agents. */
  session: z.strictObject(amounts).default({}),
  /** Of all sessions since local midnight. */
  day: z.strictObject(amounts).default({}),
  /** Of each project folder. */
  project: z.strictObject({ ...amounts, per: z.enum(budgetPeriods).default('month') }).default({ per: 'month' }),
  /** The share of a budget from which on it is warned. */
  warn: z.number().gt(0).max(1).default(0.8),
  /** What becomes of a request to a model without a price, where money is limited. */
  unpriced: z.enum(uncountedRules).default('stop'),
  /** What becomes of a request to a model that does not tell its tokens. */
  unreported: z.enum(uncountedRules).default('stop'),
});
export type BudgetsConfig = z.infer<typeof budgetsConfigSchema>;

export const noBudgets: BudgetsConfig = budgetsConfigSchema.parse({});

/** One for each amount that is set. */
export function setBudgets({ session, day, project }: BudgetsConfig): SetBudget[] {
  const scopes = [
    { scope: 'session', per: null, ...session },
    { scope: 'day', per: 'day', ...day },
    { scope: 'project', ...project },
  ] as const;
  return scopes.flatMap(({ scope, per, tokens, money }): SetBudget[] => [
    ...(tokens === undefined ? [] : [{ scope, per, measure: 'tokens' as const, limit: tokens }]),
    ...(money === undefined ? [] : [{ scope, per, measure: 'money' as const, limit: toMicros(money) }]),
  ]);
}

// Less than a millionth of a dollar is no limit that anything fits under.
const toMicros = (dollars: number): number => Math.max(1, Math.round(dollars * microsPerDollar));

/** As config.toml writes money. */
export const toDollars = (micros: number): number => micros / microsPerDollar;

/** Its period for the session `top` on a local day, `YYYY-MM-DD`. */
export function budgetOn(set: SetBudget, { top, day }: { top: string; day: string }, config: BudgetsConfig): Budget {
  const { scope, measure, limit, per } = set;
  const { warn, unpriced, unreported } = config;
  const named = { day, month: day.slice(0, 7), all: 'all' } as const;
  return { scope, measure, limit, period: per === null ? top : named[per], warn, unpriced, unreported };
}
