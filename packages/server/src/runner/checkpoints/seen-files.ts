/** Files that were read before: one that the system says was not touched since need not be read again. */
import type { BigIntStats } from 'node:fs';
import type { KeptFile } from './keeper.js';

interface Seen {
  stamp: string;
  file: KeptFile;
}

const filesMax = 50_000;
/** A file may change twice within one tick of the system's clock: what was touched so lately is read again. */
const settledMs = 2_000;

export class SeenFiles {
  readonly #byPath = new Map<string, Seen>();

  find(path: string, stat: BigIntStats): KeptFile | null {
    const seen = this.#byPath.get(path);
    return seen?.stamp === stampOf(stat) ? seen.file : null;
  }

  remember(path: string, stat: BigIntStats, file: KeptFile): void {
    if (Date.now() - Number(stat.ctimeMs) < settledMs) return;
    if (this.#byPath.size >= filesMax) this.forget();
    this.#byPath.set(path, { stamp: stampOf(stat), file });
  }

  forget(): void {
    this.#byPath.clear();
  }
}

// The time of the last change of any kind cannot be set back by anybody but the system.
const stampOf = ({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mode, mtimeNs, ctimeNs].join(' ');
