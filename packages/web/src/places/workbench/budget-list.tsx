/** The budgets that a session counts against, and how they stand. */
import { useQuery } from '@tanstack/react-query';
import { budgetsQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { amount, exactAmount, shareOf, standingName } from '../../parts/budget-words.js';
import { Unknown } from '../../parts/figure.js';

export function BudgetList({ sessionId }: { sessionId: string }) {
  const serves = useServes('budgets');
  const budgets = useQuery({ ...budgetsQuery(sessionId), enabled: serves }).data?.budgets ?? [];
  if (budgets.length === 0) return null;
  return (
    <section className="sec" aria-label="Budgets">
      <div className="sec-h">
        <h2>Budgets</h2>
        <span className="end">sub-agents counted in</span>
      </div>
      {budgets.map((budget) => {
        const { scope, measure, spent, limit, verdict, texts } = budget;
        const share = shareOf(budget);
        return (
          <div key={`${scope} ${measure}`} className={`budget budget-${verdict}`}>
            <div className="budget-h">
              <span>{standingName(budget)}</span>
              <span
                className="num"
                title={`${spent === null ? 'Unknown' : exactAmount(measure, spent)} of ${exactAmount(measure, limit)}`}
              >
                {spent === null ? <Unknown why="No request told what it took" /> : amount(measure, spent)}{' '}
                <span className="ink3">of {amount(measure, limit)}</span>
              </span>
            </div>
            <div className="budget-bar" aria-hidden="true">
              <i style={{ width: `${Math.min(1, share ?? 0) * 100}%` }} />
            </div>
            {texts.map((text) => (
              <p key={text} className="cover">
                {text}
              </p>
            ))}
          </div>
        );
      })}
    </section>
  );
}
