/** The form for a new session: where it works, who answers. */
import { agentLabel, type Choices, newSessionId } from '@taffrail/wire';
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
import { demoOf, isHosted, startable } from './start-choices.js';

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
  const [picked, setPicked] = useState<Picked>({ agent: choices.agents[0]?.name ?? '', model: '', effort: '' });
  const isElsewhere = isHosted(choices, picked.agent);
  const chosen = isElsewhere ? '' : picked.model || startable(choices, picked.agent)[0]?.id || '';
  const demo = demoOf(choices);
  const isIncomplete = cwd.trim() === '' || create.isPending;

  const start = (model: string) => {
    const effort = isElsewhere ? undefined : effortNamed(picked.effort);
    const input = {
      id: newSessionId(),
      cwd: cwd.trim(),
      ...(model ? { model } : {}),
      ...(picked.agent ? { agent: picked.agent } : {}),
      ...(effort ? { effort } : {}),
    };
    create.send(input, (session) => void navigate({ to: '/', search: { s: session.id }, replace: true }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start(chosen);
  };
  return (
    <form className="start" onSubmit={submit}>
      <FolderField value={cwd} folders={choices.folders} onChange={setCwd} />
      <Picks choices={choices} picked={picked} chosen={chosen} onPick={setPicked} />
      <div className="row">
        <button type="submit" className="btn btn-primary" disabled={isIncomplete || (chosen === '' && !isElsewhere)}>
          <Play className="icon-xs" aria-hidden="true" />
          Start
        </button>
        {demo && demo.id !== chosen && !isElsewhere ? (
          <button type="button" className="btn" disabled={isIncomplete} onClick={() => start(demo.id)}>
            Start with the demo model
          </button>
        ) : null}
        <Link to="/sessions" className="btn btn-quiet">
          All sessions
        </Link>
      </div>
      {isElsewhere || choices.models.some(({ provider }) => provider !== 'demo') ? null : (
        <p className="cover">
          Only the demo model can answer yet.{' '}
          <Link to="/settings" search={{ section: 'keys' }} className="link">
            Add a key
          </Link>{' '}
          for a real one.
        </p>
      )}
      <p className="cover">{aboutStart(isElsewhere, chosen === demo?.id)}</p>
    </form>
  );
}

function aboutStart(isElsewhere: boolean, isDemo: boolean): string {
  if (isElsewhere)
    return 'This agent runs as a program of its own, with your rights, its own models and its own sign-in. What it asks for is asked here.';
  return isDemo
    ? 'The demo model is a script: it needs no key, drives the real tools in this folder, and its usage is marked as simulated.'
    : 'The agent works in this folder, with the permissions of its configuration. Whatever is not allowed there is asked first.';
}

type Picked = { agent: string; model: string; effort: string };

type PicksProps = { choices: Choices; picked: Picked; chosen: string; onPick: (picked: Picked) => void };

/** `chosen`: the model that will answer, picked or the agent’s own. */
function Picks({ choices, picked, chosen, onPick }: PicksProps) {
  const { agent } = picked;
  const own = choices.agents.map(({ name, tools }) => ({ value: name, label: name, note: `${tools.length} tools` }));
  const hosted = choices.hosted.map((one) => ({
    value: one.name,
    label: one.name,
    note: `hosted · ${agentLabel(one.agent)}`,
  }));
  return (
    <div className="start-picks">
      <Pick label="Agent">
        <ChoiceMenu
          label="Agent"
          options={[...own, ...hosted]}
          selected={[agent]}
          onSelect={(one) => onPick({ ...picked, agent: one })}
        >
          {agent || 'default'}
        </ChoiceMenu>
      </Pick>
      {isHosted(choices, agent) ? null : (
        <ModelPicks picked={picked} chosen={chosen} choices={choices} onPick={onPick} />
      )}
    </div>
  );
}

function ModelPicks({ choices, picked, chosen, onPick }: PicksProps) {
  const { effort } = picked;
  const modelOptions = useModelOptions(choices.models);
  return (
    <>
      <Pick label="Model">
        <ChoiceMenu
          label="Model"
          options={modelOptions}
          selected={[chosen]}
          onSelect={(one) => onPick({ ...picked, model: one })}
        >
          {chosen || 'none'}
        </ChoiceMenu>
      </Pick>
      <Pick label="Effort">
        <ChoiceMenu
          label="Effort"
          options={effortOptions}
          selected={[effort]}
          onSelect={(one) => onPick({ ...picked, effort: one })}
        >
          {effort || 'the model’s own'}
        </ChoiceMenu>
      </Pick>
    </>
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
