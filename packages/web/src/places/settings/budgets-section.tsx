/** What may be spent: set here or in config.toml, and what of today's is spent. */
import type { Budgets, SetBudget } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { problemFrom, rest } from '../../app/api.js';
import { budgetsQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { showToast } from '../../app/toasts.js';
import { exactAmount, setName } from '../../parts/budget-words.js';
import { AfterDelay, Failed, Skeleton } from '../../parts/states.js';
import { Asked } from './asked.js';
import { isSame, orderOf } from './budget-edit.js';
import { BudgetForm } from './budget-form.js';
import { BudgetRules } from './budget-rules.js';
import { LineButtons } from './line-buttons.js';

export function BudgetsSection() {
  const budgets = useQuery(budgetsQuery(null));
  const { data } = budgets;
  return (
    <section id="budgets" className="set-sec">
      {data ? (
        <BudgetsSet budgets={data} />
      ) : (
        <>
          <h2>Budgets</h2>
          {budgets.isError ? (
            <Failed
              what="The budgets could not be read"
              problem={problemFrom(budgets.error)}
              onRetry={() => void budgets.refetch()}
            />
          ) : (
            <AfterDelay>
              <Skeleton width="100%" height={72} />
            </AfterDelay>
          )}
        </>
      )}
    </section>
  );
}

const nameOf = ({ scope, measure }: SetBudget) => `${scope} ${measure}`;
const firstDraft: SetBudget = { scope: 'session', measure: 'money', limit: 0, per: null };

function BudgetsSet({ budgets }: { budgets: Budgets }) {
  const canSet = useServes('settings.budgets');
  /** `''` is the form for a new budget, `rules` that of what holds for all. */
  const [open, setOpen] = useState<string | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(null);
    add.current?.focus();
  };
  const done = (text: string) => {
    close();
    showToast({ text, isError: false });
  };
  const toggle = (name: string) => setOpen(open === name ? null : name);
  return (
    <>
      <div className="row set-h">
        <h2>Budgets</h2>
        <span className="grow" />
        {canSet ? (
          <button ref={add} type="button" className="btn btn-s" aria-expanded={open === ''} onClick={() => toggle('')}>
            <Plus className="icon-xs" aria-hidden="true" />
            Add budget
          </button>
        ) : null}
      </div>
      <p>
        A budget warns at its share, and then stops a session before its next request. Only sessions that run here
        count, sub-agents with the session that started them. Sessions that ask at the same time may together exceed one
        by the requests that are under way.
      </p>
      {open === '' ? <BudgetForm budgets={budgets} budget={firstDraft} isNew onDone={done} onCancel={close} /> : null}
      {budgets.set.length === 0 ? (
        open === '' ? null : (
          <p className="cover">None is set: nothing but your provider’s own limits holds a session back.</p>
        )
      ) : (
        <ul className="framed agents">
          {budgets.set.map((budget) => (
            <li key={nameOf(budget)}>
              <BudgetLine
                budgets={budgets}
                budget={budget}
                canSet={canSet}
                isOpen={open === nameOf(budget)}
                onOpen={() => toggle(nameOf(budget))}
              />
              {open === nameOf(budget) ? (
                <BudgetForm budgets={budgets} budget={budget} isNew={false} onDone={done} onCancel={close} />
              ) : null}
            </li>
          ))}
          <li>
            <BudgetRules
              budgets={budgets}
              canSet={canSet}
              isOpen={open === 'rules'}
              onOpen={() => toggle('rules')}
              onDone={done}
              onCancel={close}
            />
          </li>
        </ul>
      )}
    </>
  );
}

type LineProps = { budgets: Budgets; budget: SetBudget; canSet: boolean; isOpen: boolean; onOpen: () => void };

function BudgetLine({ budgets, budget, canSet, isOpen, onOpen }: LineProps) {
  const [isRemoving, setIsRemoving] = useState(false);
  const { measure, limit } = budget;
  const name = `${setName(budget)}, ${measure === 'money' ? 'cost' : 'tokens'}`;
  const today = budgets.budgets.find((one) => isSame(one, budget));
  return (
    <>
      <div className="agent-line">
        <span className="strong trunc">{name}</span>
        <span className="ink2 trunc">{exactAmount(measure, limit)}</span>
        <span className="xs ink3 agent-more">
          {today ? `${today.spent === null ? 'unknown' : exactAmount(measure, today.spent)} spent today` : ''}
        </span>
        {canSet ? (
          <LineButtons name={name} isOpen={isOpen} onChange={onOpen} onRemove={() => setIsRemoving(true)} />
        ) : null}
      </div>
      {isRemoving ? (
        <Asked
          remove={() =>
            rest.putBudgets({ ...orderOf(budgets), set: budgets.set.filter((one) => !isSame(one, budget)) })
          }
          done={`The budget “${name}” is removed.`}
          onEnd={() => setIsRemoving(false)}
        >
          Remove the budget of {exactAmount(measure, limit)}? Nothing stops a session at it any more.
        </Asked>
      ) : null}
    </>
  );
}
