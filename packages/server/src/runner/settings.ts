/** The owner's keys and agents, from config.toml and the environment. Secrets stay in here. */
import { type ModelKey, type ModelName, modelName, type Permissions } from '@taffrail/agent';
import type { Config } from '../config.js';
import { UsageError } from '../usage-error.js';

export interface AgentSetting {
  name: string;
  models: readonly ModelName[];
  tools: readonly string[];
  check: string | null;
  permissions: Permissions;
}

const usualKeys = [
  { id: 'anthropic', provider: 'anthropic', env: ['ANTHROPIC_API_KEY'], model: 'claude-sonnet-4-5' },
  { id: 'openai', provider: 'openai', env: ['OPENAI_API_KEY'], model: 'gpt-5' },
  {
    id: 'google',
    provider: 'google',
    env: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    model: 'gemini-2.5-pro',
  },
] as const;

export const demoModel: ModelName = { keyId: 'demo', model: 'demo' };

export class RunSettings {
  readonly keys: ReadonlyMap<string, ModelKey>;
  readonly agents: readonly AgentSetting[];
  /** Values that must never be told. */
  readonly secrets: readonly { name: string; value: string }[];

  /** @throws UsageError where config.toml names what is not there. */
  constructor(config: Config, env: NodeJS.ProcessEnv) {
    const configured = config.keys.map(
      (key): ModelKey => ({
        id: key.id,
        provider: key.provider,
        baseUrl: key.baseUrl,
        secret: key.env === null ? null : (env[key.env] ?? null),
      }),
    );
    const found = usualKeys.flatMap(({ id, provider, env: names }): ModelKey[] => {
      const secret = names.map((name) => env[name]).find(Boolean);
      return secret === undefined ? [] : [{ id, provider, baseUrl: null, secret }];
    });
    const demo: ModelKey = { id: 'demo', provider: 'demo', baseUrl: null, secret: null };
    this.keys = new Map([...found, demo, ...configured].map((key) => [key.id, key]));
    this.secrets = [...this.keys.values()].flatMap(({ id, secret }) =>
      secret ? [{ name: `key ${id}`, value: secret }] : [],
    );
    this.agents = this.#agentsOf(config);
  }

  /** The agent of this name, else the first. */
  agent(name: string | undefined): AgentSetting {
    const found = this.agents.find((agent) => agent.name === name) ?? this.agents[0];
    if (!found) throw new Error('there is always an agent');
    return found;
  }

  /** Whether this is `KEY/MODEL` with a key that is there. */
  knows(text: string): boolean {
    return this.keys.has(modelName(text)?.keyId ?? '');
  }

  /** All models that are named anywhere. */
  models(): ModelName[] {
    const usual = usualKeys.filter(({ id }) => this.keys.has(id)).map(({ id, model }) => ({ keyId: id, model }));
    const named = [...this.agents.flatMap(({ models }) => models), ...usual, demoModel];
    return [...new Map(named.map((model) => [`${model.keyId}/${model.model}`, model])).values()];
  }

  #agentsOf(config: Config): AgentSetting[] {
    const agents = config.agents.map(({ models, ...agent }) => ({
      ...agent,
      models: models.map((text) => this.#named(text)),
    }));
    return agents.length > 0 ? agents : [{ ...config.usualAgent, models: [this.#usualModel()] }];
  }

  #named(text: string): ModelName {
    const name = modelName(text);
    if (!name || !this.keys.has(name.keyId))
      throw new UsageError(
        `config.toml: model "${text}" is not KEY/MODEL with one of the keys ${[...this.keys.keys()].join(', ')}`,
      );
    return name;
  }

  #usualModel(): ModelName {
    const first = usualKeys.find(({ id }) => this.keys.has(id));
    return first ? { keyId: first.id, model: first.model } : demoModel;
  }
}
