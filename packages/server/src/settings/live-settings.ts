/**
 * The settings in force, replaced as a whole whenever config.toml, a stored secret or what was found changes. A wrong
 * config.toml changes nothing: the last good one stays in force, and what is wrong is said.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type NamedSecret, redactor } from '@taffrail/agent';
import type { KeyTest } from '@taffrail/wire';
import { foundPrograms, type HostedAgent } from '../acp/programs.js';
import { parseConfig } from '../config.js';
import { OrderError } from '../runner/order-error.js';
import { RunSettings } from '../runner/settings.js';
import { UsageError } from '../usage-error.js';
import { ConfigFile } from './config-file.js';
import { HeardFile } from './heard-file.js';
import { lookForOllama, type Ollama, ollamaUrl } from './ollama.js';
import { StoredSecrets } from './stored-secrets.js';
import { TomlEditError } from './toml-edit.js';

export interface LiveSettingsOptions {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  now: () => number;
  /** Told what cannot be taken up. */
  report: (message: string) => void;
}

export class LiveSettings {
  readonly file: ConfigFile;
  readonly secrets: StoredSecrets;
  readonly env: NodeJS.ProcessEnv;
  /** What came of asking keys' providers, by the key's id. */
  readonly tests = new Map<string, KeyTest>();
  readonly now: () => number;
  readonly #report: (message: string) => void;
  readonly #changed = new Set<() => void>();
  readonly #earlier = new Map<string, NamedSecret>();
  #ollama: Ollama;
  #programs: readonly HostedAgent[];
  #text: string;
  #current: RunSettings;
  #problem: string | null = null;
  #heard: HeardFile | null = null;

  /** @throws UsageError where config.toml or secrets.json is wrong: a server does not start with half of them. */
  constructor({ dataDir, env, now, report }: LiveSettingsOptions) {
    this.file = new ConfigFile(join(dataDir, 'config.toml'));
    this.secrets = new StoredSecrets(join(dataDir, 'secrets.json'));
    this.env = env;
    this.now = now;
    this.#report = report;
    this.#ollama = { url: ollamaUrl(env), models: null, lookedAt: null };
    this.#programs = foundPrograms(env);
    this.#text = this.file.read();
    this.#current = this.#settingsFrom(this.#text);
  }

  get current(): RunSettings {
    return this.#current;
  }

  /** The text of config.toml that is in force. */
  get text(): string {
    return this.#text;
  }

  /** Why config.toml as it stands is not in force. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A text without what is a secret now, or was. */
  readonly cut = (text: string): string => redactor(this.#current.secrets).text(text);

  get ollama(): Ollama {
    return this.#ollama;
  }

  /** Calls back whenever keys, agents, MCP servers, allowed hosts, prices or telemetry are others than before. */
  onChanged(changed: () => void): void {
    this.#changed.add(changed);
  }

  /** Takes up what a person wrote into config.toml since. */
  takeUp(): void {
    try {
      const text = this.file.read();
      if (text === this.#text && this.#problem === null) return;
      this.#adopt(text, this.#settingsFrom(text));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      if (this.#problem !== error.message) this.#report(`${error.message}; what was in force before still is`);
      this.#problem = error.message;
    }
  }

  /**
   * Writes a change of config.toml and puts it in force.
   * @throws OrderError where the file is wrong, would be, or cannot be changed by parts.
   */
  edit(change: (text: string) => string): void {
    const before = this.file.read();
    inOrder('busy', 'Mend that first.', () => this.#settingsFrom(before));
    const after = changedText(before, change);
    const settings = inOrder('refused', 'Nothing was changed.', () => this.#settingsFrom(after));
    if (after !== before) this.file.replace(before, after);
    this.#adopt(after, settings);
  }

  /** Keeps what a provider answered; its models can be chosen from now on. */
  tested(id: string, test: KeyTest): void {
    this.tests.set(id, test);
    if (test.ok) this.#current = this.#settingsFrom(this.#text);
  }

  async lookForOllama(): Promise<void> {
    const found = await lookForOllama(this.env, this.now);
    const isNews = !isDeepStrictEqual(found.models, this.#ollama.models);
    this.#ollama = found;
    if (isNews) this.#adopt(this.#text, this.#settingsFrom(this.#text));
  }

  /** Takes up changes of config.toml as they are made, and looks for a local Ollama once. Returns how to stop. */
  keepUp(): () => void {
    const heard = new HeardFile(this.file.path, () => this.takeUp());
    this.#heard = heard;
    heard.listen();
    // Nobody waits for it: where there is none, nothing is said.
    void this.lookForOllama().catch((error: unknown) => this.#report(String(error)));
    return () => heard.close();
  }

  #settingsFrom(text: string): RunSettings {
    const { models, url } = this.#ollama;
    return new RunSettings(parseConfig(text, this.file.path), this.env, {
      stored: this.secrets.all(),
      ollama: { url, models },
      listed: new Map([...this.tests].map(([id, test]) => [id, test.models])),
      earlier: [...this.#earlier.values()],
      programs: this.#programs,
    });
  }

  #adopt(text: string, settings: RunSettings): void {
    const before = this.#current;
    for (const secret of before.secrets) this.#earlier.set(secret.value, secret);
    this.#forgetTests(before, settings);
    this.#text = text;
    this.#problem = null;
    // The file may have been made just now.
    this.#heard?.listen();
    // Anew, so that it knows what was secret until now.
    this.#current = this.#settingsFrom(text);
    const isSame = isDeepStrictEqual(changing(before), changing(settings));
    if (!isSame) for (const changed of this.#changed) changed();
  }

  /** What was learnt of a key says nothing of another one that took its name. */
  #forgetTests(before: RunSettings, after: RunSettings): void {
    for (const id of this.tests.keys())
      if (!isDeepStrictEqual(before.keys.get(id), after.keys.get(id))) this.tests.delete(id);
  }
}

/** What somebody is told of when it changes. */
const changing = ({ keys, agents, mcp, allowedHosts, prices, telemetry }: RunSettings) => [
  keys,
  agents,
  mcp,
  allowedHosts,
  prices,
  telemetry,
];

/** @throws OrderError with what is wrong. */
function inOrder(kind: 'busy' | 'refused', next: string, settings: () => RunSettings): RunSettings {
  try {
    return settings();
  } catch (error) {
    if (error instanceof UsageError) throw new OrderError(kind, `${error.message}. ${next}`);
    throw error;
  }
}

function changedText(text: string, change: (text: string) => string): string {
  try {
    return change(text);
  } catch (error) {
    if (!(error instanceof TomlEditError)) throw error;
    throw new OrderError('busy', `config.toml cannot be changed from here: ${error.message}. Change it by hand.`);
  }
}
