/**
 * The folder a session works in, as git sees it: what it was before a turn, kept under a hidden name, and what has
 * changed since the last commit. The folder's own index and branches are left alone.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { FileChanges } from '@taffrail/wire';

const run = promisify(execFile);
// Git must not hold up a turn: without an answer by then, there is none.
const patienceMs = 15_000;
const outputBytesMax = 16 * 1024 * 1024;
const filesMax = 500;

type Environment = Readonly<Record<string, string>>;

/**
 * Keeps all files, untracked ones too, as a commit under `refs/taffrail/<session>/<turn>`.
 * @returns the name, or `null` where the folder is no repository or git cannot do it.
 */
export async function keepCheckpoint(
  root: string,
  env: Environment,
  session: string,
  turn: string,
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'taffrail-index-'));
  try {
    const index = join(folder, 'index');
    const own = { ...env, GIT_INDEX_FILE: index, ...author };
    // With the repository's own index to begin with, git reads only the files that have changed.
    const current = resolve(root, (await git(root, env, 'rev-parse', '--git-path', 'index')).trim());
    await copyFile(current, index).catch(() => undefined);
    await git(root, own, 'add', '--all', '--', ':/');
    const tree = (await git(root, own, 'write-tree')).trim();
    const parent = await git(root, env, 'rev-parse', '--verify', '--quiet', 'HEAD').catch(() => '');
    const parents = parent.trim() === '' ? [] : ['-p', parent.trim()];
    const commit = (await git(root, own, 'commit-tree', tree, ...parents, '-m', `Before turn ${turn}`)).trim();
    const ref = `refs/taffrail/${nameFrom(session)}/${nameFrom(turn)}`;
    await git(root, env, 'update-ref', ref, commit);
    return ref;
  } catch {
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const author = {
  GIT_AUTHOR_NAME: 'taffrail',
  GIT_AUTHOR_EMAIL: 'taffrail@localhost',
  GIT_COMMITTER_NAME: 'taffrail',
  GIT_COMMITTER_EMAIL: 'taffrail@localhost',
};

/** A part of a ref's name: some characters may not stand in one. */
const nameFrom = (id: string): string => id.replace(/[^\w-]+/g, '-');

/** What differs from the last commit; `null` where the folder is no repository. */
export async function changesIn(root: string, env: Environment): Promise<FileChanges | null> {
  try {
    const status = await git(root, env, 'status', '--porcelain=v1', '-z', '--untracked-files=all');
    const branch = await git(root, env, 'symbolic-ref', '--short', '--quiet', 'HEAD').catch(() => '');
    const counts = await lineCounts(root, env);
    const files = statusEntries(status).slice(0, filesMax);
    return {
      branch: branch.trim() || null,
      files: files.map(({ path, status: state }) => ({
        path,
        status: state,
        added: counts.get(path)?.added ?? null,
        removed: counts.get(path)?.removed ?? null,
      })),
    };
  } catch {
    return null;
  }
}

type ChangedFile = Pick<FileChanges['files'][number], 'path' | 'status'>;

/** `XY path`, each ended by NUL; of a rename the old path follows. */
function statusEntries(text: string): ChangedFile[] {
  const parts = text.split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const entry = parts[at] ?? '';
    if (entry.length < 4) continue;
    const code = entry.slice(0, 2);
    if (/[RC]/.test(code)) at += 1;
    files.push({ path: entry.slice(3), status: statusOf(code) });
  }
  return files;
}

function statusOf(code: string): ChangedFile['status'] {
  if (code.includes('D')) return 'deleted';
  if (/[RC]/.test(code)) return 'renamed';
  return /[?A]/.test(code) ? 'added' : 'changed';
}

/** Lines added and removed per file against the last commit; of files without lines, and of untracked ones, none. */
async function lineCounts(root: string, env: Environment): Promise<Map<string, { added: number; removed: number }>> {
  const text = await git(root, env, 'diff', '--numstat', '--no-renames', '-z', 'HEAD').catch(() => '');
  const lines = text.split('\0').flatMap((line) => {
    const [, added, removed, path] = /^(\d+)\t(\d+)\t(.+)$/s.exec(line) ?? [];
    return path === undefined ? [] : [[path, { added: Number(added), removed: Number(removed) }] as const];
  });
  return new Map(lines);
}

async function git(root: string, env: Environment, ...args: string[]): Promise<string> {
  // Hooks and helpers of the repository are not ours to run.
  const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];
  const options = {
    cwd: root,
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
    timeout: patienceMs,
    maxBuffer: outputBytesMax,
  };
  return (await run('git', [...safe, ...args], options)).stdout;
}
