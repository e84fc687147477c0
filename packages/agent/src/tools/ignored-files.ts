/** What git would not track: the rules of every `.gitignore` from the repository's top down to a folder. */
import { existsSync } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { isCostly } from './pattern-cost.js';
import { isSystemError } from './refusal.js';

const rulesBytesMax = 256 * 1024;

interface Rules {
  /** Absolute; its rules are relative to it. */
  folder: string;
  rules: Ignore;
}

/** Rules of nested folders: the deeper one has the last word. */
export class IgnoredFiles {
  readonly #root: string;
  readonly #top: string;
  readonly #byFolder = new Map<string, Promise<readonly Rules[]>>();

  /** @param root The session's folder. Rules above it count too, up to the repository's top. */
  constructor(root: string) {
    this.#root = root;
    this.#top = topOf(root);
  }

  /**
   * The test for the entries of one folder.
   * @param folder Absolute, within the root.
   */
  async in(folder: string): Promise<(name: string, isFolder: boolean) => boolean> {
    const chain = await this.#chain(folder);
    return (name, isFolder) => name === '.git' || isIgnored(chain, join(folder, name), isFolder);
  }

  /** Whether a folder, or one above it, is ignored itself: whoever asks for it by name wants to see it. */
  async covers(folder: string): Promise<boolean> {
    if (folder === this.#root || folder === this.#top) return false;
    const parent = dirname(folder);
    return (await this.covers(parent)) || isIgnored(await this.#chain(parent), folder, true);
  }

  #chain(folder: string): Promise<readonly Rules[]> {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const chain = this.#read(folder);
    this.#byFolder.set(folder, chain);
    return chain;
  }

  async #read(folder: string): Promise<readonly Rules[]> {
    const above = folder === this.#top ? [] : await this.#chain(dirname(folder));
    const text = await readRules(join(folder, '.gitignore'));
    return text === null
      ? above
      : [...above, { folder, rules: ignore().add(text.split(/\r?\n/).filter((line) => !isCostly(line))) }];
  }
}

/** The nearest folder from `root` upwards that holds a repository; `root` itself where none does. */
function topOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return root;
  }
}

/** A rules file that is a link, a pipe or huge is none: whoever wrote it wanted to hold us up. */
async function readRules(path: string): Promise<string | null> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      return stat.isFile() && stat.size <= rulesBytesMax ? await handle.readFile('utf8') : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP', 'EPERM', 'ENXIO')) return null;
    throw error;
  }
}

function isIgnored(chain: readonly Rules[], path: string, isFolder: boolean): boolean {
  let ignored = false;
  for (const { folder, rules } of chain) {
    const name = relative(folder, path).split(sep).join('/');
    const result = rules.test(isFolder ? `${name}/` : name);
    ignored = result.ignored || (ignored && !result.unignored);
  }
  return ignored;
}
