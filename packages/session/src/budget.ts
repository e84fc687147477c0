/** Whether a budget allows one more request: told before it is made, because what was spent cannot be taken back. */
import type { BudgetMeasure, BudgetScope, BudgetWarning, UncountedRule } from '@taffrail/wire';
import { counted, exactNumber, money } from './words/figures.js';

export interface Budget {
  scope: BudgetScope;
  measure: BudgetMeasure;
  /** Tokens, or microdollars. */
  limit: number;
  /** The share of it from which on it is warned. */
  warn: number;
  /** Of which session, local day or month; `all` where it never begins anew. */
  period: string;
  unpriced: UncountedRule;
  unreported: UncountedRule;
}

/** What was spent in a budget's period, and how much of that is known. */
export interface Spent {
  /** Input and output of the requests that told them; `null` where none did. */
  tokens: number | null;
  /** `null` where no request has a price. */
  costMicros: number | null;
  requests: number;
  /** Requests of which input or output is not known. */
  withoutTokens: number;
  /** Requests whose cost is not known. */
  withoutPrice: number;
}

/** The request that somebody wants to make. */
export interface NextRequest {
  model: string;
  hasPrice: boolean;
  /** False where its last finished answer told no tokens. */
  tellsTokens: boolean;
  /** Whoever was told that it did not, resumed: then it is asked this once. */
  isInsisted: boolean;
}

type Warning = Pick<BudgetWarning, 'why' | 'text'>;
export type BudgetVerdict = { kind: 'ok' } | { kind: 'warn'; warnings: Warning[] } | { kind: 'stop'; text: string };

/** `next`: `null` where nobody asks just now. */
export function judge(budget: Budget, spent: Spent, next: NextRequest | null): BudgetVerdict {
  const { value, uncounted } = spentOf(budget, spent);
  if ((value ?? 0) >= budget.limit) return { kind: 'stop', text: spentText(budget, value ?? 0) };
  const refusal = next && refusalOf(budget, next);
  if (refusal) return { kind: 'stop', text: refusal };
  const warnings: Warning[] = [];
  if ((value ?? 0) >= warnAtOf(budget)) warnings.push({ why: 'share', text: shareText(budget, value ?? 0) });
  if (uncounted > 0 || (next && !canCount(budget, next)))
    warnings.push({ why: 'uncounted', text: uncountedText(budget, uncounted, next) });
  return warnings.length > 0 ? { kind: 'warn', warnings } : { kind: 'ok' };
}

/** What counts against a budget, and how many requests are missing from it. */
export function spentOf({ measure }: Budget, spent: Spent): { value: number | null; uncounted: number } {
  const known = measure === 'tokens' ? spent.tokens : spent.costMicros;
  const value = known ?? (spent.requests === 0 ? 0 : null);
  return { value, uncounted: measure === 'tokens' ? spent.withoutTokens : spent.withoutPrice };
}

export const warnAtOf = ({ limit, warn }: Budget): number => Math.ceil(limit * warn);

function canCount({ measure }: Budget, { hasPrice, tellsTokens }: NextRequest): boolean {
  return tellsTokens && (measure === 'tokens' || hasPrice);
}

/** What nobody could add to the budget must not pass under it unseen. */
function refusalOf(budget: Budget, { model, hasPrice, tellsTokens, isInsisted }: NextRequest): string | null {
  const { measure, unpriced, unreported } = budget;
  if (measure === 'money' && !hasPrice && unpriced === 'stop')
    return `The model ${model} has no known price, so that ${named(budget)} cannot hold it. Give it a price under [prices.${JSON.stringify(model)}] in config.toml, choose another model, or have such models asked: in Settings, or by unpriced = "allow" under [budgets]; then resume.`;
  if (!tellsTokens && !isInsisted && unreported === 'stop') return silenceText(budget, model);
  return null;
}

/** Said where a model is not asked because its last answer told no tokens. */
export function silenceText(budget: Budget, model: string): string {
  return `The model ${model} did not tell how many tokens its last answer took, so that ${named(budget)} cannot hold it. Resume to ask it once more, which does not count if it is silent again; choose another model; or have such models asked: in Settings, or by unreported = "allow" under [budgets] in config.toml.`;
}

/** Within a sentence. */
function named(budget: Budget): string {
  const subject = subjectOf(budget);
  return `${subject.charAt(0).toLowerCase()}${subject.slice(1)} of ${amount(budget.measure, budget.limit)}`;
}

function spentText(budget: Budget, value: number): string {
  const { scope, measure, limit, period } = budget;
  const wait = scope === 'day' ? ', or wait until midnight' : scope === 'session' ? ', or begin a new session' : '';
  const until = scope === 'project' && period !== 'all' ? ', or wait for its next period' : wait;
  return `${subjectOf(budget)} of ${amount(measure, limit)} is spent: ${amount(measure, value)} so far. No request was sent. Raise it in Settings, or ${scope}.${measure} under [budgets] in config.toml, and resume${until}.`;
}

function shareText(budget: Budget, value: number): string {
  const { measure, limit } = budget;
  return `${subjectOf(budget)} is ${Math.floor((value / limit) * 100)}% spent: ${amount(measure, value)} of ${amount(measure, limit)}.`;
}

function uncountedText(budget: Budget, uncounted: number, next: NextRequest | null): string {
  const what = budget.measure === 'tokens' ? 'did not tell its tokens' : 'has no known cost';
  const many = budget.measure === 'tokens' ? 'did not tell their tokens' : 'have no known cost';
  if (uncounted === 0 && next) return `${subjectOf(budget)} does not count requests to ${next.model}.`;
  return `${subjectOf(budget)} does not count ${counted(uncounted, 'request')} that ${uncounted === 1 ? what : many}.`;
}

function subjectOf({ scope, period }: Budget): string {
  if (scope === 'session') return 'The session’s budget';
  if (scope === 'day') return 'Today’s budget';
  return period === 'all' ? 'The project’s budget' : `The project’s budget for ${period}`;
}

function amount(measure: BudgetMeasure, value: number): string {
  return measure === 'money' ? money(value) : `${exactNumber(value)} tokens`;
}
