/** What a state holds, in a repository and outside one: real git, real files. */
import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { programs, TestFolder } from './folder-for-tests.js';
import { type Keeper, NotKept } from './keeper.js';
import { openKeeper, reasonOf } from './open-keeper.js';

let folder: TestFolder;
afterEach(() => folder.remove());

const changed = async (keeper: Keeper, from: string, to: string) =>
  (await keeper.differences(from, to)).map(({ path, before, after }) => [path, before !== null, after !== null]);

const hostile = {
  '-rf': 'a name like a flag\n',
  ':(top)x': 'a name like a pattern\n',
  'two\nlines': 'a name with a line end\n',
  'sp ace\t"quoted"': 'a name that is quoted\n',
  'ümläut/日本.txt': 'a name beyond ASCII\n',
  bytes: Buffer.from([0, 255, 254, 10, 13, 0]),
  crlf: 'one\r\ntwo\r\n',
  link: { link: 'nowhere' },
  out: { link: '/etc/passwd' },
};

describe.each(['git', 'copy'] as const)('D5: states kept by %s', (kind) => {
  it('tell what came, went and changed, whatever the names and contents are', async () => {
    folder = new TestFolder(kind);
    folder.put({ kept: 'same\n', gone: 'old\n', other: 'old\n' });
    const keeper = await folder.keeper();
    expect(keeper.kind).toBe(kind);
    const first = await keeper.now();
    folder.put({ ...hostile, gone: null, other: 'new\n' });
    chmodSync(folder.path('kept'), 0o755);
    const second = await keeper.now();
    const expected = [
      ...Object.keys(hostile).map((name) => [name, false, true]),
      ['gone', true, false],
      ['kept', true, true],
      ['other', true, true],
    ];
    expect((await changed(keeper, first.id, second.id)).sort()).toEqual(expected.sort());
    expect(await keeper.differences(second.id, (await keeper.now()).id)).toEqual([]);
    const counts = await keeper.lineCounts(first.id, second.id, await keeper.differences(first.id, second.id));
    expect(counts.get('other')).toEqual({ added: 1, removed: 1 });
    expect(counts.get('two\nlines')).toEqual({ added: 1, removed: 0 });
    expect(counts.get('bytes')).toBeUndefined();
  });

  it('are found by the name they were kept under, until they are forgotten', async () => {
    folder = new TestFolder(kind);
    folder.put({ a: '1' });
    const keeper = await folder.keeper();
    const state = await keeper.now();
    const [one, other] = [
      await keeper.keep(state, 'session/1', 'before-1'),
      await keeper.keep(state, 'session/1', 'x'),
    ];
    const elsewhere = await keeper.keep(state, 'session/2', 'before-1');
    await keeper.forget('session/1', new Set([other]));
    expect(await keeper.find(one)).toBeNull();
    expect(await keeper.find(other)).toEqual(state);
    expect(await keeper.find(elsewhere)).toEqual(state);
    expect(await keeper.find('../../../etc/passwd')).toBeNull();
    expect(await keeper.find('--all')).toBeNull();
  });

  it('hold no ignored file, and say which files they leave out and why', async () => {
    folder = new TestFolder(kind);
    folder.put({ '.gitignore': 'ignored\nbuild/\n', ignored: 'x', 'build/a': 'x', 'node_modules/m/i.js': 'x', a: 'x' });
    if (kind === 'git') folder.put({ '.gitignore': 'ignored\nbuild/\nnode_modules/\n' });
    writeFileSync(folder.path('huge'), Buffer.alloc(17 * 1024 * 1024));
    mkdirSync(folder.path('locked'));
    folder.put({ 'locked/in': 'x' });
    const keeper = await folder.keeper();
    const state = await keeper.now();
    expect(state.leftOut).toEqual([{ path: 'huge', why: 'it is longer than 16 MB' }]);
    const empty = await keeper.changed(
      state.id,
      (['.gitignore', 'a', 'locked/in'] as const).map((path) => ({ path, before: null, after: null })),
    );
    expect(await keeper.differences(empty, state.id)).toHaveLength(3);
    const again = await keeper.find(await keeper.keep(state, 's', 'n'));
    expect(again?.leftOut).toEqual(state.leftOut);
  });

  it('are not made where the folder is too much, and say so', async () => {
    folder = new TestFolder(kind);
    const max = kind === 'git' ? 20_000 : 5_000;
    for (let index = 0; index <= max; index += 1) writeFileSync(folder.path(`f${index}`), '');
    const error = await (await folder.keeper()).now().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotKept);
    expect(reasonOf(error)).toMatch(kind === 'git' ? /more than 20000 files/ : /more than 5000 files/);
  });

  it('are not waited for any longer than somebody waits', async () => {
    folder = new TestFolder(kind);
    folder.put({ a: '1' });
    const stopped = new AbortController();
    const keeper = await folder.keeper(folder.root, stopped.signal);
    stopped.abort();
    expect(reasonOf(await keeper.now().catch((error: unknown) => error))).toMatch(/it was stopped/);
  });

  it('do not hold the data folder that lies in the session’s', async () => {
    folder = new TestFolder(kind);
    folder.put({ 'data/taffrail.db': 'x', a: '1' });
    Object.defineProperty(folder, 'dataDir', { value: folder.path('data') });
    const keeper = await folder.keeper();
    const state = await keeper.now();
    folder.put({ 'data/taffrail.db': 'y', 'data/more': 'y' });
    expect(await keeper.differences(state.id, (await keeper.now()).id)).toEqual([]);
  });
});

describe('D5: states of a folder without a repository', () => {
  it('read a file again that was changed, though its length and its time say that it was not', async () => {
    folder = new TestFolder('copy');
    folder.put({ a: 'one', b: 'two' });
    const times = new Date(Date.now() - 60_000);
    utimesSync(folder.path('a'), times, times);
    // Long enough for it to count as settled.
    await wait(2_100);
    const keeper = await folder.keeper();
    const first = await keeper.now();
    folder.put({ a: 'two' });
    utimesSync(folder.path('a'), times, times);
    expect(await changed(keeper, first.id, (await keeper.now()).id)).toEqual([['a', true, true]]);
  });
});

describe('D5: states of a repository', () => {
  it('are given up when git takes too long, and so is looking for a repository', async () => {
    folder = new TestFolder('git');
    writeFileSync(join(folder.outside, 'git'), '#!/bin/sh\nsleep 60\n', { mode: 0o755 });
    const env = { ...programs, PATH: `${folder.outside}:${programs.PATH}` };
    const place = { root: folder.root, env, dataDir: folder.dataDir, copies: folder.copies, patienceMs: 300 };
    expect(reasonOf(await openKeeper(place).catch((error: unknown) => error))).toBe('git took too long');
  });

  it('leave index, branch, status and files alone, also while another git holds its locks', async () => {
    folder = new TestFolder('git');
    folder.put({ kept: 'one\n', '.gitignore': 'ignored\n' });
    folder.git('add', '-A');
    folder.git('commit', '-qm', 'first');
    folder.put({ kept: 'two\n', 'new folder/ümlaut.txt': 'new\n', ignored: 'secret\n' });
    const seen = () => [folder.git('status', '--porcelain'), folder.git('rev-parse', 'HEAD'), folder.git('branch')];
    const before = { seen: seen(), index: readFileSync(folder.path('.git/index')) };
    folder.put({ '.git/index.lock': '', '.git/HEAD.lock': '', '.git/packed-refs.lock': '' });
    const keeper = await folder.keeper();
    const ref = await keeper.keep(await keeper.now(), 'session 1', 'before-turn/1');
    folder.put({ '.git/index.lock': null, '.git/HEAD.lock': null, '.git/packed-refs.lock': null });
    expect(ref).toBe('refs/taffrail/session-1/before-turn-1');
    expect(folder.git('show', `${ref}:kept`)).toBe('two\n');
    expect(folder.git('-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', ref).trim().split('\n')).toEqual([
      '.gitignore',
      'kept',
      'new folder/ümlaut.txt',
    ]);
    expect(seen()).toEqual(before.seen);
    expect(readFileSync(folder.path('.git/index'))).toEqual(before.index);
  });

  it('run nothing that only the repository names: no hook, no filter, no watcher', async () => {
    folder = new TestFolder('git');
    folder.put({ '.gitattributes': '* filter=evil\n', a: 'text\n' });
    folder.put({ '.git/hooks/reference-transaction': '#!/bin/sh\ntouch ran-hook\n' });
    chmodSync(folder.path('.git/hooks/reference-transaction'), 0o755);
    for (const [name, value] of [
      ['filter.evil.clean', 'touch ran-clean; cat'],
      ['filter.evil.smudge', 'touch ran-smudge; cat'],
      ['filter.evil.required', 'true'],
      ['core.fsmonitor', 'touch ran-watcher'],
    ] as const)
      folder.git('config', name, value);
    const keeper = await folder.keeper();
    const state = await keeper.now();
    await keeper.keep(state, 's', 't');
    await keeper.atHand(state.id, ['a'], async (sourceOf) => {
      const [difference] = (await keeper.differences(await keeper.changed(state.id, [gone('a')]), state.id)) ?? [];
      const source = difference?.after ? await sourceOf('a', difference.after) : null;
      expect(source?.type === 'file' && readFileSync(source.path, 'utf8')).toBe('text\n');
    });
    for (const name of ['hook', 'clean', 'smudge', 'watcher']) {
      expect(existsSync(folder.path(`ran-${name}`)), name).toBe(false);
      expect(existsSync(folder.path(`.git/ran-${name}`)), name).toBe(false);
    }
  });

  it('of a sub-folder hold what is in it, and tell its files by their names there', async () => {
    folder = new TestFolder('git');
    folder.put({ 'deep/[a]/file': '1\n', 'deep/a/file': '1\n', other: '1\n' });
    const keeper = await folder.keeper(folder.path('deep/[a]'));
    const first = await keeper.now();
    folder.put({ 'deep/[a]/file': '2\n', 'deep/a/file': '2\n', other: '2\n' });
    const second = await keeper.now();
    expect(await changed(keeper, first.id, second.id)).toEqual([['file', true, true]]);
    expect(await keeper.lineCounts(first.id, second.id, [])).toEqual(new Map([['file', { added: 1, removed: 1 }]]));
    expect(await keeper.changed(second.id, await keeper.differences(second.id, first.id))).toBe(first.id);
  });

  it('leave submodules and other repositories in the folder to themselves', async () => {
    folder = new TestFolder('git');
    folder.put({ 'inner/a': '1' });
    const inner = (...args: string[]) => folder.git('-C', 'inner', ...args);
    inner('init', '-q');
    inner('add', '-A');
    inner('commit', '-qm', 'first');
    mkdirSync(folder.path('unborn'));
    folder.git('-C', 'unborn', 'init', '-q');
    folder.git('-c', 'advice.addEmbeddedRepo=false', 'add', 'inner');
    folder.git('commit', '-qm', 'a submodule');
    const keeper = await folder.keeper();
    const first = await keeper.now();
    folder.put({ 'inner/a': '2' });
    inner('commit', '-qam', 'second');
    expect(await keeper.differences(first.id, (await keeper.now()).id)).toEqual([]);
    expect(first.leftOut).toEqual([{ path: 'unborn', why: 'it is a repository of its own' }]);
  });

  it('are made in the middle of a merge with conflicts, in a worktree, and of a file where a folder was', async () => {
    folder = new TestFolder('git');
    folder.put({ a: 'base\n', 'd/f': 'x\n', 'sub/x': '1\n' });
    folder.git('add', '-A');
    folder.git('commit', '-qm', 'base');
    folder.git('checkout', '-qb', 'other');
    folder.put({ a: 'other\n' });
    folder.git('commit', '-qam', 'other');
    folder.git('checkout', '-q', 'main');
    folder.put({ a: 'main\n' });
    folder.git('commit', '-qam', 'main');
    expect(() => folder.git('merge', 'other')).toThrow();
    const keeper = await folder.keeper();
    const merging = await keeper.now();
    expect((await (await folder.keeper(folder.path('sub'))).now()).id).toMatch(/^[0-9a-f]{40}$/);
    folder.put({ d: 'a file\n' });
    expect(await changed(keeper, merging.id, (await keeper.now()).id)).toEqual([
      ['d', false, true],
      ['d/f', true, false],
    ]);
    folder.put({ d: null });
    mkdirSync(folder.path('a-tree'));
    folder.git('worktree', 'add', '-q', '--detach', join(folder.outside, 'tree'), 'other');
    const tree = await folder.keeper(join(folder.outside, 'tree'));
    writeFileSync(join(folder.outside, 'tree', 'a'), 'in the tree\n');
    const state = await tree.now();
    expect(folder.git('show', `${state.id}:a`)).toBe('in the tree\n');
  });

  it('of a folder that the repository ignores are copies, and so they are where git is missing', async () => {
    folder = new TestFolder('git');
    folder.put({ '.gitignore': 'scratch/\n', 'scratch/a': '1' });
    expect((await folder.keeper(folder.path('scratch'))).kind).toBe('copy');
    expect((await folder.keeper()).kind).toBe('git');
    const withoutGit = { PATH: '/nonexistent' };
    const place = { root: folder.root, env: withoutGit, dataDir: folder.dataDir, copies: folder.copies };
    expect((await openKeeper({ ...place, patienceMs: 60_000 })).kind).toBe('copy');
  });
});

const gone = (path: string) => ({ path, before: null, after: null });
