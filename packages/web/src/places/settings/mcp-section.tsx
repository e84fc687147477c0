/** MCP servers: whether they work, what they have, and who uses them. They are changed in config.toml. */
import type { McpServerSetting, Settings } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Unknown } from '../../parts/figure.js';
import { duration } from '../../parts/format-time.js';
import { AfterDelay, Blank, Skeleton, sentence } from '../../parts/states.js';
import { mcpState, toolsText, usersText } from './mcp-words.js';
import { settingsQuery } from './settings-query.js';
import { StateCell } from './state-cell.js';
import { type Tests, useTests } from './use-tests.js';

export function McpSection() {
  const { data: settings, isError } = useQuery(settingsQuery);
  const tests = useTests((name) => rest.testMcpServer(name));
  return (
    <section id="mcp" className="set-sec">
      <div className="row set-h">
        <h2>MCP servers</h2>
        <span className="grow" />
        {settings && settings.mcp.length > 1 ? (
          <button type="button" className="btn btn-s" onClick={() => tests.all(settings.mcp.map(({ name }) => name))}>
            <RefreshCw className="icon-xs" aria-hidden="true" />
            Test all
          </button>
        ) : null}
      </div>
      <p>
        Their tools are asked for like commands, unless a permission such as{' '}
        <span className="mono">mcp__github__*</span> allows them. They run with your rights, outside of what confines an
        agent’s own tools. They are added and changed in <span className="mono">config.toml</span>.
      </p>
      {settings ? (
        <Servers settings={settings} tests={tests} />
      ) : isError ? (
        <p>They come with the keys, which could not be loaded.</p>
      ) : (
        <AfterDelay>
          <Skeleton width="100%" height={60} />
        </AfterDelay>
      )}
    </section>
  );
}

function Servers({ settings, tests }: { settings: Settings; tests: Tests }) {
  if (settings.mcp.length === 0)
    return (
      <Blank fact="No MCP server yet">
        One stands under <span className="mono">[mcp.NAME]</span> in <span className="mono">config.toml</span>, with a{' '}
        <span className="mono">command</span> and its <span className="mono">args</span>, or a{' '}
        <span className="mono">url</span>.
      </Blank>
    );
  const agents = settings.agents.map(({ name }) => name);
  return (
    <div className="framed">
      <table className="tbl tbl-keys">
        <thead>
          <tr>
            <th>Name</th>
            <th>Used by</th>
            <th>Reached by</th>
            <th>State</th>
            <th className="num">Starts in</th>
            <th>
              <span className="sr-only">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {settings.mcp.map((server) => (
            <ServerRow key={server.name} server={server} agents={agents} tests={tests} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = { server: McpServerSetting; agents: readonly string[]; tests: Tests };

function ServerRow({ server, agents, tests }: RowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { name, reached, tools, tested } = server;
  const isTesting = tests.testing.has(name);
  const state = mcpState(server);
  const note = isTesting ? null : state.note;
  const users = usersText(server.agents, agents);
  return (
    <>
      <tr className={note === null && !isOpen ? undefined : 'nob'}>
        <td className="strong mono trunc" title={name}>
          {name}
        </td>
        <td className="key-provider trunc" title={users}>
          {users}
        </td>
        <td className="ink2 mono trunc key-source" title={reached}>
          {reached}
        </td>
        <td className="key-state">
          {isTesting ? <span className="ink3">Connecting…</span> : <StateCell state={state} />}
          {tools === null || isTesting ? null : (
            <button
              type="button"
              className="link mcp-count"
              aria-expanded={isOpen}
              aria-label={`${toolsText(tools)} of ${name}`}
              onClick={() => setIsOpen(!isOpen)}
            >
              {toolsText(tools)}
            </button>
          )}
        </td>
        <td className="num ink2 key-time">
          {tested?.ok ? (
            duration(tested.durationMs)
          ) : (
            <Unknown why="No test of it went well since the server started" />
          )}
        </td>
        <td className="key-do">
          <span className="row">
            <button
              type="button"
              className="btn btn-quiet btn-s"
              aria-label={`Test ${name}`}
              disabled={isTesting}
              onClick={() => tests.test(name)}
            >
              Test
            </button>
          </span>
        </td>
      </tr>
      {note === null ? null : <Problem isFailed={state.tone === 'failed'} text={note} />}
      {isOpen && tools !== null ? <ToolRow tools={tools} /> : null}
    </>
  );
}

function Problem({ isFailed, text }: { isFailed: boolean; text: string }) {
  return (
    <tr className={isFailed ? 'problem problem-failed' : 'problem'}>
      <td colSpan={6}>
        <div>
          <CircleAlert className="icon-s" aria-hidden="true" />
          <span className="grow wrap">{sentence(text.charAt(0).toUpperCase() + text.slice(1))}</span>
        </div>
      </td>
    </tr>
  );
}

function ToolRow({ tools }: { tools: NonNullable<McpServerSetting['tools']> }) {
  const left = tools.filter(({ why }) => why !== null);
  return (
    <tr className="form-row">
      <td colSpan={6}>
        <div className="mcp-tools">
          <ul className="mcp-names">
            {tools.map(({ name, why }) => (why === null ? <li key={name}>{name}</li> : null))}
          </ul>
          {left.length === 0 ? null : (
            <ul className="xs ink3">
              {left.map(({ name, why }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a name may be there twice, which is why it is left out
                <li key={index} className="wrap">
                  <span className="mono">{name}</span> is left out: {why}
                </li>
              ))}
            </ul>
          )}
        </div>
      </td>
    </tr>
  );
}
