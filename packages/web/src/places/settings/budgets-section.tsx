/** What may be spent: as config.toml sets it, and what of today's is spent. */
import { useQuery } from '@tanstack/react-query';
import { problemFrom } from '../../app/api.js';
import { budgetsQuery } from '../../app/queries.js';
import { exactAmount, setName } from '../../parts/budget-words.js';
import { Failed } from '../../parts/states.js';

export function BudgetsSection() {
  const budgets = useQuery(budgetsQuery(null));
  const { data } = budgets;
  return (
    <section id="budgets" className="set-sec">
      <h2>Budgets</h2>
      <p>
        A budget warns at its share, and then stops a session before its next request. Only sessions that run here
        count, sub-agents with the session that started them. Sessions that ask at the same time may together exceed one
        by the requests that are under way.
      </p>
      {budgets.isError ? (
        <Failed
          what="The budgets could not be read"
          problem={problemFrom(budgets.error)}
          onRetry={() => void budgets.refetch()}
        />
      ) : null}
      {data && data.set.length === 0 ? (
        <p>
          None is set. They stand under <span className="mono">[budgets]</span> in{' '}
          <span className="mono">config.toml</span>, such as <span className="mono">session = {'{ money = 5.0 }'}</span>
          .
        </p>
      ) : null}
      {data && data.set.length > 0 ? (
        <dl className="facts">
          {data.set.map((one) => {
            const today = data.budgets.find(({ scope, measure }) => scope === one.scope && measure === one.measure);
            return (
              <div key={`${one.scope} ${one.measure}`} className="contents">
                <dt>{setName(one)}</dt>
                <dd>
                  {exactAmount(one.measure, one.limit)}
                  {today ? (
                    <span className="ink2">
                      , {today.spent === null ? 'unknown' : exactAmount(one.measure, today.spent)} of it spent today
                    </span>
                  ) : null}
                </dd>
              </div>
            );
          })}
          <dt>Warn at</dt>
          <dd>{Math.round(data.warn * 100)}%</dd>
          <dt>Without a price</dt>
          <dd>{data.unpriced === 'stop' ? 'not asked where money is limited' : 'asked, and it is said'}</dd>
          <dt>Without tokens</dt>
          <dd>{data.unreported === 'stop' ? 'not asked a second time' : 'asked, and it is said'}</dd>
        </dl>
      ) : null}
    </section>
  );
}
