/** Keys as they stand without a server: for whoever wants to know why no model answers. */
import { KeyRing, ModelError } from '@taffrail/agent';
import { discardedSince, type StoreReader } from '@taffrail/store';
import type { KeySetting, Settings } from '@taffrail/wire';
import { UsageError } from '../usage-error.js';
import { providerKeyNames } from './key-names.js';
import { LiveSettings } from './live-settings.js';
import { settingsView } from './view.js';

export interface KeyFindings {
  keys: KeySetting[];
  ollama: Settings['ollama'] | null;
  /** Names of variables that look like keys of model providers. */
  environment: string[];
  /** Why config.toml or secrets.json cannot be used; `null` where all is well. */
  problem: string | null;
}

export interface KeyPlace {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  now: () => number;
}

/** @param store `null` where nothing was ever stored. */
export async function examineKeys(store: StoreReader | null, place: KeyPlace): Promise<KeyFindings> {
  try {
    const live = new LiveSettings({ ...place, report: () => undefined });
    await live.lookForOllama();
    const ring = store ? await restsInLog(store, place.now()) : new KeyRing();
    const { keys, ollama, environment } = settingsView(live, ring);
    return { keys, ollama, environment, problem: null };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { keys: [], ollama: null, environment: providerKeyNames(place.env), problem: error.message };
  }
}

/** No provider asks for a longer rest. */
const restMsMax = 24 * 3_600_000;

/** A server keeps in memory which keys rest; what it knew that from stands in the log. */
async function restsInLog({ queries }: StoreReader, now: number): Promise<KeyRing> {
  const ring = new KeyRing();
  for (const { at, attempt } of await discardedSince(queries, now - restMsMax)) {
    const { keyId, model, message, ...why } = attempt;
    ring.exhaust({ keyId, model }, new ModelError(message, why), at);
  }
  return ring;
}
