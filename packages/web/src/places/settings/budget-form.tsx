/** A budget to add or to change: whose, of what, how much. */
import { type Budgets, budgetPeriods, type PutBudgets, type SetBudget } from '@taffrail/wire';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { perWords, setName } from '../../parts/budget-words.js';
import { Segmented } from '../../parts/segmented.js';
import { budgetMistake, limitOf, limitText, orderOf, withBudget } from './budget-edit.js';
import { LabelledGroup, LabelledInput } from './labelled.js';
import { SettingForm } from './setting-form.js';
import { useSettingsOrder } from './settings-query.js';

type FormProps = {
  budgets: Budgets;
  /** The budget that is changed, or that a new one begins as. */
  budget: SetBudget;
  isNew: boolean;
  /** Told what to say. */
  onDone: (text: string) => void;
  onCancel: () => void;
};

const scopes = [
  { value: 'session', label: 'A session' },
  { value: 'day', label: 'A day' },
  { value: 'project', label: 'A project' },
] as const;
const measures = [
  { value: 'money', label: 'Money' },
  { value: 'tokens', label: 'Tokens' },
] as const;
const periods = budgetPeriods.map((value) => ({ value, label: perWords[value] }));
const scopeHints = {
  session: 'Each session with its sub-agents.',
  day: 'All sessions together, since midnight where the server stands.',
  project: 'All sessions in the same project folder.',
} as const;

export function BudgetForm({ budgets, budget, isNew, onDone, onCancel }: FormProps) {
  const [draft, setDraft] = useState(budget);
  const [text, setText] = useState(isNew ? '' : limitText(budget));
  const [isTried, setIsTried] = useState(false);
  // What is changed is what was seen when the form was opened.
  const [seen] = useState(() => orderOf(budgets));
  const order = useSettingsOrder((change: PutBudgets) => rest.putBudgets(change));
  const mistake = budgetMistake(draft, text, seen.set, isNew);
  const save = () => {
    setIsTried(true);
    const limit = limitOf(draft.measure, text);
    if (mistake !== null || limit === null) return;
    const set = withBudget(seen.set, { ...draft, limit });
    order.send({ ...seen, set }, () => onDone(`The budget “${setName(draft)}” is set.`));
  };
  return (
    <SettingForm
      label={isNew ? 'Add a budget' : `Change the budget of ${setName(budget)}`}
      save={isNew ? 'Add budget' : 'Save budget'}
      isPending={order.isPending}
      problem={isTried ? (mistake ?? order.problem) : order.problem}
      onSave={save}
      onCancel={onCancel}
    >
      {isNew ? <Choices draft={draft} set={seen.set} onChange={setDraft} /> : null}
      <LabelledInput
        label={draft.measure === 'money' ? 'Limit in dollars' : 'Limit in tokens, in and out'}
        value={text}
        inputMode="decimal"
        maxLength={30}
        placeholder={draft.measure === 'money' ? '5.00' : '2M'}
        aria-invalid={isTried && mistake !== null}
        onChange={setText}
      />
      {draft.scope === 'project' ? (
        <LabelledGroup label="Begins anew" hint="Both budgets of a project begin anew together.">
          <Segmented
            label="Begins anew"
            value={draft.per ?? 'month'}
            options={periods}
            onChange={(per) => setDraft({ ...draft, per })}
          />
        </LabelledGroup>
      ) : null}
    </SettingForm>
  );
}

type ChoicesProps = { draft: SetBudget; set: readonly SetBudget[]; onChange: (draft: SetBudget) => void };

/** Whose budget, and of what: chosen once, for it is named by both. */
function Choices({ draft, set, onChange }: ChoicesProps) {
  const toScope = (scope: SetBudget['scope']) => {
    const per = scope === 'session' ? null : scope === 'day' ? 'day' : projectPeriod(set);
    onChange({ ...draft, scope, per });
  };
  return (
    <>
      <LabelledGroup label="Of" hint={scopeHints[draft.scope]}>
        <Segmented label="Of" value={draft.scope} options={scopes} onChange={toScope} />
      </LabelledGroup>
      <LabelledGroup label="In">
        <Segmented
          label="In"
          value={draft.measure}
          options={measures}
          onChange={(measure) => onChange({ ...draft, measure })}
        />
      </LabelledGroup>
    </>
  );
}

function projectPeriod(set: readonly SetBudget[]): SetBudget['per'] {
  return set.find(({ scope }) => scope === 'project')?.per ?? 'month';
}
