/** How much of the tightest budget is spent: a small bar beside that of the context. The inspector lists all. */
import { useQuery } from '@tanstack/react-query';
import { budgetsQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { amount, exactAmount, shareOf, standingName, tightest } from '../../parts/budget-words.js';
import { Unknown } from '../../parts/figure.js';

export function BudgetMeter({ sessionId }: { sessionId: string }) {
  const serves = useServes('budgets');
  const budgets = useQuery({ ...budgetsQuery(sessionId), enabled: serves }).data?.budgets ?? [];
  const budget = tightest(budgets);
  if (!budget) return null;
  const { measure, spent, limit, verdict } = budget;
  const share = shareOf(budget);
  const lines = budgets.map(
    (one) =>
      `${standingName(one)}: ${one.spent === null ? 'unknown' : exactAmount(one.measure, one.spent)} of ${exactAmount(one.measure, one.limit)}. ${one.texts.join(' ')}`,
  );
  return (
    <span className={`meter meter-${verdict}`} title={lines.join('\n')}>
      <span className="meter-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(1, share ?? 0) * 100}%` }} />
      </span>
      {/* The bar's colour alone would not say it. */}
      {verdict === 'stop' ? 'Budget spent: ' : ''}
      {spent === null ? <Unknown why="No request told what it took" /> : amount(measure, spent)} of{' '}
      {amount(measure, limit)}
    </span>
  );
}
