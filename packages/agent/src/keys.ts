/** Which model answers: the first whose key is not exhausted. One ring for all sessions: a key's limit is everybody's. */
import type { ModelError, ModelName } from './models/contract.js';

export type Choice = { model: ModelName } | { until: number | null; reason: string };

// What is waited where the provider does not say how long.
const usualWaitMs = { rate_limited: 60_000, overloaded: 15_000, unavailable: 10_000, unauthorised: 600_000 } as const;

interface Rest {
  until: number;
  reason: string;
}

export class KeyRing {
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
    const wait = error.retryAfterMs ?? usualWaitMs[error.reason];
    this.#resting.set(nameOf(model), { until: now + wait, reason: `${nameOf(model)}: ${error.message}` });
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

  /** Calls back once when `refresh` is called. Returns how to stop. */
  onRefresh(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  #restOf(model: ModelName, now: number): Rest | null {
    const rest = this.#resting.get(nameOf(model));
    return rest && rest.until > now ? rest : null;
  }
}

const nameOf = ({ keyId, model }: ModelName): string => `${keyId}/${model}`;
