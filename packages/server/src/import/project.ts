/** The folder a session is grouped under: its git root, a worktree's main checkout, else the working folder. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

export type ProjectOf = (cwd: string) => string;

/** Remembers its answers: thousands of records name a few folders. */
export function projectFinder(): ProjectOf {
  const known = new Map<string, string>();
  return (cwd) => {
    const answer = known.get(cwd) ?? findProject(cwd);
    known.set(cwd, answer);
    return answer;
  };
}

function findProject(cwd: string): string {
  if (!isAbsolute(cwd)) return cwd;
  for (let folder = cwd; ; folder = dirname(folder)) {
    const main = checkoutAt(folder);
    if (main) return main;
    if (folder === dirname(folder)) return withoutWorktree(cwd);
  }
}

/** The main checkout of the git folder here: a worktree's `.git` is a file that names it. */
function checkoutAt(folder: string): string | null {
  const git = join(folder, '.git');
  try {
    if (statSync(git).isDirectory()) return folder;
    const named = /^gitdir:\s*(.+?)\s*$/m.exec(readFileSync(git, 'utf8'))?.[1];
    const main = named && /^(.*)\/\.git\/(worktrees|modules)\//.exec(resolve(folder, named))?.[1];
    return main ?? folder;
  } catch {
    return null;
  }
}

/** For folders that are gone: where agents keep worktrees inside a project, the name tells. */
function withoutWorktree(cwd: string): string {
  return /^(.+?)\/\.(?:claude|codex|gemini|worktrees|taffrail)\/(?:worktrees\/)?[^/]+/.exec(cwd)?.[1] ?? cwd;
}
