/** Files that a model refused to be shown: it answered without them, and had refused to with them. */
import type { ModelName } from '../models/contract.js';

// Who has so many can ask once more for each.
const modelsMax = 200;
const none: ReadonlySet<string> = new Set();

export class RefusedFiles {
  readonly #byModel = new Map<string, ReadonlySet<string>>();

  /** By the hash of their bytes. */
  of({ keyId, model }: ModelName): ReadonlySet<string> {
    return this.#byModel.get(`${keyId}/${model}`) ?? none;
  }

  add(model: ModelName, hashes: Iterable<string>): void {
    const all = new Set([...this.of(model), ...hashes]);
    if (all.size === 0) return;
    if (this.#byModel.size >= modelsMax) this.#byModel.clear();
    this.#byModel.set(`${model.keyId}/${model.model}`, all);
  }
}
