/** The contract of what a timeline tells beside its turns: the files that each changed, and what was set aside. */
import type { FileChanges, TimelineTurn } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { NewRow } from '../commit.js';
import { forksOf } from '../reading/forks.js';
import { commit, emptyStore, type NewPlace, numOf, timelineOf, turnsOf } from './place.js';
import {
  append,
  at,
  call,
  describedAs,
  isoAt,
  item,
  prompt,
  result,
  turnCompleted,
  turnStarted,
  usage,
} from './sample-rows.js';

const live = (...rows: NewRow[]) => ({ ...append('live', ...rows), agent: 'taffrail', origin: 'live' as const });
const inTurn = (turnId: string, key: string) => ({ turnId, key });
const edit = { file_path: '/p/src/a.ts', old_string: 'one\ntwo\n', new_string: 'one\n2\nthree\n' };
const inFolder = describedAs({ cwd: '/p' });
const changed = (
  key: string,
  turnId: string | null,
  files: [path: string, added: number, removed: number][],
): NewRow => ({
  key,
  at: at(9),
  ...(turnId === null ? {} : { turnId }),
  kind: 'files.changed',
  data: {
    branch: null,
    files: files.map(([path, added, removed]): FileChanges['files'][number] => ({
      path,
      status: 'changed',
      added,
      removed,
    })),
  },
});
const rewound = (key: string, toSeq: number, minute = 10): NewRow => ({
  key,
  at: at(minute),
  kind: 'session.rewound',
  data: { toSeq },
});
const undone = (key: string, rewoundSeq: number): NewRow => ({
  key,
  at: at(11),
  kind: 'rewind.undone',
  data: { rewoundSeq, status: 'idle' },
});
const filesOf = (turns: readonly TimelineTurn[]) =>
  turns.map(({ turnId, files }) => [turnId, files?.map(({ path, added, removed }) => `${path} +${added} -${removed}`)]);

export function timelineContract(newPlace: NewPlace): void {
  times(newPlace);
  writtenFiles(newPlace);
  changedFolders(newPlace);
  setAside(newPlace);
  forks(newPlace);
}

function times(newPlace: NewPlace): void {
  it('D5: a turn ends where its log says so, not with what was written later; without such an end, with its last row', async () => {
    const store = await emptyStore(newPlace);
    const later = item({ type: 'message', role: 'user', author: 'harness', text: '/compact' }, inTurn('t1', 'late'));
    await commit(
      store,
      append('a', turnStarted('t1', 1), turnCompleted('t1', 2), { ...later, at: at(40) }),
      append('a', turnStarted('t2', 41), { ...later, ...inTurn('t2', 'cut off'), at: at(43) }),
    );
    expect((await turnsOf(store, 'a')).map(({ startedAt, finishedAt }) => [startedAt, finishedAt])).toEqual([
      [isoAt(1), isoAt(2)],
      [isoAt(41), isoAt(43)],
    ]);
  });
}

function writtenFiles(newPlace: NewPlace): void {
  describe('the files of a turn', () => {
    it('D5: are those that its calls wrote, where they worked; of another turn nothing is said', async () => {
      const store = await emptyStore(newPlace);
      const failed = item(
        { type: 'tool_result', callId: 'failed', text: 'no such text', status: 'error' },
        inTurn('t1', 'result:failed'),
      );
      await commit(
        store,
        append(
          'a',
          inFolder,
          turnStarted('t1', 1),
          call('Edit', edit, inTurn('t1', 'call:first')),
          result('first', 'The file was updated.', inTurn('t1', 'result:first')),
          call('Edit', { ...edit, file_path: '/p/b.ts' }, inTurn('t1', 'call:failed')),
          failed,
          call('Edit', { ...edit, file_path: '/p/c.ts' }, inTurn('t1', 'call:unanswered')),
          call('Read', { file_path: '/p/d.ts' }, inTurn('t1', 'call:read')),
          result('read', 'text', inTurn('t1', 'result:read')),
          turnStarted('t2', 2),
          call('Bash', { command: 'rm a.ts' }, inTurn('t2', 'call:bash')),
          result('bash', '', inTurn('t2', 'result:bash')),
        ),
      );
      const [first, second] = await turnsOf(store, 'a');
      expect(first?.files).toEqual([{ path: 'src/a.ts', added: 2, removed: 1, inferred: true }]);
      expect(second).not.toHaveProperty('files');
    });

    it('D5: are told by the last form of a call, and not by one that was taken out', async () => {
      const store = await emptyStore(newPlace);
      const key = inTurn('t1', 'call:c');
      await commit(
        store,
        append('a', turnStarted('t1'), call('write', {}, key), result('c', 'Created x.', inTurn('t1', 'result:c'))),
      );
      await commit(store, append('a', call('write', { path: 'x', content: 'a\nb\n' }, { key: 'call:c' })));
      expect(filesOf(await turnsOf(store, 'a'))).toEqual([['t1', ['x +2 -0']]]);
      await commit(
        store,
        append('a', { key: 'call:c', at: at(1), kind: 'item.deleted', data: { reason: 'broke off' } }),
      );
      expect(filesOf(await turnsOf(store, 'a'))).toEqual([['t1', undefined]]);
    });

    it('D5: are named up to twenty, and counted beyond', async () => {
      const store = await emptyStore(newPlace);
      const patch = Array.from({ length: 30 }, (_, index) => `*** Add File: f${index}\n+line\n`).join('');
      const text = `*** Begin Patch\n${patch}*** End Patch`;
      await commit(
        store,
        append(
          'a',
          turnStarted('t1'),
          item({ type: 'tool_call', callId: 'p', name: 'apply_patch', text }, inTurn('t1', 'call:p')),
          result('p', 'Success.', inTurn('t1', 'result:p')),
        ),
      );
      const [turn] = await turnsOf(store, 'a');
      expect([turn?.files?.length, turn?.fileCount]).toEqual([20, 30]);
    });
  });
}

function changedFolders(newPlace: NewPlace): void {
  describe('the files of a turn that ran here', () => {
    it('D5: are those that differ from the turn before, with lines where the log states them', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        live(
          inFolder,
          turnStarted('t1', 1),
          changed('c1', 't1', [
            ['a', 1, 0],
            ['b', 5, 5],
          ]),
          turnStarted('t2', 2),
          changed('c2', 't2', [
            ['a', 1, 0],
            ['b', 6, 5],
            ['new', 3, 0],
          ]),
          turnStarted('t3', 3),
          turnStarted('t4', 4),
          changed('c4', 't4', [
            ['b', 6, 5],
            ['new', 3, 0],
          ]),
        ),
      );
      expect(filesOf(await turnsOf(store, 'live'))).toEqual([
        ['t1', ['a +1 -0', 'b +5 -5']],
        ['t2', ['b +null -null', 'new +3 -0']],
        ['t3', undefined],
        ['t4', ['a +0 -1']],
      ]);
      expect((await turnsOf(store, 'live')).flatMap(({ files }) => files ?? []).some(({ inferred }) => inferred)).toBe(
        false,
      );
    });

    it('D5: have the lines that calls wrote where the folder does not tell them, marked as inferred', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        live(
          inFolder,
          turnStarted('t1', 1),
          changed('c1', 't1', [['src/a.ts', 1, 0]]),
          turnStarted('t2', 2),
          call('edit', { path: 'src/a.ts', oldText: 'a', newText: 'b\nc' }, inTurn('t2', 'call:e')),
          result('e', 'Edited.', inTurn('t2', 'result:e')),
          changed('c2', 't2', [
            ['src/a.ts', 3, 1],
            ['made-by-a-command', 9, 0],
          ]),
        ),
      );
      expect((await turnsOf(store, 'live'))[1]?.files).toEqual([
        { path: 'src/a.ts', added: 2, removed: 1, inferred: true },
        { path: 'made-by-a-command', added: 9, removed: 0 },
      ]);
    });

    it('D5: after a restore are compared with what it left, and with what it had set aside once it is undone', async () => {
      const store = await emptyStore(newPlace);
      const first = [inFolder, turnStarted('t1', 1), changed('c1', 't1', [['a', 1, 0]])];
      const second = [
        turnStarted('t2', 2),
        changed('c2', 't2', [
          ['a', 1, 0],
          ['b', 2, 0],
        ]),
      ];
      // Row 4 is the second turn's first, row 6 the rewind.
      await commit(store, live(...first, ...second, rewound('rewind', 4), changed('kept', null, [['a', 1, 0]])));
      await commit(
        store,
        live(
          turnStarted('t3', 3),
          changed('c3', 't3', [
            ['a', 1, 0],
            ['c', 4, 0],
          ]),
        ),
      );
      const { turns, aside } = await timelineOf(store, 'live');
      expect(filesOf(turns)).toEqual([
        ['t1', ['a +1 -0']],
        ['t3', ['c +4 -0']],
      ]);
      expect(filesOf(aside[0]?.turns ?? [])).toEqual([['t2', ['b +2 -0']]]);
      const other = await emptyStore(newPlace);
      await commit(other, live(...first, ...second, rewound('rewind', 4), undone('undo', 6)));
      await commit(
        other,
        live(
          turnStarted('t3', 3),
          changed('c3', 't3', [
            ['a', 1, 0],
            ['b', 2, 0],
            ['c', 4, 0],
          ]),
        ),
      );
      expect(filesOf(await turnsOf(other, 'live')).at(-1)).toEqual(['t3', ['c +4 -0']]);
    });

    it('D5: are not guessed where nothing was said of the folder after a restore', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(inFolder, turnStarted('t1', 1), turnStarted('t2', 2), rewound('rewind', 3)));
      await commit(store, live(turnStarted('t3', 3), changed('c3', 't3', [['a', 1, 0]])));
      expect((await turnsOf(store, 'live')).at(-1)).not.toHaveProperty('files');
    });
  });
}

function setAside(newPlace: NewPlace): void {
  const turn = (turnId: string, minute: number) => [
    turnStarted(turnId, minute),
    prompt(`ask ${turnId}`, { turnId, minute }),
    turnCompleted(turnId, minute),
  ];

  describe('turns that were set aside', () => {
    it('D5: stand beside the timeline with the rewind that took them and its time, one within another', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(...turn('t1', 1), ...turn('t2', 2), ...turn('t3', 3)));
      await commit(store, live(rewound('first', 7, 4), ...turn('t4', 5)));
      const brief = async () => {
        const { turns, aside } = await timelineOf(store, 'live');
        const told = aside.map(({ turns: some, ...mark }) => ({
          ...mark,
          turns: some.map(({ prompt: text }) => text),
        }));
        return { turns: turns.map(({ turnId }) => turnId), aside: told };
      };
      const first = { seq: 10, toSeq: 7, at: isoAt(4), within: null, turns: ['ask t3'] };
      expect(await brief()).toEqual({ turns: ['t1', 't2', 't4'], aside: [first] });
      await commit(store, live(rewound('second', 4, 6)));
      const second = { seq: 14, toSeq: 4, at: isoAt(6), within: null, turns: ['ask t2', 'ask t4'] };
      expect(await brief()).toEqual({ turns: ['t1'], aside: [{ ...first, within: 14 }, second] });
      await commit(store, live(undone('undo', 14)));
      expect(await brief()).toEqual({ turns: ['t1', 't2', 't4'], aside: [first] });
    });
  });
}

function forks(newPlace: NewPlace): void {
  it('D5: names the forks with the last turn that each is known to hold, but no log in which nothing is left', async () => {
    const store = await emptyStore(newPlace);
    const asked = (turnId: string, minute: number) => [
      turnStarted(turnId, minute),
      usage(`r-${turnId}`, { turnId, minute }),
    ];
    await commit(store, append('a', ...asked('t1', 1), ...asked('t2', 2), ...asked('t3', 3)));
    const copies = [usage('r-t1', { claim: 'copy', minute: 1 }), usage('r-t2', { claim: 'copy', minute: 2 })];
    await commit(
      store,
      // Its turns have names of its own: only its requests tell.
      append('imported', describedAs({ forkedFrom: 'a', title: 'Other way' }), ...copies, turnStarted('t3', 2)),
      append('unnamed', ...copies.slice(0, 1), usage('new', { minute: 9 })),
      append('elsewhere', describedAs({ forkedFrom: 'a' }, { minute: 30 }), turnStarted('own', 30)),
      append('hosted', describedAs({ forkedFrom: 'a' }, { minute: 31 })),
      append('stranger', usage('else', { minute: 1 })),
      {
        ...append(
          'live',
          describedAs({ forkedFrom: 'a' }, { minute: 20 }),
          turnStarted('t1', 1),
          turnStarted('own', 21),
        ),
        origin: 'live',
      },
    );
    const num = await numOf(store, 'a');
    const found = await forksOf(store.queries, { id: 'a', num }, await turnsOf(store, 'a'));
    expect(found).toEqual([
      { sessionId: 'imported', title: 'Other way', turnId: 't2', at: isoAt(2) },
      { sessionId: 'unnamed', title: null, turnId: 't1', at: isoAt(9) },
      { sessionId: 'live', title: null, turnId: 't1', at: isoAt(21) },
      { sessionId: 'elsewhere', title: null, turnId: null, at: isoAt(30) },
    ]);
    const other = await numOf(store, 'stranger');
    expect(await forksOf(store.queries, { id: 'stranger', num: other }, [])).toEqual([]);
  });
}
