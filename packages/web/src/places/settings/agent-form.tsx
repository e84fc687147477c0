/** An agent to add or to change: who answers, with which tools, and what is run after it. */
import { type AgentSetting, efforts, type PutAgent, type Settings } from '@taffrail/wire';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Segmented } from '../../parts/segmented.js';
import { orderOf } from './agent-edit.js';
import { LabelledGroup, LabelledInput } from './labelled.js';
import { ModelList } from './model-list.js';
import { SettingForm } from './setting-form.js';
import { useSettingsOrder } from './settings-query.js';

type FormProps = {
  settings: Settings;
  /** The agent that is changed, or that a new one begins as. */
  agent: AgentSetting;
  isNew: boolean;
  onDone: (name: string) => void;
  onCancel: () => void;
};

const effortOptions = [
  { value: '', label: 'The model’s own' },
  ...efforts.map((effort) => ({ value: effort, label: effort })),
] as const;

export function AgentForm({ settings, agent, isNew, onDone, onCancel }: FormProps) {
  const [name, setName] = useState(isNew ? '' : agent.name);
  const [draft, setDraft] = useState<PutAgent>(() => orderOf(agent));
  // What is changed is what was seen when the form was opened.
  const [revision] = useState(agent.revision);
  const order = useSettingsOrder((change: PutAgent) =>
    isNew ? rest.addAgent({ name: name.trim(), ...change }) : rest.putAgent(agent.name, change),
  );
  const change = (part: Partial<PutAgent>) => setDraft((before) => ({ ...before, ...part }));
  const save = () => {
    const check = draft.check?.trim() || null;
    order.send({ ...draft, check, ...(isNew ? {} : { revision }) }, () => onDone(isNew ? name.trim() : agent.name));
  };
  return (
    <SettingForm
      label={isNew ? 'Add an agent' : `Change ${agent.name}`}
      save={isNew ? 'Add agent' : 'Save agent'}
      isPending={order.isPending}
      missing={draft.models.length === 0 ? 'An agent needs a model.' : null}
      problem={order.problem}
      onSave={save}
      onCancel={onCancel}
    >
      {isNew ? (
        <LabelledInput label="Name" value={name} required maxLength={100} placeholder="reviewer" onChange={setName} />
      ) : null}
      <ModelList models={draft.models} settings={settings} onChange={(models) => change({ models })} />
      <ToolPicks settings={settings} tools={draft.tools} onChange={(tools) => change({ tools })} />
      <LabelledInput
        label="Check command"
        className="lab-line"
        value={draft.check ?? ''}
        maxLength={2000}
        placeholder="npm run check"
        hint="Run after a turn that changed files; what it finds goes back to the agent. Empty: none."
        onChange={(check) => change({ check })}
      />
      <LabelledGroup label="Effort, where a session does not say">
        <Segmented
          label="Effort"
          value={draft.effort ?? ''}
          options={effortOptions}
          onChange={(effort) => change({ effort: effort === '' ? null : effort })}
        />
      </LabelledGroup>
    </SettingForm>
  );
}

type PicksProps = { settings: Settings; tools: readonly string[]; onChange: (tools: string[]) => void };

function ToolPicks({ settings, tools, onChange }: PicksProps) {
  const all = [...new Set([...settings.tools.map(({ name }) => name), ...tools])];
  return (
    <LabelledGroup label="Tools" hint="A running turn keeps those that it began with.">
      <div className="tool-picks">
        {all.map((tool) => (
          <label key={tool} className="tool-pick">
            <input
              type="checkbox"
              checked={tools.includes(tool)}
              onChange={(event) =>
                onChange(event.target.checked ? [...tools, tool] : tools.filter((other) => other !== tool))
              }
            />
            <span className="mono">{tool}</span>
          </label>
        ))}
      </div>
    </LabelledGroup>
  );
}
