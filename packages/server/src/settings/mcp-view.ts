/** MCP servers as they may be told: how they stand, what they have, and no secret. */
import type { McpServerSetting, McpTest } from '@taffrail/wire';
import type { Standing } from '../mcp/connection.js';
import type { ListedTools } from '../mcp/listed-tools.js';
import type { McpServers, McpTestResult } from '../mcp/mcp-servers.js';
import { type McpServer, usesServer } from '../mcp/servers.js';
import { OrderError } from '../runner/order-error.js';
import type { RunSettings } from '../runner/settings.js';
import type { LiveSettings } from './live-settings.js';

type Cut = (text: string) => string;

export function mcpView({ mcp, agents }: RunSettings, servers: McpServers, cut: Cut): McpServerSetting[] {
  return mcp.map((server): McpServerSetting => {
    const { standings, listed, tested } = servers.view(server);
    const seen = listed ?? (tested?.problem === null ? tested : null);
    return {
      name: server.name,
      reached: cut(reachedAt(server)),
      ...standingOf(server, standings, cut),
      connections: standings.filter(({ kind }) => kind === 'connected').length,
      tools: seen && toolsOf(seen, cut),
      tested: tested && testView(tested, cut),
      agents: agents.filter((agent) => server.isEnabled && usesServer(agent, server.name)).map(({ name }) => name),
    };
  });
}

/** Connects to a server once and says what came of it. @throws OrderError where there is no such server. */
export async function testServer(live: LiveSettings, servers: McpServers, name: string): Promise<McpTest> {
  live.takeUp();
  const server = live.current.mcp.find((one) => one.name === name);
  if (!server) throw new OrderError('unknown', `config.toml has no MCP server ${name}.`);
  return testView(await servers.test(server), live.cut);
}

function testView({ problem, at, durationMs, tools, leftOut }: McpTestResult, cut: Cut): McpTest {
  const left = leftOut.length === 0 ? '' : `, ${leftOut.length} left out`;
  const message = problem === null ? `${tools.length === 1 ? '1 tool' : `${tools.length} tools`}${left}` : cut(problem);
  return { ok: problem === null, message, at: new Date(at).toISOString(), durationMs };
}

function toolsOf({ tools, leftOut }: ListedTools, cut: Cut): NonNullable<McpServerSetting['tools']> {
  const left = leftOut.map(({ name, why }) => ({ name: cut(name), why: cut(why) }));
  return [...tools.map(({ name }) => ({ name: cut(name), why: null })), ...left];
}

/** What works somewhere works; what fails somewhere and works nowhere fails. */
function standingOf(
  { isEnabled, trouble }: McpServer,
  standings: readonly Standing[],
  cut: Cut,
): Pick<McpServerSetting, 'state' | 'problem'> {
  if (!isEnabled) return { state: 'off', problem: null };
  if (standings.some(({ kind }) => kind === 'connected')) return { state: 'connected', problem: null };
  if (standings.some(({ kind }) => kind === 'starting')) return { state: 'starting', problem: null };
  const last = standings.at(-1);
  if (last?.kind === 'failed') return { state: 'failed', problem: cut(last.why) };
  if (trouble !== null) return { state: 'failed', problem: cut(trouble) };
  const ended = last?.kind === 'unused' ? last.ended : null;
  return { state: 'unused', problem: ended && cut(ended) };
}

/** What is secret in an address stands behind its path. */
function reachedAt({ address }: McpServer): string {
  if (address.kind === 'stdio') return [address.command, ...address.args].join(' ');
  const { origin, pathname } = new URL(address.url);
  return `${origin}${pathname}`;
}
