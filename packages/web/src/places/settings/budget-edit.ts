/** Budgets as the form in Settings changes them. Pure. */
import type { BudgetMeasure, Budgets, PutBudgets, SetBudget } from '@taffrail/wire';

const factors: Record<string, number> = { '': 1, k: 1e3, m: 1e6, b: 1e9 };
const microsPerDollar = 1e6;
// As in config.toml.
const dollarsMax = 1e9;

// Thousands may stand apart, all of them alike. `1,5` is a decimal to many: who means 1.5 must not get 15.
const whole = String.raw`\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ _]\d{3})+|\d+`;
const amounts = {
  money: new RegExp(String.raw`^\$? ?((?:${whole})(?:\.\d*)?|\.\d+)$`),
  // Of a bare number there is no half token, and `1.500` is a thousand and more to many.
  tokens: new RegExp(String.raw`^((?:${whole})(?=$| ?[kmb])|(?:\d+\.\d*|\.\d+)(?= ?[kmb])) ?([kmb]?)$`),
};

/** What was typed as a limit: `5`, `$2.50`; `2,000,000`, `2M`, `500k`. `null`: that is no amount. */
export function limitOf(measure: BudgetMeasure, text: string): number | null {
  const [, number, letter = ''] = amounts[measure].exec(text.trim().toLowerCase()) ?? [];
  if (number === undefined) return null;
  const factor = measure === 'money' ? microsPerDollar : (factors[letter] ?? 1);
  const value = Math.round(Number(number.replaceAll(/[ _,]/g, '')) * factor);
  const most = measure === 'money' ? dollarsMax * microsPerDollar : Number.MAX_SAFE_INTEGER;
  return value > 0 && value <= most ? value : null;
}

/** A limit as one would type it. */
export function limitText({ measure, limit }: Pick<SetBudget, 'measure' | 'limit'>): string {
  return measure === 'money' ? String(limit / microsPerDollar) : String(limit);
}

/** A share of 1, typed as percent; `null`: that is none. */
export function shareOfText(text: string): number | null {
  const [, number] = /^(\d+(?:\.\d*)?|\.\d+) ?%?$/.exec(text.trim()) ?? [];
  const value = Number(number ?? 0);
  return value > 0 && value <= 100 ? value / 100 : null;
}

export const isSame = (one: Pick<SetBudget, 'scope' | 'measure'>, other: Pick<SetBudget, 'scope' | 'measure'>) =>
  one.scope === other.scope && one.measure === other.measure;

/** What keeps a draft from being saved, in a sentence; `null`: nothing. */
export function budgetMistake(
  draft: SetBudget,
  text: string,
  set: readonly SetBudget[],
  isNew: boolean,
): string | null {
  if (isNew && set.some((one) => isSame(one, draft))) return 'There is such a budget already: change that one.';
  if (limitOf(draft.measure, text) !== null) return null;
  return draft.measure === 'money'
    ? 'The limit is an amount of dollars, such as 5 or 0.50.'
    : 'The limit is a number of tokens, such as 500k or 2,000,000.';
}

/** The set with a budget put in, in place of that of its scope and measure. A project's share a period. */
export function withBudget(set: readonly SetBudget[], budget: SetBudget): SetBudget[] {
  const others = set
    .filter((one) => !isSame(one, budget))
    .map((one) => (one.scope === 'project' && budget.scope === 'project' ? { ...one, per: budget.per } : one));
  return [...others, budget];
}

/** The order that leaves everything as it is. */
export function orderOf({ set, warn, unpriced, unreported, revision }: Budgets): PutBudgets {
  return { set, warn, unpriced, unreported, ...(revision === undefined ? {} : { revision }) };
}
