/** The form for a new session: where it works, who answers. */
import { type Choices, newSessionId } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { useOrder } from '../../app/orders.js';
import { choicesQuery } from '../../app/queries.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { AfterDelay, Failed, Skeleton } from '../../parts/states.js';
import { effortNamed, effortOptions, useModelOptions } from './composer-pickers.js';
import { FolderField } from './folder-field.js';
import { demoOf, startable } from './start-choices.js';

export function NewSession() {
  const choices = useQuery(choicesQuery);
  return (
    <main className="first">
      <div className="first-in first-form">
        <h1>New session</h1>
        {choices.data ? (
          <StartForm choices={choices.data} />
        ) : choices.isError ? (
          <Failed
            what="Models and folders could not be loaded"
            problem={problemFrom(choices.error)}
            onRetry={() => void choices.refetch()}
          />
        ) : (
          <AfterDelay>
            <Skeleton width="100%" height={160} />
          </AfterDelay>
        )}
      </div>
    </main>
  );
}

function StartForm({ choices }: { choices: Choices }) {
  const navigate = useNavigate();
  const create = useOrder('create');
  const [cwd, setCwd] = useState(choices.folders[0] ?? '');
  const [agent, setAgent] = useState(choices.agents[0]?.name ?? '');
  const [model, setModel] = useState('');
  const [effort, setEffort] = useState('');
  const modelOptions = useModelOptions(choices.models);
  const models = startable(choices, agent);
  const chosen = model || models[0]?.id || '';
  const demo = demoOf(choices);

  const start = (withModel: string, folder: string) => {
    const named = effortNamed(effort);
    const input = {
      id: newSessionId(),
      cwd: folder,
      ...(withModel ? { model: withModel } : {}),
      ...(agent ? { agent } : {}),
      ...(named ? { effort: named } : {}),
    };
    create.send(input, (session) => void navigate({ to: '/', search: { s: session.id }, replace: true }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start(chosen, cwd.trim());
  };
  return (
    <form className="start" onSubmit={submit}>
      <FolderField value={cwd} folders={choices.folders} onChange={setCwd} />
      <div className="start-picks">
        <Pick label="Agent">
          <ChoiceMenu
            label="Agent"
            options={choices.agents.map(({ name, tools }) => ({
              value: name,
              label: name,
              note: `${tools.length} tools`,
            }))}
            selected={[agent]}
            onSelect={setAgent}
          >
            {agent || 'default'}
          </ChoiceMenu>
        </Pick>
        <Pick label="Model">
          <ChoiceMenu label="Model" options={modelOptions} selected={[chosen]} onSelect={setModel}>
            {chosen || 'none'}
          </ChoiceMenu>
        </Pick>
        <Pick label="Effort">
          <ChoiceMenu label="Effort" options={effortOptions} selected={[effort]} onSelect={setEffort}>
            {effort || 'the model’s own'}
          </ChoiceMenu>
        </Pick>
      </div>
      <div className="row">
        <button
          type="submit"
          className="btn btn-primary"
          disabled={cwd.trim() === '' || chosen === '' || create.isPending}
        >
          <Play className="icon-xs" aria-hidden="true" />
          Start
        </button>
        {demo && demo.id !== chosen ? (
          <button
            type="button"
            className="btn"
            disabled={cwd.trim() === '' || create.isPending}
            onClick={() => start(demo.id, cwd.trim())}
          >
            Start with the demo model
          </button>
        ) : null}
        <Link to="/sessions" className="btn btn-quiet">
          All sessions
        </Link>
      </div>
      <p className="cover">
        {chosen === demo?.id
          ? 'The demo model is a script: it needs no key, drives the real tools in this folder, and its usage is marked as simulated.'
          : 'The agent works in this folder, with the permissions of its configuration. Whatever is not allowed there is asked first.'}
      </p>
    </form>
  );
}

function Pick({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="start-pick">
      <span className="xs ink3">{label}</span>
      {children}
    </div>
  );
}
