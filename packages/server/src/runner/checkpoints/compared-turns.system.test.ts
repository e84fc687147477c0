/** What turns changed, from the states of their folder: real git, real files. */
import { afterEach, describe, expect, it } from 'vitest';
import { ComparedTurns } from './compared-turns.js';
import { programs, TestFolder } from './folder-for-tests.js';

let folder: TestFolder;
afterEach(() => folder.remove());

describe.each(['git', 'copy'] as const)('D5: turns of a folder that is kept by %s', (kind) => {
  const keep = async (name: string) => {
    const keeper = await folder.keeper();
    await keeper.keep(await keeper.now(), 'session/1', name);
  };
  const compared = () => new ComparedTurns({ dataDir: folder.dataDir, copies: folder.copies, env: programs });
  const place = (stand: string) => ({ id: 'session/1', cwd: folder.root, stand });

  it('have the files that differ between their beginning and their end, whatever was written elsewhere', async () => {
    folder = new TestFolder(kind);
    folder.put({ a: 'one\n', b: 'same\n' });
    await keep('before-t.1');
    folder.put({ a: 'two\n', 'two\nlines': 'x\ny\n', bytes: Buffer.from([0, 255, 0]) });
    await keep('after-t.1');
    folder.put({ b: 'by a person\n' });
    await keep('before-t2');
    folder.put({ a: 'six\n' });
    await keep('after-t2');
    await keep('before-t3');
    await keep('after-t3');
    await keep('before-t4');
    const filesOf = await compared().of(place('1'));
    const told = (turn: string) => filesOf(turn)?.toSorted((one, other) => (one.path < other.path ? -1 : 1));
    expect(told('t.1')).toEqual([
      { path: 'a', added: 1, removed: 1 },
      { path: 'bytes', added: null, removed: null },
      { path: 'two\nlines', added: 2, removed: 0 },
    ]);
    expect(told('t2')).toEqual([{ path: 'a', added: 1, removed: 1 }]);
    expect([told('t3'), told('t4')]).toEqual([[], undefined]);
  });

  it('are remembered when their states are forgotten, and others looked for only where something was said', async () => {
    folder = new TestFolder(kind);
    await keep('before-t1');
    folder.put({ a: 'one\n' });
    await keep('after-t1');
    const turns = compared();
    await turns.of(place('1'));
    await (await folder.keeper()).forget('session/1', new Set());
    await keep('before-t2');
    folder.put({ b: 'two\n' });
    await keep('after-t2');
    const pathsOf = async (stand: string) => {
      const filesOf = await turns.of(place(stand));
      return ['t1', 't2'].map((turn) => filesOf(turn)?.map(({ path }) => path));
    };
    expect(await pathsOf('1')).toEqual([['a'], undefined]);
    expect(await pathsOf('2')).toEqual([['a'], ['b']]);
  });

  it('of a folder that is gone are not known, and that is no failure', async () => {
    folder = new TestFolder(kind);
    const gone = { ...place('1'), cwd: folder.path('gone') };
    expect((await compared().of(gone))('t1')).toBeUndefined();
  });
});
