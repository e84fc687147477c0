/** Whether, and where, live sessions are told to a collector; another one takes its place when config.toml names it. */
import { isDeepStrictEqual } from 'node:util';
import type { PriceTable, Store } from '@taffrail/store';
import type { Config } from '../config.js';
import { collectorFrom } from './collector.js';
import { LiveExport } from './live-export.js';

type Telemetry = Config['telemetry'];
interface Parts {
  store: Pick<Store, 'queries'>;
  prices: PriceTable;
  report: (message: string) => void;
}

/** `null` where neither the configuration nor OpenTelemetry's variables name a collector. */
export function telemetryOf(telemetry: Telemetry, env: NodeJS.ProcessEnv, parts: Parts): LiveExport | null {
  const collector = collectorFrom(telemetry.endpoint, env);
  return collector && new LiveExport({ ...parts, collector, content: telemetry.content, now: Date.now });
}

export class LiveTelemetry {
  readonly #config: () => Telemetry;
  readonly #make: () => LiveExport | null;
  #said: Telemetry;
  #now: LiveExport | null;
  /** Those that were replaced tell what they still have. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(config: () => Telemetry, env: NodeJS.ProcessEnv, parts: Parts) {
    this.#config = config;
    this.#make = () => telemetryOf(this.#said, env, parts);
    this.#said = config();
    this.#now = this.#make();
  }

  changed(sessionIds: readonly string[]): void {
    this.#now?.changed(sessionIds);
  }

  /** The new collector hears what ends from now on. */
  settingsChanged(): void {
    const next = this.#config();
    if (isDeepStrictEqual(next, this.#said)) return;
    this.#said = next;
    this.#leaving = Promise.all([this.#leaving, this.#now?.stop()]);
    this.#now = this.#make();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#leaving, this.#now?.stop()]);
  }
}
