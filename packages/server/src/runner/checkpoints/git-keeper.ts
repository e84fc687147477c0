/**
 * States of a folder in a git repository: trees in it, kept as commits under `refs/taffrail/<session>/<name>`. Its index,
 * branches and files are left alone, so that no lock of another git stands in the way. Ignored files are not kept.
 */
import { constants, existsSync } from 'node:fs';
import { access, copyFile, lstat, mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Environment, type GitPlace, git, gitLine, namesIn } from './git.js';
import { blobsOf } from './git-blobs.js';
import {
  type Difference,
  draftName,
  type Keeper,
  type KeptFile,
  type LeftOut,
  type LineCount,
  linkForm,
  NotKept,
  nameFrom,
  type Pair,
  repositoryForm,
  type Source,
  type SourceOf,
  type State,
} from './keeper.js';

/** A file longer than this that is new or changed is left out: it would be kept again with each change. */
const fileBytesMax = 16 * 1024 * 1024;
/** With more that is new or changed than this nothing is kept. */
const filesMax = 20_000;
const bytesMax = 256 * 1024 * 1024;

const author = {
  GIT_AUTHOR_NAME: 'taffrail',
  GIT_AUTHOR_EMAIL: 'taffrail@localhost',
  GIT_COMMITTER_NAME: 'taffrail',
  GIT_COMMITTER_EMAIL: 'taffrail@localhost',
};

/** `null` where the folder is in no repository, or is ignored by the one it is in. */
export async function gitKeeper(
  at: Omit<GitPlace, 'settings'>,
  isApart: (path: string) => boolean,
): Promise<Keeper | null> {
  const bare: GitPlace = { ...at, settings: [] };
  try {
    const isInside = await gitLine(bare, ['rev-parse', '--is-inside-work-tree']);
    if (isInside !== 'true' || (await isIgnored(bare))) return null;
    const prefix = await gitLine(bare, ['rev-parse', '--show-prefix']);
    return new GitKeeper({ ...at, settings: await withoutForeignFilters(bare) }, prefix, isApart);
  } catch (error) {
    if (error instanceof NotKept && !at.signal.aborted) return null;
    throw error;
  }
}

async function isIgnored(place: GitPlace): Promise<boolean> {
  return git(place, ['check-ignore', '--quiet', '--', '.']).then(
    () => true,
    () => false,
  );
}

/**
 * Filters that only the repository's own configuration names are not run: an agent may write that file, and nobody has
 * asked a person whether its programs may run. Those of the user or the system, such as git-lfs, are.
 */
async function withoutForeignFilters(place: GitPlace): Promise<string[]> {
  const told = await git(place, ['config', '-z', '--show-scope', '--name-only', '--get-regexp', '^filter\\.']).catch(
    () => Buffer.alloc(0),
  );
  const parts = namesIn(told);
  const foreign = new Set<string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const driver = /^filter\.(.*)\.[^.]*$/s.exec(parts[at + 1] ?? '')?.[1];
    if (driver !== undefined && (parts[at] === 'local' || parts[at] === 'worktree')) foreign.add(driver);
  }
  return [...foreign].flatMap((driver) =>
    ['clean=', 'smudge=', 'process=', 'required=false'].map((value) => `filter.${driver}.${value}`),
  );
}

class GitKeeper implements Keeper {
  readonly kind = 'git';
  readonly #place: GitPlace;
  /** Where the session's folder is in the repository: empty, or ended by `/`. */
  readonly #prefix: string;
  readonly #isApart: (path: string) => boolean;

  constructor(place: GitPlace, prefix: string, isApart: (path: string) => boolean) {
    this.#place = place;
    this.#prefix = prefix;
    this.#isApart = isApart;
  }

  async branch(): Promise<string | null> {
    return (await gitLine(this.#place, ['symbolic-ref', '--short', '--quiet', 'HEAD']).catch(() => '')) || null;
  }

  async now(): Promise<State> {
    return this.#withIndex(async (index) => {
      // With the repository's own index to begin with, git reads only the files that have changed.
      const current = await gitLine(this.#place, ['rev-parse', '--git-path', 'index']);
      await copyFile(resolve(this.#place.root, current), index['GIT_INDEX_FILE']).catch(() => undefined);
      const listed = ['ls-files', '-z', '--modified', '--others', '--exclude-standard', '--', '.'];
      const names = [...new Set(namesIn(await git(this.#place, listed, { env: index })))];
      const { taken, leftOut } = await this.#sorted(names);
      const input = taken.map((name) => `${name}\0`).join('');
      const put = ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'];
      if (taken.length > 0) await git(this.#place, put, { env: index, input });
      return { id: await this.#written(index), leftOut };
    });
  }

  /** A merge with conflicts elsewhere in the repository has to be made a tree as well. */
  async #written(index: Environment): Promise<string> {
    return gitLine(this.#place, ['write-tree'], { env: index }).catch(async () => {
      await git(this.#place, ['add', '--update', '--', ':/'], { env: index });
      return gitLine(this.#place, ['write-tree'], { env: index });
    });
  }

  async #sorted(names: readonly string[]): Promise<{ taken: string[]; leftOut: LeftOut[] }> {
    if (names.length > filesMax) throw new NotKept(`more than ${filesMax} files are new or changed`);
    const taken: string[] = [];
    const leftOut: LeftOut[] = [];
    let bytes = 0;
    for (const name of names) {
      if (name === draftName || name.endsWith(`/${draftName}`) || this.#isApart(name)) continue;
      const found = await this.#looked(name);
      if ('why' in found) leftOut.push({ path: name.replace(/\/$/, ''), why: found.why });
      else if (found.bytes !== null) taken.push(name);
      bytes += 'why' in found ? 0 : (found.bytes ?? 0);
      if (bytes > bytesMax) throw new NotKept(`more than ${bytesMax / 1024 ** 2} MB are new or changed`);
    }
    return { taken, leftOut };
  }

  /** How long a file is, 0 where it is gone; `null` for what has its own history: a submodule stays as the index says. */
  async #looked(name: string): Promise<{ bytes: number | null } | { why: string }> {
    if (name.endsWith('/')) return { why: 'it is a repository of its own' };
    const path = join(this.#place.root, name);
    const stat = await lstat(path).catch(() => null);
    if (!stat) return { bytes: 0 };
    if (stat.isDirectory()) return { bytes: existsSync(join(path, '.git')) ? null : 0 };
    if (stat.isSymbolicLink()) return { bytes: 0 };
    if (!stat.isFile()) return { why: 'it is no regular file' };
    if (stat.size > fileBytesMax) return { why: `it is longer than ${fileBytesMax / 1024 ** 2} MB` };
    const isReadable = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    return isReadable ? { bytes: stat.size } : { why: 'it cannot be read' };
  }

  async keep({ id, leftOut }: State, session: string, name: string): Promise<string> {
    const head = await gitLine(this.#place, ['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '');
    const parents = head === '' ? [] : ['-p', head];
    const message = `taffrail: ${name}\n\n${JSON.stringify({ leftOut })}\n`;
    const options = { env: author, input: message };
    const commit = await gitLine(this.#place, ['commit-tree', id, ...parents, '-F', '-'], options);
    const ref = `refs/taffrail/${nameFrom(session)}/${nameFrom(name)}`;
    await git(this.#place, ['update-ref', ref, commit]);
    return ref;
  }

  async find(ref: string): Promise<State | null> {
    if (!/^refs\/taffrail\/[\w-]+\/[\w-]+$/.test(ref)) return null;
    const text = await gitLine(this.#place, ['cat-file', 'commit', ref]).catch(() => null);
    const id = text === null ? undefined : /^tree ([0-9a-f]+)$/m.exec(text)?.[1];
    if (text === null || id === undefined) return null;
    return { id, leftOut: leftOutIn(text) };
  }

  async differences(from: string, to: string): Promise<Difference[]> {
    if (from === to) return [];
    const raw = await this.#compare(['--raw', '--no-abbrev'], [from, to]);
    const parts = namesIn(raw);
    const found: Difference[] = [];
    for (let at = 0; at + 1 < parts.length; at += 2) {
      const [, before = '', after = '', old = '', now = ''] =
        /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) \w/.exec(parts[at] ?? '') ?? [];
      const path = (parts[at + 1] ?? '').slice(this.#prefix.length);
      found.push({ path, before: fileFrom(before, old), after: fileFrom(after, now) });
    }
    return found;
  }

  async lineCounts(from: string, to: string): Promise<Map<string, LineCount>> {
    if (from === to) return new Map();
    const counts = new Map<string, LineCount>();
    for (const line of namesIn(await this.#compare(['--numstat'], [from, to]))) {
      const [, added, removed, path] = /^(\d+)\t(\d+)\t(.+)$/s.exec(line) ?? [];
      if (path === undefined) continue;
      counts.set(path.slice(this.#prefix.length), { added: Number(added), removed: Number(removed) });
    }
    return counts;
  }

  async kept(session: string): Promise<Map<string, string>> {
    const under = `refs/taffrail/${nameFrom(session)}/`;
    const told = await gitLine(this.#place, ['for-each-ref', '--format=%(tree) %(refname)', under]);
    const states = told.split('\n').filter((line) => line !== '');
    return new Map(states.map((line) => [line.slice(line.lastIndexOf('/') + 1), line.slice(0, line.indexOf(' '))]));
  }

  async linesBetween(pairs: readonly Pair[]): Promise<Map<string, LineCount | null>[]> {
    if (pairs.length === 0) return [];
    const input = pairs.map(({ from, to }) => `${from} ${to}\n`);
    const told = (await this.#compare(['--numstat', '--stdin'], [], input.join(''))).toString('utf8');
    let at = 0;
    return input.map((head) => {
      const counts = new Map<string, LineCount | null>();
      if (told.startsWith(head, at)) at += head.length;
      for (let end = told.indexOf('\0', at); end !== -1; end = told.indexOf('\0', at)) {
        // What is no line of a file begins the next pair.
        const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(told.slice(at, end)) ?? [];
        if (path === undefined) break;
        at = end + 1;
        const lines = added === '-' ? null : { added: Number(added), removed: Number(removed) };
        counts.set(path.slice(this.#prefix.length), lines);
      }
      return counts;
    });
  }

  #compare(form: readonly string[], states: readonly string[], input?: string): Promise<Buffer> {
    const flags = ['-r', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', ...form];
    const within = this.#prefix === '' ? [] : ['--', this.#prefix];
    // The prefix is a name, not a pattern. Names are given from the repository's top.
    const env = { GIT_LITERAL_PATHSPECS: '1' };
    const top = this.#prefix === '' ? [] : ['-C', '../'.repeat(this.#prefix.split('/').length - 1)];
    return git(this.#place, [...top, 'diff-tree', ...flags, ...states, ...within], {
      env,
      ...(input ? { input } : {}),
    });
  }

  changed(base: string, differences: readonly Difference[]): Promise<string> {
    return this.#withIndex(async (index) => {
      await git(this.#place, ['read-tree', base], { env: index });
      const lines = differences.map(({ path, after }) =>
        after
          ? `${after.form} ${after.id}\t${this.#prefix}${path}\0`
          : `0 ${'0'.repeat(base.length)}\t${this.#prefix}${path}\0`,
      );
      // What goes makes room for what comes in its place.
      const input = lines.sort((one, other) => Number(other.startsWith('0')) - Number(one.startsWith('0'))).join('');
      await git(this.#place, ['update-index', '-z', '--replace', '--index-info'], { env: index, input });
      return gitLine(this.#place, ['write-tree'], { env: index });
    });
  }

  contents(files: readonly KeptFile[], longest: number): Promise<Map<string, Buffer>> {
    return blobsOf(this.#place, [...new Set(files.map(({ id }) => id))], longest);
  }

  async atHand<T>(state: string, paths: readonly string[], use: (sourceOf: SourceOf) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'taffrail-files-'));
    try {
      await this.#withIndex(async (index) => {
        await git(this.#place, ['read-tree', state], { env: index });
        // Git itself writes them, so that line ends and filters are those of a checkout.
        const put = ['checkout-index', '-z', '--stdin', `--prefix=${folder}/`];
        const input = paths.map((path) => `${path}\0`).join('');
        if (paths.length > 0) await git(this.#place, put, { env: index, input });
      });
      return await use((path, file) => sourceIn(join(folder, this.#prefix, path), file));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async sessions(): Promise<string[]> {
    const told = await gitLine(this.#place, ['for-each-ref', '--format=%(refname)', 'refs/taffrail/']);
    return [...new Set(told.split('\n').flatMap((ref) => ref.split('/')[2] ?? []))];
  }

  async forget(session: string, except: ReadonlySet<string>): Promise<void> {
    const under = `refs/taffrail/${nameFrom(session)}/`;
    const refs = (await gitLine(this.#place, ['for-each-ref', '--format=%(refname)', under])).split('\n');
    const old = refs.filter((ref) => ref !== '' && !except.has(ref));
    const input = old.map((ref) => `delete ${ref}\0\0`).join('');
    if (old.length > 0) await git(this.#place, ['update-ref', '-z', '--stdin'], { input });
  }

  async #withIndex<T>(use: (env: { GIT_INDEX_FILE: string }) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'taffrail-index-'));
    try {
      return await use({ GIT_INDEX_FILE: join(folder, 'index') });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

const fileFrom = (form: string, id: string): KeptFile | null => (/^0+$/.test(form) ? null : { form, id });

async function sourceIn(path: string, { form }: KeptFile): Promise<Source> {
  if (form === linkForm) return { type: 'link', target: await readlink(path) };
  if (form === repositoryForm) throw new NotKept('it is a repository of its own');
  return { type: 'file', path, mode: form === '100755' ? 0o777 : 0o666 };
}

function leftOutIn(commit: string): LeftOut[] {
  const line = commit.slice(commit.indexOf('\n\n')).trim().split('\n').at(-1) ?? '';
  try {
    const { leftOut } = JSON.parse(line) as { leftOut?: LeftOut[] };
    return Array.isArray(leftOut) ? leftOut : [];
  } catch {
    return [];
  }
}
