/** An agent's models, in the order in which they are tried. */
import type { Settings } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { choicesQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { modelMistake, moved } from './agent-edit.js';
import { LabelledGroup } from './labelled.js';

type ListProps = { models: readonly string[]; settings: Settings; onChange: (models: string[]) => void };

export function ModelList({ models, settings, onChange }: ListProps) {
  return (
    <LabelledGroup
      label="Models"
      hint="Tried from top to bottom: when one is exhausted, the next answers. When all are, the session waits and goes on by itself."
    >
      <ol className="models">
        {models.map((model, index) => (
          <li key={model}>
            <span className="num ink3">{index + 1}</span>
            <span className="mono grow trunc" title={model}>
              {model}
            </span>
            <button
              type="button"
              className="btn btn-quiet btn-s btn-icon"
              aria-label={`${model}: earlier`}
              disabled={index === 0}
              onClick={() => onChange(moved(models, index, -1))}
            >
              <ArrowUp className="icon-xs" aria-hidden="true" />
            </button>
            <button
              type="button"
              className="btn btn-quiet btn-s btn-icon"
              aria-label={`${model}: later`}
              disabled={index === models.length - 1}
              onClick={() => onChange(moved(models, index, 1))}
            >
              <ArrowDown className="icon-xs" aria-hidden="true" />
            </button>
            <button
              type="button"
              className="btn btn-quiet btn-s btn-icon"
              aria-label={`${model}: take out`}
              onClick={() => onChange(models.filter((one) => one !== model))}
            >
              <X className="icon-xs" aria-hidden="true" />
            </button>
          </li>
        ))}
      </ol>
      <NewModel models={models} settings={settings} onAdd={(model) => onChange([...models, model])} />
    </LabelledGroup>
  );
}

type NewProps = { models: readonly string[]; settings: Settings; onAdd: (model: string) => void };

/** One of the known models, or one that somebody knows by name. */
function NewModel({ models, settings, onAdd }: NewProps) {
  const known = useQuery({ ...choicesQuery, enabled: useServes('live') }).data?.models ?? [];
  const [text, setText] = useState('');
  const keys = settings.keys.map(({ id }) => id);
  const mistake = modelMistake(text, models, keys);
  const add = () => {
    if (text.trim() === '' || mistake !== null) return;
    onAdd(text.trim());
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // Enter adds the model; it does not save the form with what is half typed.
    event.preventDefault();
    add();
  };
  return (
    <>
      <div className="row model-new">
        <div className="field grow">
          <input
            className="mono"
            aria-label="Another model"
            list="known-models"
            value={text}
            placeholder="KEY/MODEL"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            maxLength={300}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <datalist id="known-models">
            {known
              .filter(({ id }) => !models.includes(id))
              .map(({ id }) => (
                <option key={id} value={id} />
              ))}
          </datalist>
        </div>
        <button type="button" className="btn" disabled={text.trim() === '' || mistake !== null} onClick={add}>
          <Plus className="icon-xs" aria-hidden="true" />
          Add
        </button>
      </div>
      {mistake === null ? null : <p className="lab-hint warn">{mistake}</p>}
    </>
  );
}
