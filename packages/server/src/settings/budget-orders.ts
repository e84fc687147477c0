/** Orders about budgets; all of it stands under `[budgets]` in config.toml. */
import type { PutBudgets, SetBudget } from '@taffrail/wire';
import { type BudgetsConfig, setBudgets, toDollars } from '../budgets/budget-config.js';
import type { LiveSettings } from './live-settings.js';
import { budgetsRevision, mustBe } from './revision.js';
import { type TomlFields, type TomlValue, withFields } from './toml-edit.js';

/** Puts these budgets in force. What stays as it is, is not written anew. @throws OrderError where it cannot be. */
export function changeBudgets(live: LiveSettings, order: PutBudgets): void {
  live.takeUp();
  const { budgets } = live.current;
  mustBe(budgetsRevision(budgets), order.revision);
  live.edit((text) => withFields(text, { array: 'budgets', index: null }, fieldsOf(order, budgets)));
}

/** The fields that change; `undefined` takes one out. */
function fieldsOf(order: PutBudgets, now: BudgetsConfig): Record<string, TomlValue | undefined> {
  const before = setBudgets(now);
  const scopes = (['session', 'day', 'project'] as const).flatMap((scope): [string, TomlValue | undefined][] => {
    const [old, wanted] = [amountsOf(before, scope), amountsOf(order.set, scope)];
    return JSON.stringify(old) === JSON.stringify(wanted) ? [] : [[scope, wanted]];
  });
  const rules = (['warn', 'unpriced', 'unreported'] as const).flatMap((name): [string, TomlValue][] =>
    order[name] === now[name] ? [] : [[name, order[name]]],
  );
  return Object.fromEntries([...scopes, ...rules]);
}

function amountsOf(set: readonly SetBudget[], scope: SetBudget['scope']): TomlFields | undefined {
  const own = set.filter((one) => one.scope === scope);
  const limitOf = (measure: SetBudget['measure']) => own.find((one) => one.measure === measure)?.limit;
  const [tokens, money] = [limitOf('tokens'), limitOf('money')];
  const per = scope === 'project' ? own[0]?.per : null;
  if (own.length === 0) return undefined;
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(money === undefined ? {} : { money: toDollars(money) }),
    ...(per ? { per } : {}),
  };
}
