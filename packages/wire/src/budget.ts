/** Budgets: what may be spent by a session, in a day, in a project, and what a session says when it comes near. */
import { z } from 'zod';

export const budgetScopes = ['session', 'day', 'project'] as const;
export type BudgetScope = (typeof budgetScopes)[number];

export const budgetMeasures = ['tokens', 'money'] as const;
export type BudgetMeasure = (typeof budgetMeasures)[number];

const budgetFacts = {
  scope: z.enum(budgetScopes),
  measure: z.enum(budgetMeasures),
  /** Of which session, local day or month: with each it begins anew. */
  period: z.string(),
  /** Tokens, or microdollars. */
  limit: z.number().int().positive(),
  /** From how much on it is warned. */
  warnAt: z.number().int().nonnegative(),
  /** `null` where requests were made and none told. */
  spent: z.number().int().nonnegative().nullable(),
  /** Requests that are not in `spent`: without tokens, or without a price. */
  uncounted: z.number().int().nonnegative(),
};

/** `share`: it is nearly spent; `uncounted`: something was spent that nobody can add to it. */
export const budgetWarningSchema = z.object({
  ...budgetFacts,
  why: z.enum(['share', 'uncounted']),
  /** The same in a sentence. */
  text: z.string(),
});
export type BudgetWarning = z.infer<typeof budgetWarningSchema>;

/** How a budget stands for a session now. */
export const budgetStandingSchema = z.object({
  ...budgetFacts,
  verdict: z.enum(['ok', 'warn', 'stop']),
  /** In sentences; empty where all is well. */
  texts: z.array(z.string()),
});
export type BudgetStanding = z.infer<typeof budgetStandingSchema>;

/** What is done about a request that cannot be counted. */
export const uncountedRules = ['stop', 'allow'] as const;
export type UncountedRule = (typeof uncountedRules)[number];

export const budgetPeriods = ['day', 'month', 'all'] as const;

/** A budget as config.toml sets it. */
export const setBudgetSchema = z.object({
  scope: z.enum(budgetScopes),
  measure: z.enum(budgetMeasures),
  limit: z.number().int().positive(),
  /** When it begins anew; `null` for a session's, which never does. */
  per: z.enum(budgetPeriods).nullable(),
});
export type SetBudget = z.infer<typeof setBudgetSchema>;

/** An open session of which a budget is nearly spent, or keeps it from asking on. */
export const openBudgetSchema = z.object({
  sessionId: z.string(),
  verdict: z.enum(['warn', 'stop']),
  texts: z.array(z.string()),
});
export type OpenBudget = z.infer<typeof openBudgetSchema>;

const rules = { warn: z.number(), unpriced: z.enum(uncountedRules), unreported: z.enum(uncountedRules) };

/** What is set, and how it stands for the session that was asked about; without one, how the day stands. */
export const budgetsSchema = z.object({
  set: z.array(setBudgetSchema),
  budgets: z.array(budgetStandingSchema),
  /** Where no session was asked about: the open ones that are to be marked. */
  open: z.array(openBudgetSchema).optional(),
  ...rules,
  /** Names how budgets are set: an order that has seen them set otherwise is refused. */
  revision: z.string().optional(),
});
export type Budgets = z.infer<typeof budgetsSchema>;

/** All budgets as they shall be; a scope and a measure have one at most. */
export const putBudgetsSchema = z.object({
  set: z
    .array(setBudgetSchema)
    .max(budgetScopes.length * budgetMeasures.length)
    .refine(areSingle, 'one budget at most for each scope and measure')
    .refine(shareAPeriod, 'a project’s budgets begin anew together: give both the same period'),
  warn: z.number().gt(0, 'more than 0').max(1, 'at most 1, which is all of it'),
  unpriced: z.enum(uncountedRules),
  unreported: z.enum(uncountedRules),
  revision: z.string().max(100).optional(),
});
export type PutBudgets = z.infer<typeof putBudgetsSchema>;

function areSingle(set: readonly SetBudget[]): boolean {
  return new Set(set.map(({ scope, measure }) => `${scope} ${measure}`)).size === set.length;
}

function shareAPeriod(set: readonly SetBudget[]): boolean {
  return new Set(set.flatMap(({ scope, per }) => (scope === 'project' ? [per] : []))).size <= 1;
}
