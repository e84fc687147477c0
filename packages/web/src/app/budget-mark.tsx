/** The mark of a session whose budget is nearly spent, or stops it: of another shape for each, with the sentence. */
import type { OpenBudget } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Ban, Wallet } from 'lucide-react';
import { useMemo } from 'react';
import { budgetsQuery } from './queries.js';
import { useServes } from './serves.js';

/** What is to be said of open sessions, by their ids. */
export function useOpenBudgets(): ReadonlyMap<string, OpenBudget> {
  const serves = useServes('budgets');
  const open = useQuery({ ...budgetsQuery(null), enabled: serves }).data?.open;
  return useMemo(() => new Map(serves ? open?.map((one) => [one.sessionId, one]) : []), [serves, open]);
}

export function BudgetMark({ budget }: { budget: OpenBudget | undefined }) {
  if (!budget) return null;
  const { verdict, texts } = budget;
  const Icon = verdict === 'stop' ? Ban : Wallet;
  const title = [verdict === 'stop' ? 'Stopped by a budget.' : 'A budget is nearly spent.', ...texts].join(' ');
  return (
    <span className={`budget-mark budget-mark-${verdict}`} title={title} role="img" aria-label={title}>
      <Icon className="icon-xs" aria-hidden="true" />
    </span>
  );
}
