/** What a running turn takes from the settings, which may be replaced while it runs. */
import {
  type ModelKey,
  type ModelName,
  modelName,
  type NamedSecret,
  ownerVariable,
  type RedactedStream,
  type Redactor,
  redactor,
  safeEnvironment,
  secretsOf,
} from '@taffrail/agent';
import { type AgentSetting, demoModel, type RunSettings } from './settings.js';

interface Taken {
  settings: RunSettings;
  agent: AgentSetting;
  models: readonly ModelName[];
  env: Readonly<Record<string, string>>;
  redactor: Redactor;
}

interface Chosen {
  /** As it is configured now. */
  agent: () => AgentSetting;
  /** For the session, `KEY/MODEL`. */
  model: string | undefined;
}

export class SettingsInTurn {
  readonly #settings: () => RunSettings;
  readonly #around: { env: NodeJS.ProcessEnv; dataDir: string };
  readonly #chosen: Chosen;
  /** Cuts out what is a secret now, also where it began before there was a new one. */
  readonly redactor: Redactor;
  #taken: Taken | null = null;

  constructor(settings: () => RunSettings, around: { env: NodeJS.ProcessEnv; dataDir: string }, chosen: Chosen) {
    this.#settings = settings;
    this.#around = around;
    this.#chosen = chosen;
    this.redactor = {
      text: (whole) => this.#now().redactor.text(whole),
      stream: () => new CurrentStream(() => this.#now().redactor),
    };
  }

  get agent(): AgentSetting {
    return this.#now().agent;
  }

  get models(): readonly ModelName[] {
    return this.#now().models;
  }

  /** For programs. */
  get env(): Readonly<Record<string, string>> {
    return this.#now().env;
  }

  key(id: string): ModelKey | null {
    return this.#now().settings.key(id);
  }

  #now(): Taken {
    const settings = this.#settings();
    if (this.#taken?.settings === settings) return this.#taken;
    this.#taken = this.#take(settings);
    return this.#taken;
  }

  #take(settings: RunSettings): Taken {
    const agent = this.#chosen.agent();
    const { env, secrets } = programSetting(settings, this.#around);
    return {
      settings,
      agent,
      models: withKeys(modelsOf(agent, this.#chosen.model), settings),
      env,
      redactor: redactor(secrets),
    };
  }
}

/** What programs of the agent's get: no secret is in it, and by it they are known to be ours. */
export function programSetting(
  settings: RunSettings,
  { env, dataDir }: { env: NodeJS.ProcessEnv; dataDir: string },
): { env: Readonly<Record<string, string>>; secrets: readonly NamedSecret[] } {
  const secrets = [...secretsOf(env), ...settings.secrets];
  const inherited = safeEnvironment(
    env,
    [],
    secrets.map(({ value }) => value),
  );
  return { env: { ...inherited, [ownerVariable]: dataDir }, secrets };
}

/** The model that was chosen for the session first, then the agent's others. */
function modelsOf({ models, isConfigured }: AgentSetting, chosen: string | undefined): ModelName[] {
  const first = chosen === undefined ? null : modelName(chosen);
  if (!first) return [...models];
  const same = (one: ModelName) => one.keyId === first.keyId && one.model === first.model;
  // Nobody has asked for a script to answer where a model cannot.
  const standsIn = ({ keyId }: ModelName) => isConfigured || keyId !== demoModel.keyId;
  return [first, ...models.filter((model) => !same(model) && standsIn(model))];
}

/** Those whose key is there. Where none is, all: then the turn ends with what is missing. */
function withKeys(models: ModelName[], { keys }: RunSettings): ModelName[] {
  const there = models.filter(({ keyId }) => keys.has(keyId));
  return there.length > 0 ? there : models;
}

/** Goes over to the current redactor with what it still holds back. */
class CurrentStream implements RedactedStream {
  readonly #current: () => Redactor;
  #redactor: Redactor;
  #stream: RedactedStream;

  constructor(current: () => Redactor) {
    this.#current = current;
    this.#redactor = current();
    this.#stream = this.#redactor.stream();
  }

  push(chunk: string): string {
    const held = this.#held();
    return this.#stream.push(held + chunk);
  }

  end(): string {
    const shown = this.push('');
    return shown + this.#stream.end();
  }

  /** What the redactor until now kept back, for the next one. */
  #held(): string {
    const current = this.#current();
    if (current === this.#redactor) return '';
    const held = this.#stream.end();
    this.#redactor = current;
    this.#stream = current.stream();
    return held;
  }
}
