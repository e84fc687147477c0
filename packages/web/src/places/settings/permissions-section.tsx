/** What each agent's tools may do by themselves, what is asked, what is never done. */
import type { AgentSetting, PutAgent, Settings } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Segmented } from '../../parts/segmented.js';
import { AfterDelay, Skeleton } from '../../parts/states.js';
import { orderOf } from './agent-edit.js';
import { Refusal } from './labelled.js';
import { linesOf, permissionsOf, type ToolLine, twice } from './permission-edit.js';
import { ToolLineRows } from './permission-lines.js';
import { settingsQuery, useSettingsOrder } from './settings-query.js';

export function PermissionsSection() {
  const { data: settings, isError } = useQuery(settingsQuery);
  const [name, setName] = useState<string | null>(null);
  const agent = settings?.agents.find((one) => one.name === name) ?? settings?.agents[0];
  return (
    <section id="permissions" className="set-sec">
      <h2>Permissions</h2>
      <p>
        What a tool may do by itself, what it asks for first, and what it never does. A pattern is compared with the
        command, or with the path in the session’s folder; * stands for anything. Of those that match, the one that says
        most decides, whatever their order; of equals the strictest. A line for a shell begins with{' '}
        <span className="mono">sh:</span> and a space.
      </p>
      {settings && agent ? (
        <>
          {settings.agents.length > 1 ? (
            <div className="perm-agents">
              <Segmented
                label="Agent"
                value={agent.name}
                options={settings.agents.map((one) => ({ value: one.name, label: one.name }))}
                onChange={setName}
              />
            </div>
          ) : null}
          <Editor key={agent.name} agent={agent} settings={settings} />
        </>
      ) : isError ? (
        <p>They come with the keys, which could not be loaded.</p>
      ) : (
        <AfterDelay>
          <Skeleton width="100%" height={240} />
        </AfterDelay>
      )}
    </section>
  );
}

/** What was changed and not yet saved, and which agent it was changed from. */
interface Draft {
  lines: ToolLine[];
  revision: string;
}

function Editor({ agent, settings }: { agent: AgentSetting; settings: Settings }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isSaved, setIsSaved] = useState(false);
  const order = useSettingsOrder((change: PutAgent) => rest.putAgent(agent.name, change));
  const lines = draft?.lines ?? linesOf(agent.permissions, agent.tools);
  const change = (next: ToolLine) => {
    setIsSaved(false);
    setDraft({
      lines: lines.map((line) => (line.tool === next.tool ? next : line)),
      revision: draft?.revision ?? agent.revision,
    });
  };
  const discard = () => {
    order.reset();
    setDraft(null);
  };
  const save = ({ revision }: Draft) =>
    order.send({ ...orderOf(agent), permissions: permissionsOf(lines), revision }, () => {
      setDraft(null);
      setIsSaved(true);
    });
  const mistake = twice(lines);
  const usual = new Map(settings.tools.map(({ name, rule }) => [name, rule]));
  return (
    <>
      <ul className="framed perms">
        {lines.map((line) => (
          <ToolLineRows
            key={line.tool}
            line={line}
            usual={usual.get(line.tool) ?? 'ask'}
            isUsed={agent.tools.includes(line.tool)}
            onChange={change}
          />
        ))}
      </ul>
      <Refusal problem={mistake ?? order.problem} />
      <div className="row set-foot">
        <button
          type="button"
          className="btn btn-primary"
          disabled={draft === null || mistake !== null || order.isPending}
          onClick={() => draft && save(draft)}
        >
          Save permissions
        </button>
        {draft === null ? null : (
          <button type="button" className="btn btn-quiet" onClick={discard}>
            Discard
          </button>
        )}
        {isSaved ? (
          <span className="state ink2" role="status">
            <Check className="icon-s ok" aria-hidden="true" />
            Saved; in force from the next call of a tool
          </span>
        ) : null}
      </div>
    </>
  );
}
