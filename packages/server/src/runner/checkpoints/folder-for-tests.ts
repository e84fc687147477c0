/** A folder with a repository in it or without, and what keeps its states. For tests. */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CopyStore } from './copy-store.js';
import type { Keeper } from './keeper.js';
import { openKeeper } from './open-keeper.js';

export const programs = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };

export class TestFolder {
  readonly top = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-states-')));
  readonly root = join(this.top, 'work');
  readonly outside = join(this.top, 'outside');
  readonly dataDir = join(this.top, 'data');
  readonly copies = new CopyStore(this.dataDir);

  constructor(kind: 'git' | 'copy') {
    mkdirSync(this.root);
    mkdirSync(this.outside);
    if (kind === 'git') this.git('init', '-q', '-b', 'main');
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: this.root,
      env: programs,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  keeper(root = this.root, signal?: AbortSignal): Promise<Keeper> {
    const place = { root, env: programs, dataDir: this.dataDir, copies: this.copies, patienceMs: 60_000 };
    return openKeeper({ ...place, ...(signal ? { signal } : {}) });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Files by their names; `null` takes one away, `{ link }` makes a link. */
  put(files: Record<string, string | Buffer | null | { link: string }>): void {
    for (const [name, content] of Object.entries(files)) {
      rmSync(this.path(name), { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(dirname(this.path(name)), { recursive: true });
      if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, this.path(name));
      else writeFileSync(this.path(name), content);
    }
  }

  /** All that is in the folder but `.git`: files with mode and content, links with their target. */
  tree(): Record<string, string> {
    const found: Record<string, string> = {};
    const into = (path: string) => {
      for (const name of readdirSync(join(this.root, path)).sort()) {
        const below = path === '' ? name : `${path}/${name}`;
        const stat = lstatSync(this.path(below));
        if (below === '.git') continue;
        if (stat.isSymbolicLink()) found[below] = `-> ${readlinkSync(this.path(below))}`;
        else if (stat.isDirectory()) into(below);
        else found[below] = `${(stat.mode & 0o777).toString(8)} ${readFileSync(this.path(below), 'latin1')}`;
      }
    };
    into('');
    return found;
  }

  remove(): void {
    // Tests take the right to write away.
    execFileSync('chmod', ['-R', 'u+rwX', this.top]);
    rmSync(this.top, { recursive: true, force: true });
  }
}
