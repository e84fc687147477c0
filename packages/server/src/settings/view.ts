/** Settings as they may be told: no secret, and no part of one. */
import { defaultRule, type KeyRing } from '@taffrail/agent';
import type { AgentSetting, KeySetting, Settings } from '@taffrail/wire';
import type { McpServers } from '../mcp/mcp-servers.js';
import { isPresent, type AgentSetting as KnownAgent, type KnownKey, type RunSettings } from '../runner/settings.js';
import { providerKeyNames } from './key-names.js';
import type { LiveSettings } from './live-settings.js';
import { mcpView } from './mcp-view.js';
import { agentRevision, keyRevision } from './revision.js';
import { toolNames } from './tool-names.js';

/** @param servers Where none can run, nothing is said of how MCP servers stand. */
export function settingsView(live: LiveSettings, ring: KeyRing, servers: McpServers | null = null): Settings {
  const { current, ollama, problem, env, cut } = live;
  return {
    configPath: live.file.path,
    problem: problem === null ? null : cut(problem),
    keys: [...current.keys.values()].sort(byOrigin).map((key) => keyView(live, ring, key, cut)),
    agents: current.agents.map(agentView),
    mcp: servers === null ? [] : mcpView(live.current, servers, cut),
    hosted: current.hosted.map(({ permissions: _permissions, command, env: names, ...agent }) => ({
      ...agent,
      command: command.map(cut),
      env: [...names],
    })),
    tools: toolNames.map((name) => ({ name, rule: defaultRule(name) })),
    ollama: {
      url: ollama.url,
      isFound: ollama.models !== null,
      models: ollama.models?.length ?? 0,
      lookedAt: ollama.lookedAt === null ? null : new Date(ollama.lookedAt).toISOString(),
    },
    environment: providerKeyNames(env),
  };
}

const origins: readonly KnownKey['origin'][] = ['config', 'environment', 'found', 'built-in'];

function byOrigin(one: KnownKey, other: KnownKey): number {
  return origins.indexOf(one.origin) - origins.indexOf(other.origin);
}

function keyView(live: LiveSettings, ring: KeyRing, key: KnownKey, cut: (text: string) => string): KeySetting {
  const { id, provider, baseUrl, source, origin } = key;
  const rest = ring.restOfKey(id, live.now());
  return {
    id,
    provider,
    baseUrl,
    source,
    origin,
    isPresent: isPresent(key),
    resting: rest && { until: new Date(rest.until).toISOString(), reason: cut(rest.reason) },
    tested: live.tests.get(id) ?? null,
    agents: usersOf(live.current, id),
    revision: keyRevision(key),
  };
}

function agentView(agent: KnownAgent): AgentSetting {
  // Which MCP servers it uses is told with them.
  const { mcp: _, ...told } = agent;
  return {
    ...told,
    models: agent.models.map(({ keyId, model }) => `${keyId}/${model}`),
    tools: [...agent.tools],
    revision: agentRevision(agent),
  };
}

function usersOf({ agents }: RunSettings, id: string): string[] {
  return agents.filter(({ models }) => models.some(({ keyId }) => keyId === id)).map(({ name }) => name);
}
