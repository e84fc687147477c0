/** A budget is nearly spent, or does not count everything: said where it happened. */
import type { BudgetWarning } from '@taffrail/wire';
import { Wallet } from 'lucide-react';

export function BudgetNote({ warning }: { warning: BudgetWarning }) {
  return (
    <p className="note">
      <Wallet className="icon-xs" aria-hidden="true" />
      <span>{warning.text}</span>
    </p>
  );
}
