/** Agents: which models answer in which order, with which tools. */
import { type AgentSetting, agentLabel, type Settings } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { rest } from '../../app/api.js';
import { showToast } from '../../app/toasts.js';
import { AfterDelay, Skeleton } from '../../parts/states.js';
import { AgentForm } from './agent-form.js';
import { Asked } from './asked.js';
import { LineButtons } from './line-buttons.js';
import { settingsQuery } from './settings-query.js';

export function AgentsSection() {
  const { data: settings, isError } = useQuery(settingsQuery);
  return (
    <section id="agents" className="set-sec">
      {settings ? (
        <Agents settings={settings} />
      ) : (
        <>
          <h2>Agents</h2>
          {isError ? (
            <p>They come with the keys, which could not be loaded.</p>
          ) : (
            <AfterDelay>
              <Skeleton width="100%" height={110} />
            </AfterDelay>
          )}
        </>
      )}
    </section>
  );
}

function Agents({ settings }: { settings: Settings }) {
  /** `''` is the form for a new agent. */
  const [open, setOpen] = useState<string | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(null);
    add.current?.focus();
  };
  const done = (name: string) => {
    close();
    showToast({ text: `Agent ${name} is saved.`, isError: false });
  };
  const first = settings.agents[0];
  return (
    <>
      <div className="row set-h">
        <h2>Agents</h2>
        <span className="grow" />
        <button
          ref={add}
          type="button"
          className="btn btn-s"
          aria-expanded={open === ''}
          onClick={() => setOpen(open === '' ? null : '')}
        >
          <Plus className="icon-xs" aria-hidden="true" />
          Add agent
        </button>
      </div>
      <p>A session is run by one of these. The first is taken where none is named.</p>
      {open === '' && first ? (
        <AgentForm
          settings={settings}
          agent={{ ...first, permissions: {}, check: null }}
          isNew
          onDone={done}
          onCancel={close}
        />
      ) : null}
      <ul className="framed agents">
        {settings.agents.map((agent) => (
          <li key={agent.name}>
            <AgentLine
              agent={agent}
              settings={settings}
              isOpen={open === agent.name}
              onOpen={() => setOpen(open === agent.name ? null : agent.name)}
            />
            {open === agent.name ? (
              <AgentForm settings={settings} agent={agent} isNew={false} onDone={done} onCancel={close} />
            ) : null}
          </li>
        ))}
      </ul>
      <HostedAgents hosted={settings.hosted} />
    </>
  );
}

/** Agents with programs of their own: they are named in config.toml, or found. */
function HostedAgents({ hosted }: Pick<Settings, 'hosted'>) {
  return (
    <>
      <h3 className="set-sub">Hosted agents</h3>
      <p>
        Agents with a program of their own, which run with your rights, their own models and their own sign-in. Those on
        PATH are found; others are named in config.toml, with <code>acp</code> in place of <code>models</code>.
      </p>
      {hosted.length === 0 ? (
        <p className="ink3">None was found on PATH: claude-agent-acp, codex-acp, gemini or opencode.</p>
      ) : (
        <ul className="framed agents">
          {hosted.map(({ name, agent, command, env, isConfigured }) => (
            <li key={name} className="agent-line">
              <span className="strong trunc" title={name}>
                {name}
              </span>
              <span className="mono ink2 trunc agent-models" title={command.join(' ')}>
                {command.join(' ')}
              </span>
              <span className="xs ink3 agent-more">
                {agentLabel(agent)}
                {env.length > 0 ? ` · gets ${env.join(', ')}` : ''}
                {isConfigured ? '' : ' · found on PATH'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type LineProps = { agent: AgentSetting; settings: Settings; isOpen: boolean; onOpen: () => void };

function AgentLine({ agent, settings, isOpen, onOpen }: LineProps) {
  const [isRemoving, setIsRemoving] = useState(false);
  const { name, models, tools, check, effort, isConfigured } = agent;
  return (
    <>
      <div className="agent-line">
        <span className="strong trunc" title={name}>
          {name}
        </span>
        <span className="mono ink2 trunc agent-models" title={models.join(', ')}>
          {models.join(' → ')}
        </span>
        <span className="xs ink3 agent-more">
          {tools.length === settings.tools.length ? 'all tools' : `${tools.length} of ${settings.tools.length} tools`}
          {check === null ? '' : ` · checks with ${check}`}
          {effort === null ? '' : ` · effort ${effort}`}
          {isConfigured ? '' : ' · as it comes'}
        </span>
        <LineButtons
          name={name}
          isOpen={isOpen}
          onChange={onOpen}
          onRemove={isConfigured ? () => setIsRemoving(true) : null}
        />
      </div>
      {isRemoving ? (
        <Asked
          remove={() => rest.removeAgent(name, { revision: agent.revision })}
          done={`Agent ${name} is removed.`}
          onEnd={() => setIsRemoving(false)}
        >
          Remove {name} and its permissions? Its sessions are run by the first agent that is left, from their next turn
          on.
        </Asked>
      ) : null}
    </>
  );
}
