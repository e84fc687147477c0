/** Files of a folder for whoever types their names: looked up once for a while, and ranked by what was typed. */
import { findFiles, resolveInside } from '@taffrail/agent';
import type { FoundFiles } from '@taffrail/wire';

const keptMs = 10_000;
const foldersMax = 8;
const answersMax = 30;
const limits = { entries: 50_000, timeMs: 3_000 };

interface Listing {
  at: number;
  found: Promise<{ names: string[]; partial: boolean }>;
}

export class FolderFiles {
  readonly #now: () => number;
  readonly #listings = new Map<string, Listing>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The files whose path holds what was typed, the likeliest first; without git's ignored ones. */
  async find(root: string, typed: string): Promise<FoundFiles> {
    const { names, partial } = await this.#listing(root);
    return { files: likeliest(names, typed, answersMax), isPartial: partial };
  }

  #listing(root: string): Listing['found'] {
    const known = this.#listings.get(root);
    if (known && this.#now() - known.at < keptMs) return known.found;
    const found = namesIn(root);
    found.catch(() => this.#listings.delete(root));
    this.#listings.delete(root);
    this.#listings.set(root, { at: this.#now(), found });
    const [oldest] = this.#listings.keys();
    if (this.#listings.size > foldersMax && oldest !== undefined) this.#listings.delete(oldest);
    return found;
  }
}

async function namesIn(root: string): Promise<{ names: string[]; partial: boolean }> {
  const folder = await resolveInside(root, '.');
  // Nobody stops it: its limits do.
  const { signal } = new AbortController();
  const { names, partial } = await findFiles({ root, folder, pattern: '**/*', signal, limits });
  return { names: names.sort(), partial };
}

/** Letters in their order are enough; together, at the beginning of the name, and in a short path they count more. */
export function likeliest(names: readonly string[], typed: string, most: number): string[] {
  const wanted = typed.toLowerCase();
  const ranked = names.flatMap((name) => {
    const rank = rankOf(name.toLowerCase(), wanted);
    return rank === null ? [] : [{ name, rank }];
  });
  ranked.sort(
    (one, other) => one.rank - other.rank || one.name.length - other.name.length || (one.name < other.name ? -1 : 1),
  );
  return ranked.slice(0, most).map(({ name }) => name);
}

/** The less the better; `null` where it is not meant. */
function rankOf(path: string, wanted: string): number | null {
  if (wanted === '') return path.split('/').length;
  const base = path.slice(path.lastIndexOf('/') + 1);
  if (base === wanted) return 0;
  if (base.startsWith(wanted)) return 1;
  if (path.startsWith(wanted)) return 2;
  if (base.includes(wanted)) return 3;
  if (path.includes(wanted)) return 4;
  return holdsInOrder(path, wanted) ? 5 : null;
}

function holdsInOrder(path: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = path.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
