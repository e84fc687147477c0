/** Files are put back whole or left alone: hostile trees, real file systems, both ways of keeping. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putFile, removeFile } from './confined-change.js';
import { TestFolder } from './folder-for-tests.js';
import { draftName, type Keeper } from './keeper.js';
import { restoreFiles } from './restore-files.js';

let folder: TestFolder;
let keeper: Keeper;
afterEach(() => folder.remove());

async function goBack(expected: string, target: string) {
  // The system's clock for files is a little behind.
  await wait(20);
  return restoreFiles(keeper, { root: folder.root, expected, target, now: Date.now });
}

describe.each(['git', 'copy'] as const)('D5: files kept by %s', (kind) => {
  beforeEach(async () => {
    folder = new TestFolder(kind);
    keeper = await folder.keeper();
  });

  it('come back as they were: contents, modes, links, names of any kind, and forth again', async () => {
    folder.put({
      changed: 'one\r\ntwo\n',
      bytes: Buffer.from([0, 255, 1, 13, 10]),
      'gone/deep/-rf': 'gone\n',
      'two\nlines': 'x',
      'ümläut ✓': 'x',
      link: { link: 'changed' },
      out: { link: '../outside/secret' },
      'was-file': 'file\n',
      'was-folder/a': 'a\n',
      'was-folder/b/c': 'c\n',
      program: '#!/bin/sh\n',
      'read-only': 'before\n',
    });
    chmodSync(folder.path('program'), 0o755);
    chmodSync(folder.path('read-only'), 0o444);
    const before = { tree: folder.tree(), state: await keeper.now() };
    chmodSync(folder.path('program'), 0o644);
    folder.put({
      changed: 'other\n',
      bytes: Buffer.from([0, 1]),
      gone: null,
      'two\nlines': 'y',
      'ümläut ✓': null,
      link: { link: 'elsewhere' },
      out: 'now a file\n',
      'was-file': null,
      'was-file/inside': 'x\n',
      'was-folder': 'now a file\n',
      'new/deep/file': 'new\n',
      'read-only': 'after\n',
    });
    chmodSync(folder.path('read-only'), 0o444);
    const after = { tree: folder.tree(), state: await keeper.now() };
    const done = await goBack(after.state.id, before.state.id);
    expect(done).toMatchObject({ outcome: 'restored', left: [], removed: 3 });
    expect(folder.tree()).toEqual(before.tree);
    expect(existsSync(folder.path('new'))).toBe(false);
    expect(await goBack(before.state.id, after.state.id)).toMatchObject({ outcome: 'restored' });
    expect(folder.tree()).toEqual(after.tree);
  });

  it('are left alone where somebody has changed them meanwhile, or has put something that is not kept there', async () => {
    folder.put({ '.gitignore': 'ignored\n', a: '1', b: '1', c: '1', ignored: 'kept before it was ignored', same: '1' });
    folder.put({ '.gitignore': '# nothing\n' });
    const before = await keeper.now();
    folder.put({ '.gitignore': 'ignored\n', a: '2', b: '2', c: null, same: '2' });
    rmSync(folder.path('ignored'));
    const after = await keeper.now();
    folder.put({ a: 'by somebody', c: 'by somebody', ignored: 'by somebody', same: '1' });
    const done = await goBack(after.id, before.id);
    expect(done).toMatchObject({ outcome: 'partly', written: 3, leftCount: 3 });
    expect(Object.fromEntries(done.left.map(({ path, why }) => [path, why]))).toEqual({
      a: 'it was changed meanwhile',
      c: 'it was changed meanwhile',
      ignored: 'something that is not kept is in its place',
    });
    expect([folder.tree()['a'], folder.tree()['c'], folder.tree()['ignored']]).toEqual(
      Array(3).fill(expect.stringMatching(/by somebody$/)),
    );
    expect(folder.tree()['b']).toMatch(/1$/);
  });

  it('are never written through a link that was put in the place of a folder', async () => {
    folder.put({ 'folder/a': 'one\n', 'folder/b': 'one\n' });
    const before = await keeper.now();
    folder.put({ 'folder/a': 'two\n', 'folder/b': null });
    const after = await keeper.now();
    writeFileSync(join(folder.outside, 'a'), 'not ours\n');
    folder.put({ folder: { link: folder.outside } });
    const done = await goBack(after.id, before.id);
    expect(done).toMatchObject({ outcome: 'partly', written: 0 });
    expect(readFileSync(join(folder.outside, 'a'), 'utf8')).toBe('not ours\n');
    expect(existsSync(join(folder.outside, 'b'))).toBe(false);
    const linked = await keeper.now();
    expect(await goBack(linked.id, before.id)).toMatchObject({ outcome: 'restored' });
    expect(folder.tree()).toMatchObject({ 'folder/a': expect.stringMatching(/one\n$/) });
    expect(readFileSync(join(folder.outside, 'a'), 'utf8')).toBe('not ours\n');
  });

  it('are left alone where a folder with files that are not kept has come in their place', async () => {
    folder.put({ '.gitignore': '*.log\n', out: 'a file' });
    const before = await keeper.now();
    folder.put({ out: null, 'out/today.log': 'nobody kept this', 'out/kept': 'x' });
    const done = await goBack((await keeper.now()).id, before.id);
    expect(done.left).toEqual([{ path: 'out', why: 'a folder with files that are not kept is in its place' }]);
    expect(folder.tree()['out/today.log']).toMatch(/nobody kept this/);
  });

  it('that may not be written are named, and the others come back', async () => {
    folder.put({ 'closed/a': '1', open: '1' });
    const before = await keeper.now();
    folder.put({ 'closed/a': '2', open: '2' });
    const after = await keeper.now();
    chmodSync(folder.path('closed'), 0o555);
    const done = await goBack(after.id, before.id);
    expect(done).toMatchObject(
      process.getuid?.() === 0
        ? { outcome: 'restored' }
        : { outcome: 'partly', left: [{ path: 'closed/a', why: 'it may not be written' }] },
    );
    expect(folder.tree()['open']).toMatch(/1$/);
  });

  it('are finished where another server was stopped in the middle, and its drafts are taken away', async () => {
    folder.put({ 'd/a': '1', 'd/b': '1', gone: '1' });
    const before = { state: await keeper.now(), tree: folder.tree() };
    folder.put({ 'd/a': '2', 'd/b': '2', gone: null, 'new/x': '2' });
    const after = await keeper.now();
    folder.put({ 'd/a': '1', new: null, [`d/${draftName}`]: 'half' });
    const done = await goBack(after.id, before.state.id);
    expect(done).toMatchObject({ outcome: 'restored', written: 3, removed: 1 });
    expect(folder.tree()).toEqual(before.tree);
  });
});

describe('D5: a single change', () => {
  const rules = (since = Date.now() + 1_000) => ({ root: folder.root, since });
  const source = () => {
    writeFileSync(join(folder.top, 'source'), 'new\n');
    return { type: 'file', path: join(folder.top, 'source'), mode: 0o644 } as const;
  };

  beforeEach(() => {
    folder = new TestFolder('copy');
  });

  it.each(['../outside/x', '/etc/x', 'a/../../x', '.git/config', 'a/.GIT/hooks/x', '', 'a//b', './a'])(
    'of %j is refused: it leads out, or into a repository',
    async (path) => {
      await expect(putFile(rules(), path, source(), true)).rejects.toThrow('this is no name for a file');
      await expect(removeFile(rules(), path)).rejects.toThrow('this is no name for a file');
    },
  );

  it('goes through no link, wherever it leads', async () => {
    mkdirSync(folder.path('real'));
    symlinkSync('real', folder.path('inside'));
    symlinkSync(folder.outside, folder.path('outwards'));
    writeFileSync(join(folder.outside, 'x'), 'not ours');
    for (const path of ['inside/x', 'outwards/x']) {
      await expect(putFile(rules(), path, source(), true)).rejects.toThrow();
      await removeFile(rules(), path).catch(() => undefined);
    }
    expect(existsSync(folder.path('real/x'))).toBe(false);
    expect(readFileSync(join(folder.outside, 'x'), 'utf8')).toBe('not ours');
  });

  it('is not made to what was changed after it was looked at', async () => {
    const since = Date.now() - 1_000;
    folder.put({ a: 'just now' });
    await expect(putFile(rules(since), 'a', source(), false)).rejects.toThrow('it was changed meanwhile');
    await expect(removeFile(rules(since), 'a')).rejects.toThrow('it was changed meanwhile');
    expect(folder.tree()['a']).toMatch(/just now/);
  });
});
