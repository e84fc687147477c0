/** The folder that a session is grouped under. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeLines, writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyArchive } from './archive-of.js';
import { projectFinder } from './project.js';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-project-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (where: string, ...words: string[]) =>
  execFileSync('git', ['-C', where, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], {
    stdio: 'pipe',
  });

function repository(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q');
  git(path, 'commit', '-q', '--allow-empty', '-m', 'first');
  return path;
}

describe('the project of a working folder', () => {
  it('is its git root, from any depth', () => {
    const root = repository('app');
    mkdirSync(join(root, 'packages/web/src'), { recursive: true });
    expect([root, join(root, 'packages/web/src')].map(projectFinder())).toEqual([root, root]);
  });

  it('of a worktree is the main checkout, inside of it or beside it', () => {
    const root = repository('app');
    git(root, 'worktree', 'add', '-q', join(folder, 'beside'));
    git(root, 'worktree', 'add', '-q', join(root, '.claude/worktrees/inside'));
    mkdirSync(join(folder, 'beside/src'));
    const folders = [join(folder, 'beside'), join(folder, 'beside/src'), join(root, '.claude/worktrees/inside')];
    expect(folders.map(projectFinder())).toEqual([root, root, root]);
  });

  it('of a worktree of a bare repository is the worktree', () => {
    const root = repository('app');
    git(folder, 'clone', '-q', '--bare', root, join(folder, 'bare.git'));
    git(join(folder, 'bare.git'), 'worktree', 'add', '-q', join(folder, 'tree'), 'HEAD');
    expect(projectFinder()(join(folder, 'tree'))).toBe(join(folder, 'tree'));
  });

  it('of a repository inside another is the inner one', () => {
    const outer = repository('outer');
    const inner = repository('outer/inner');
    expect([outer, inner].map(projectFinder())).toEqual([outer, inner]);
  });

  it('of a worktree whose repository is gone is what its mark still names', () => {
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, '.git'), 'gitdir: /gone/app/.git/worktrees/tree\n');
    expect(projectFinder()(tree)).toBe('/gone/app');
  });

  it('without git is the folder itself, also when it is gone', () => {
    expect(projectFinder()(folder)).toBe(folder);
    expect(projectFinder()('/gone/app/src')).toBe('/gone/app/src');
  });

  it('of a worktree that is gone is told by where agents keep them', () => {
    const gone = ['/gone/app/.claude/worktrees/fix-it', '/gone/app/.worktrees/fix-it/src'];
    expect(gone.map(projectFinder())).toEqual(['/gone/app', '/gone/app']);
  });

  it.each(['', '.', 'relative/path', 'C:\\Users\\dev\\app', '\u0000', `/${'x'.repeat(5000)}`, '/\u0000/x'])(
    'of %j is no crash',
    (cwd) => {
      expect(projectFinder()(cwd)).toBe(cwd);
    },
  );

  it('with a mark that is no mark is the folder', () => {
    writeFileSync(join(folder, '.git'), 'no mark');
    expect(projectFinder()(folder)).toBe(folder);
    rmSync(join(folder, '.git'));
    symlinkSync('.git', join(folder, '.git'));
    expect(projectFinder()(folder)).toBe(folder);
  });

  it('is what sessions are listed under', async () => {
    const archive = emptyArchive();
    const root = repository('app');
    mkdirSync(join(root, 'src'));
    const lines = claudeLines('a', [{ id: 'one', text: 'x', input: 1, output: 1 }]);
    writeClaudeLog(
      archive.home,
      'a',
      lines.map((line) => line.replace('/home/dev/demo', join(root, 'src'))),
    );
    await archive.import();
    const session = await archive.store.queries.selectFrom('sessions').select(['cwd', 'project']).executeTakeFirst();
    expect(session).toEqual({ cwd: join(root, 'src'), project: root });
    await archive.remove();
  });
});
