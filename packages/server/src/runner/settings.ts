/** The owner's keys and agents, from config.toml, the environment and what was found. Secrets stay in here. */
import { type ModelKey, type ModelName, modelName, type NamedSecret, type Permissions } from '@taffrail/agent';
import type { efforts, SecretSource } from '@taffrail/wire';
import { type HostedAgent, hostedAgents } from '../acp/programs.js';
import type { BudgetsConfig } from '../budgets/budget-config.js';
import type { Config, KeyConfig } from '../config.js';
import { type McpServer, mcpServersOf } from '../mcp/servers.js';
import { UsageError } from '../usage-error.js';

export interface AgentSetting {
  name: string;
  models: readonly ModelName[];
  tools: readonly string[];
  check: string | null;
  effort: (typeof efforts)[number] | null;
  permissions: Permissions;
  /** The MCP servers that it uses; `null`: all. */
  mcp: readonly string[] | null;
  /** `false`: what an agent is where none is configured. */
  isConfigured: boolean;
}

/** A key and who named it. */
export interface KnownKey extends ModelKey {
  origin: 'config' | 'environment' | 'found' | 'built-in';
  source: SecretSource;
}

/** What is known beside config.toml and the environment. */
export interface Surroundings {
  /** Secrets that were entered in the web app, by the key's id. */
  stored: ReadonlyMap<string, string>;
  /** A local Ollama: where it is or would be, and its models; `null` where none was found. */
  ollama: { url: string; models: readonly string[] | null };
  /** What keys' providers said they have. */
  listed: ReadonlyMap<string, readonly string[]>;
  /** Values that were secrets earlier: they are still not to be told. */
  earlier: readonly NamedSecret[];
  /** Agents whose program is on this machine. */
  programs: readonly HostedAgent[];
}

const usualKeys = [
  { id: 'anthropic', provider: 'anthropic', env: ['ANTHROPIC_API_KEY'] },
  { id: 'openai', provider: 'openai', env: ['OPENAI_API_KEY'] },
  { id: 'google', provider: 'google', env: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'] },
] as const;

const usualModels: Partial<Record<ModelKey['provider'], string>> = {
  anthropic: 'claude-sonnet-4-5',
  openai: 'gpt-5',
  google: 'gemini-2.5-pro',
};

const foundId = 'ollama';
/** These may be named whether or not they are there today: what stands in a file must not keep the server from starting. */
const lendableIds: readonly string[] = [...usualKeys.map(({ id }) => id), foundId];

export const demoModel: ModelName = { keyId: 'demo', model: 'demo' };

const nothingElse: Surroundings = {
  stored: new Map(),
  ollama: { url: 'http://127.0.0.1:11434', models: null },
  listed: new Map(),
  earlier: [],
  programs: [],
};

export class RunSettings {
  readonly keys: ReadonlyMap<string, KnownKey>;
  readonly agents: readonly AgentSetting[];
  /** Agents with a program of their own. */
  readonly hosted: readonly HostedAgent[];
  readonly budgets: BudgetsConfig;
  readonly prices: Config['prices'];
  readonly telemetry: Config['telemetry'];
  readonly mcp: readonly McpServer[];
  /** Further names that the server answers to. */
  readonly allowedHosts: readonly string[];
  /** Values that must never be told. */
  readonly secrets: readonly NamedSecret[];
  readonly #around: Surroundings;

  /** @throws UsageError where config.toml names what is not there. */
  constructor(config: Config, env: NodeJS.ProcessEnv, around: Surroundings = nothingElse) {
    this.#around = around;
    const demo = { id: 'demo', provider: 'demo', baseUrl: null, secret: null } as const;
    const keys: KnownKey[] = [
      ...keysInEnvironment(env),
      ...(around.ollama.models === null ? [] : [ollamaKey(around)]),
      { ...demo, origin: 'built-in', source: { kind: 'none' } },
      ...config.keys.map((key) => configuredKey(key, env, around.stored)),
    ];
    this.keys = new Map(keys.map((key) => [key.id, key]));
    const current = [...this.keys.values()].flatMap(({ id, secret }) =>
      secret ? [{ name: `key ${id}`, value: secret }] : [],
    );
    const mcp = mcpServersOf(config.mcp, { env, stored: around.stored });
    this.mcp = mcp.servers;
    const named = [...current, ...mcp.secrets];
    const isNew = ({ value }: NamedSecret) => !named.some((secret) => secret.value === value);
    this.secrets = [...named, ...around.earlier.filter(isNew)];
    this.agents = this.#agentsOf(config);
    this.hosted = hostedAgents(config, around.programs);
    this.budgets = config.budgets;
    this.prices = config.prices;
    this.telemetry = config.telemetry;
    this.allowedHosts = config.allowedHosts;
  }

  /** The agent of this name, else the first. */
  agent(name: string | undefined): AgentSetting {
    const found = this.agents.find((agent) => agent.name === name) ?? this.agents[0];
    if (!found) throw new Error('there is always an agent');
    return found;
  }

  /** Whether it is one of taffrail's own, or one that is hosted. */
  hasAgent(name: string): boolean {
    return [...this.agents, ...this.hosted].some((agent) => agent.name === name);
  }

  /** A local Ollama has its key also while nobody answers there, so that what needs it waits for it. */
  key(id: string): ModelKey | null {
    return this.keys.get(id) ?? (id === foundId ? ollamaKey(this.#around) : null);
  }

  /** Whether this is `KEY/MODEL` with a key that is there. */
  knows(text: string): boolean {
    return this.keys.has(modelName(text)?.keyId ?? '');
  }

  /** All models that are named anywhere, of keys that are there. */
  models(): ModelName[] {
    const ofKeys = [...this.keys.values()].flatMap(({ id, provider }) => {
      const usual = usualModels[provider];
      const found = id === foundId ? (this.#around.ollama.models ?? []) : [];
      const all = [...(usual === undefined ? [] : [usual]), ...found, ...(this.#around.listed.get(id) ?? [])];
      return all.map((model) => ({ keyId: id, model }));
    });
    const named = [...this.agents.flatMap(({ models }) => models), ...ofKeys, demoModel];
    const known = named.filter(({ keyId }) => this.keys.has(keyId));
    return [...new Map(known.map((model) => [`${model.keyId}/${model.model}`, model])).values()];
  }

  #agentsOf(config: Config): AgentSetting[] {
    for (const { name, mcp } of [...config.agents, ...config.hosted]) this.#mustHave(name, mcp ?? []);
    const agents = config.agents.map(({ models, ...agent }) => ({
      ...agent,
      models: models.map((text) => this.#named(text)),
      isConfigured: true,
    }));
    return agents.length > 0 ? agents : [{ ...config.usualAgent, models: [this.#usualModel()], isConfigured: false }];
  }

  #mustHave(agent: string, mcp: readonly string[]): void {
    const unknown = mcp.find((name) => !this.mcp.some((server) => server.name === name));
    if (unknown !== undefined)
      throw new UsageError(`config.toml: agent "${agent}": there is no MCP server "${unknown}" under [mcp]`);
  }

  #named(text: string): ModelName {
    const name = modelName(text);
    if (!name || !(this.keys.has(name.keyId) || lendableIds.includes(name.keyId)))
      throw new UsageError(
        `config.toml: model "${text}" is not KEY/MODEL with one of the keys ${[...this.keys.keys()].join(', ')}`,
      );
    return name;
  }

  /** What the owner has named goes before what was found. */
  #usualModel(): ModelName {
    const keys = [...this.keys.values()].filter(isPresent);
    const byCare = [...keys.filter(({ origin }) => origin === 'config'), ...keys];
    const first = byCare.find(({ provider }) => usualModels[provider] !== undefined);
    const model = first && usualModels[first.provider];
    return first && model ? { keyId: first.id, model } : demoModel;
  }
}

/** The agent as it is configured now. One that was taken away stays as it was last: another's rules are not its own. */
export function agentNow(settings: () => RunSettings, name: string | undefined): () => AgentSetting {
  let agent = settings().agent(name);
  return () => {
    agent = settings().agents.find((one) => one.name === agent.name) ?? agent;
    return agent;
  };
}

/** Whether it can be used: its secret is there, or it was given none to look for. */
export function isPresent({ secret, source, provider, baseUrl }: KnownKey): boolean {
  if (secret !== null || provider === 'demo') return true;
  // A server of one's own may want no secret; where one is named, it is wanted.
  return source.kind === 'none' && baseUrl !== null;
}

function keysInEnvironment(env: NodeJS.ProcessEnv): KnownKey[] {
  return usualKeys.flatMap(({ id, provider, env: names }): KnownKey[] => {
    const name = names.find((one) => env[one]);
    const secret = name && env[name];
    if (!secret) return [];
    return [{ id, provider, baseUrl: null, secret, origin: 'environment', source: { kind: 'environment', name } }];
  });
}

function ollamaKey({ ollama: { url } }: Surroundings): KnownKey {
  // Of a bare host the usual path is known; below another one it must be said.
  const baseUrl = new URL(url).pathname === '/' ? url : `${url}/v1`;
  const source = { kind: 'none' } as const;
  return { id: foundId, provider: 'openai-compatible', baseUrl, secret: null, origin: 'found', source };
}

function configuredKey(
  { id, provider, baseUrl, env: name }: KeyConfig,
  env: NodeJS.ProcessEnv,
  stored: ReadonlyMap<string, string>,
): KnownKey {
  const key = { id, provider, baseUrl, origin: 'config' } as const;
  if (name !== null) return { ...key, secret: env[name] || null, source: { kind: 'environment', name } };
  const secret = stored.get(id) ?? null;
  return { ...key, secret, source: { kind: secret === null ? 'none' : 'stored' } };
}
