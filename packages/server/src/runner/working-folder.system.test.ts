/** Checkpoints and changes of real repositories. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changesIn, keepCheckpoint } from './working-folder.js';

let root: string;
const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, env, encoding: 'utf8' });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taffrail-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function repository(): void {
  git('init', '-q', '-b', 'main');
  writeFileSync(join(root, 'kept.txt'), 'one\ntwo\n');
  writeFileSync(join(root, 'gone.txt'), 'gone\n');
  writeFileSync(join(root, '.gitignore'), 'ignored\n');
  git('add', '-A');
  git('commit', '-qm', 'first');
}

describe('D5: a checkpoint', () => {
  test('holds all files as they were, untracked ones too, and leaves index, branch and folder alone', async () => {
    repository();
    writeFileSync(join(root, 'kept.txt'), 'one\n2\n');
    mkdirSync(join(root, 'new folder'));
    writeFileSync(join(root, 'new folder/ümlaut.txt'), 'new\n');
    writeFileSync(join(root, 'ignored'), 'secret\n');
    const before = {
      status: git('status', '--porcelain'),
      head: git('rev-parse', 'HEAD'),
      index: readFileSync(join(root, '.git/index')),
    };
    const ref = await keepCheckpoint(root, env, 'session 1', 'turn/1');
    expect(ref).toBe('refs/taffrail/session-1/turn-1');
    expect(git('show', `${ref}:kept.txt`)).toBe('one\n2\n');
    expect(git('-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', String(ref)).trim().split('\n')).toEqual([
      '.gitignore',
      'gone.txt',
      'kept.txt',
      'new folder/ümlaut.txt',
    ]);
    expect(git('status', '--porcelain')).toBe(before.status);
    expect(git('rev-parse', 'HEAD')).toBe(before.head);
    expect(readFileSync(join(root, '.git/index'))).toEqual(before.index);
  });

  test('is kept in a repository without a commit, and runs none of its hooks', async () => {
    git('init', '-q');
    writeFileSync(join(root, 'a'), 'a');
    const ran = join(root, 'ran');
    writeFileSync(join(root, '.git/hooks/reference-transaction'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    expect(await keepCheckpoint(root, env, 's', 't')).toBe('refs/taffrail/s/t');
    expect(existsSync(ran)).toBe(false);
  });

  test('is not kept where there is no repository', async () => {
    expect(await keepCheckpoint(root, env, 's', 't')).toBeNull();
  });
});

describe('C7: changes', () => {
  test('are told with their lines, by their state', async () => {
    repository();
    writeFileSync(join(root, 'kept.txt'), 'one\nzwei\ndrei\n');
    rmSync(join(root, 'gone.txt'));
    writeFileSync(join(root, 'new file'), 'x\n');
    expect(await changesIn(root, env)).toEqual({
      branch: 'main',
      files: [
        { path: 'gone.txt', status: 'deleted', added: 0, removed: 1 },
        { path: 'kept.txt', status: 'changed', added: 2, removed: 1 },
        { path: 'new file', status: 'added', added: null, removed: null },
      ],
    });
  });

  test('are not known where there is no repository', async () => {
    expect(await changesIn(root, env)).toBeNull();
  });
});
