/** Names what a key or an agent was when it was looked at: an order that has seen another one is refused. */
import { createHash } from 'node:crypto';
import { type BudgetsConfig, setBudgets } from '../budgets/budget-config.js';
import { OrderError } from '../runner/order-error.js';
import type { AgentSetting, KnownKey } from '../runner/settings.js';

export function keyRevision({ provider, baseUrl, source }: KnownKey): string {
  return revisionOf([provider, baseUrl, source]);
}

export function agentRevision({ models, tools, check, effort, permissions }: AgentSetting): string {
  return revisionOf([models, tools, check, effort, permissions]);
}

export function budgetsRevision(budgets: BudgetsConfig): string {
  return revisionOf([setBudgets(budgets), budgets.warn, budgets.unpriced, budgets.unreported]);
}

/** @throws OrderError where somebody else has changed it since. Who names no revision does not mind. */
export function mustBe(current: string, seen: string | undefined): void {
  if (seen !== undefined && seen !== current)
    throw new OrderError('busy', 'It was changed in config.toml meanwhile. Look at what it is now, then save again.');
}

function revisionOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
