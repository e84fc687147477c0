/** Which model answers: the first whose key is not exhausted. One ring for all sessions: a key's limit is everybody's. */
import { RefusedFiles } from './files/refused-files.js';
import type { ModelError, ModelName } from './models/contract.js';

export type Choice = { model: ModelName } | { until: number | null; reason: string };

// What is waited where the provider does not say how long.
const usualWaitMs = {
  rate_limited: 60_000,
  overloaded: 15_000,
  unavailable: 10_000,
  unauthorised: 600_000,
  out_of_credit: 600_000,
} as const;

// A provider that says "at once" again and again is asked less and less often all the same.
const firstWaitMs = 125;
const doublingsMax = 9;

interface Rest {
  until: number;
  reason: string;
  /** How often in a row it could not answer. */
  times: number;
}

export class KeyRing {
  readonly refusedFiles = new RefusedFiles();
  readonly #resting = new Map<string, Rest>();
  readonly #changed = new Set<() => void>();

  /** `until`: when the first of them may be tried again; `null` where there are none at all. */
  choose(models: readonly ModelName[], now: number): Choice {
    const rests = models.map((model) => this.#restOf(model, now));
    const free = rests.indexOf(null);
    const chosen = free === -1 ? undefined : models[free];
    if (chosen) return { model: chosen };
    const known = rests.filter((rest) => rest !== null);
    const first = known.toSorted((one, other) => one.until - other.until)[0];
    return first ?? { until: null, reason: 'no model is configured' };
  }

  /** Takes a model out of the choice for a while. Another's fault (a broken line, a bad request) takes out nothing. */
  exhaust(model: ModelName, error: ModelError, now: number): void {
    if (error.reason === 'refused' || error.reason === 'broken_off') return;
    // A limit is a model's own; a key that is not accepted, or not paid for, is so for all of its models.
    const isOfKey = error.reason === 'unauthorised' || error.reason === 'out_of_credit';
    const name = isOfKey ? model.keyId : nameOf(model);
    const times = (this.#resting.get(name)?.times ?? 0) + 1;
    const floor = firstWaitMs * 2 ** Math.min(times - 1, doublingsMax);
    const wait = Math.max(error.retryAfterMs ?? usualWaitMs[error.reason], floor);
    this.#resting.set(name, { until: now + wait, reason: `${nameOf(model)}: ${error.message}`, times });
  }

  /** It has answered: what was before is forgotten. */
  answered(model: ModelName): void {
    for (const name of [model.keyId, nameOf(model)]) this.#resting.delete(name);
  }

  /** Everything may be tried again: the keys have changed. */
  refresh(): void {
    this.#resting.clear();
    for (const changed of this.#changed) changed();
  }

  /** Until when a model rests; `null` where it may be asked. */
  restingUntil(model: ModelName, now: number): number | null {
    return this.#restOf(model, now)?.until ?? null;
  }

  /** The longest rest of a key or of a model of it; `null` where all may be asked. */
  restOfKey(keyId: string, now: number): { until: number; reason: string } | null {
    const rests = [...this.#resting].filter(([name]) => name === keyId || name.startsWith(`${keyId}/`));
    const [longest] = rests
      .map(([, { until, reason }]) => ({ until, reason }))
      .filter(({ until }) => until > now)
      .sort((one, other) => other.until - one.until);
    return longest ?? null;
  }

  /** Calls back once when `refresh` is called. Returns how to stop. */
  onRefresh(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  #restOf(model: ModelName, now: number): Rest | null {
    const rests = [model.keyId, nameOf(model)].flatMap((name) => this.#resting.get(name) ?? []);
    return rests.filter(({ until }) => until > now).toSorted((one, other) => other.until - one.until)[0] ?? null;
  }
}

const nameOf = ({ keyId, model }: ModelName): string => `${keyId}/${model}`;
