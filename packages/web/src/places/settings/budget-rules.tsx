/** What holds for all budgets: when they warn, and what becomes of requests that nobody can count. */
import { type Budgets, type PutBudgets, uncountedRules } from '@taffrail/wire';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Segmented } from '../../parts/segmented.js';
import { orderOf, shareOfText } from './budget-edit.js';
import { LabelledGroup, LabelledInput } from './labelled.js';
import { SettingForm } from './setting-form.js';
import { useSettingsOrder } from './settings-query.js';

type RulesProps = {
  budgets: Budgets;
  canSet: boolean;
  isOpen: boolean;
  onOpen: () => void;
  onDone: (text: string) => void;
  onCancel: () => void;
};

const ruleWords = { stop: 'Not asked', allow: 'Asked, and it is said' } as const;
const ruleOptions = uncountedRules.map((value) => ({ value, label: ruleWords[value] }));
const percentOf = (share: number) => String(Number((share * 100).toFixed(2)));

export function BudgetRules({ budgets, canSet, isOpen, onOpen, onDone, onCancel }: RulesProps) {
  const { warn, unpriced, unreported } = budgets;
  const rules = [
    `warn at ${percentOf(warn)}%`,
    `models without a price are ${unpriced === 'stop' ? 'not asked where money is limited' : 'asked'}`,
    `models that tell no tokens are ${unreported === 'stop' ? 'not asked a second time' : 'asked'}`,
  ];
  return (
    <>
      <div className="agent-line">
        <span className="strong">All of them</span>
        <span className="xs ink2 wrap">{rules.join(' · ')}</span>
        {canSet ? (
          <span className="row agent-do">
            <button
              type="button"
              className="btn btn-quiet btn-s"
              aria-label="Change what holds for all budgets"
              aria-expanded={isOpen}
              onClick={onOpen}
            >
              Change
            </button>
          </span>
        ) : null}
      </div>
      {isOpen ? <RulesForm budgets={budgets} onDone={onDone} onCancel={onCancel} /> : null}
    </>
  );
}

function RulesForm({ budgets, onDone, onCancel }: Pick<RulesProps, 'budgets' | 'onDone' | 'onCancel'>) {
  const [draft, setDraft] = useState<PutBudgets>(() => orderOf(budgets));
  const [share, setShare] = useState(percentOf(budgets.warn));
  const [mistake, setMistake] = useState<string | null>(null);
  const order = useSettingsOrder((change: PutBudgets) => rest.putBudgets(change));
  const save = () => {
    const warn = shareOfText(share);
    setMistake(warn === null ? 'A budget warns at more than 0 and at most 100 percent.' : null);
    if (warn !== null) order.send({ ...draft, warn }, () => onDone('What holds for all budgets is set.'));
  };
  return (
    <SettingForm
      label="What holds for all budgets"
      save="Save"
      isPending={order.isPending}
      problem={mistake ?? order.problem}
      onSave={save}
      onCancel={onCancel}
    >
      <LabelledInput label="Warn at, in percent" value={share} inputMode="decimal" maxLength={8} onChange={setShare} />
      <LabelledGroup label="A model without a price, where money is limited">
        <Segmented
          label="Without a price"
          value={draft.unpriced}
          options={ruleOptions}
          onChange={(unpriced) => setDraft({ ...draft, unpriced })}
        />
      </LabelledGroup>
      <LabelledGroup label="A model that did not tell its tokens">
        <Segmented
          label="Without tokens"
          value={draft.unreported}
          options={ruleOptions}
          onChange={(unreported) => setDraft({ ...draft, unreported })}
        />
      </LabelledGroup>
    </SettingForm>
  );
}
