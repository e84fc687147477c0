/** Going back in a session that really ran: conversation and files, previewed, done, undone, cut off. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '@taffrail/store';
import type { Row } from '@taffrail/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bench, calls, lines, says, secrets } from '../runner-for-tests.js';
import { PendingRestores } from './pending.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const kinds = ['git', 'copy'] as const;
type Kind = (typeof kinds)[number];

beforeEach(() => {
  rmSync(bench.project, { recursive: true, force: true });
  mkdirSync(bench.project);
});

/** The bench's store, which fails once where a row of this kind is to be written. */
function failingAt(kind: Row['kind']): Store {
  let isLeft = true;
  const commit: Store['commit'] = async (batch) => {
    const isMeant = batch.appends.some(({ rows }) => rows.some((row) => row.kind === kind));
    if (isLeft && isMeant) {
      isLeft = false;
      throw new Error('database or disk is full');
    }
    return bench.store.commit(batch);
  };
  return Object.assign(Object.create(bench.store) as Store, { commit });
}

const text = (name: string) => readFileSync(join(bench.project, name), 'utf8');
const isThere = (name: string) => existsSync(join(bench.project, name));
const files = (sessionId: string) => bench.runner.files(sessionId);
const write = (path: string, content: string) => calls('write', { path, content });
const run = (command: string) => calls('run_command', { command, shell: true });

function begin(kind: Kind): void {
  if (kind === 'git') execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: bench.project });
  bench.file('app.txt', 'one\n');
  bench.file('notes.txt', 'notes\n');
}

async function next(sessionId: string, input: string): Promise<string> {
  const turnId = await bench.ask(sessionId, input);
  await bench.ended(sessionId, turnId);
  // The system's clock for files is a little behind.
  await wait(20);
  return turnId;
}

/** Two turns: the first writes app.txt, the second changes it, adds new.txt and removes notes.txt with a command. */
async function twoTurns(kind: Kind, name: string) {
  begin(kind);
  const { sessionId, turnId } = await bench.done(
    'anthropic',
    [
      calls('read', { path: 'app.txt' }),
      write('app.txt', 'two\n'),
      says('First done.'),
      write('app.txt', 'three\nfour\n'),
      run('mkdir deep && echo new > deep/new.txt && rm notes.txt'),
      says('Second done.'),
      says('Another way.'),
    ],
    `${name} ${kind}`,
  );
  const second = await next(sessionId, 'and now the second');
  return { sessionId, first: turnId, second };
}

describe.each(kinds)('D5: a session whose folder is kept by %s', (kind) => {
  it('shows what going back would do, does it, and undoes it: conversation and files', async () => {
    const { sessionId, first, second } = await twoTurns(kind, 'whole way');
    const before = await bench.state(sessionId);
    expect(await (await files(sessionId)).preview(second)).toEqual({
      turnId: second,
      turnsLeft: 1,
      turnsAside: 1,
      itemsAside: 6,
      files: {
        state: 'kept',
        kind,
        count: 3,
        files: [
          { path: 'app.txt', status: 'changed', added: 1, removed: 2, isEditedElsewhere: false },
          { path: 'deep/new.txt', status: 'deleted', added: 0, removed: 1, isEditedElsewhere: false },
          { path: 'notes.txt', status: 'added', added: 1, removed: 0, isEditedElsewhere: false },
        ],
        left: [],
        leftCount: 0,
      },
    });
    const rowsBefore = await bench.rows(sessionId);
    const restored = { outcome: 'restored', written: 2, removed: 1, left: [], leftCount: 0 };
    expect(await (await files(sessionId)).rewind(second, true)).toEqual(restored);
    expect([text('app.txt'), text('notes.txt'), isThere('deep')]).toEqual(['two\n', 'notes\n', false]);
    const after = await bench.state(sessionId);
    expect([...after.turns.keys()]).toEqual([first]);
    expect(after.rewinds).toMatchObject([{ turnsLeft: 1, turnsAside: 1, isOpen: true, restored }]);
    expect((await bench.rows(sessionId)).slice(0, rowsBefore.length)).toEqual(rowsBefore);
    expect(await (await files(sessionId)).undo()).toEqual({ ...restored, written: 2, removed: 1 });
    expect([text('app.txt'), isThere('notes.txt'), text('deep/new.txt')]).toEqual(['three\nfour\n', false, 'new\n']);
    const undone = await bench.state(sessionId);
    expect(lines(undone)).toEqual(lines(before));
    expect(undone).toMatchObject({ rewinds: [], restoring: null, status: 'idle' });
    expect([...undone.turns.values()]).toEqual([...before.turns.values()]);
    await expect((await files(sessionId)).undo()).rejects.toMatchObject({ kind: 'gone' });
  });

  it('leaves alone what only somebody else has changed, and flags what both have', async () => {
    begin(kind);
    const { sessionId } = await bench.done(
      'anthropic',
      [says('Nothing.'), run('echo agent > app.txt'), says('Done.'), run('echo agent > other.txt'), says('Done.')],
      `idle ${kind}`,
    );
    bench.file('between.txt', 'by a person, between the turns\n');
    const second = await next(sessionId, 'change it');
    const third = await next(sessionId, 'another');
    bench.file('app.txt', 'agent and person\n');
    bench.file('readme.txt', 'by a person, afterwards\n');
    const { files: shown } = await (await files(sessionId)).preview(second);
    expect(shown).toMatchObject({
      files: [
        { path: 'app.txt', isEditedElsewhere: true },
        { path: 'other.txt', status: 'deleted', isEditedElsewhere: false },
      ],
      left: [{ path: 'readme.txt', why: 'it was changed outside this session' }],
    });
    await wait(20);
    await (await files(sessionId)).rewind(second, true);
    expect([text('app.txt'), text('between.txt'), isThere('other.txt')]).toEqual([
      'one\n',
      'by a person, between the turns\n',
      false,
    ]);
    expect(text('readme.txt')).toBe('by a person, afterwards\n');
    bench.file('readme.txt', 'once more\n');
    await wait(20);
    await (await files(sessionId)).undo();
    expect([text('app.txt'), text('readme.txt')]).toEqual(['agent and person\n', 'once more\n']);
    expect((await bench.state(sessionId)).turns.has(third)).toBe(true);
  });

  it('takes a turn that was cut off before its folder was kept for one that changed nothing', async () => {
    begin(kind);
    const gate = `cut off early ${kind}`;
    const { sessionId } = await bench.done(
      'anthropic',
      [run('echo agent > app.txt'), says('Done.'), says('Never told.', { gates: [{ at: 0, name: gate }] })],
      gate,
    );
    bench.file('notes.txt', 'by a person\n');
    bench.newRunner(failingAt('checkpoint.made'));
    const second = await bench.ask(sessionId, 'cut me off').then(
      (id) => bench.runner.interrupt(sessionId).then(() => id),
      () => '',
    );
    bench.models.gate(gate).open();
    await bench.newRunner().recover();
    expect((await bench.state(sessionId)).turns.get(second)?.before).toBeNull();
    expect((await (await files(sessionId)).preview(second)).files).toMatchObject({
      count: 0,
      left: [{ path: 'notes.txt', why: 'it was changed outside this session' }],
    });
  });

  it('goes back in the conversation alone where that is asked, and the files stay', async () => {
    const { sessionId, second } = await twoTurns(kind, 'words only');
    expect(await (await files(sessionId)).rewind(second, false)).toBeNull();
    expect(text('app.txt')).toBe('three\nfour\n');
    expect((await bench.state(sessionId)).turns.size).toBe(1);
    const changes = (await bench.state(sessionId)).changes?.files.map(({ path }) => path);
    expect(changes).toEqual(['app.txt', 'deep/new.txt', 'notes.txt']);
    await next(sessionId, 'another way');
    await expect((await files(sessionId)).undo()).rejects.toMatchObject({ kind: 'gone' });
    expect((await bench.state(sessionId)).rewinds).toMatchObject([{ isOpen: false }]);
  });

  it('finishes after a restart what a server was stopped in the middle of, and says so', async () => {
    const { sessionId, second } = await twoTurns(kind, 'cut off');
    bench.newRunner(failingAt('files.restored'));
    await expect((await files(sessionId)).rewind(second, true)).rejects.toThrow('disk is full');
    expect((await bench.state(sessionId)).restoring).not.toBeNull();
    // As if it had come to one file of three; and somebody has changed another meanwhile.
    rmSync(join(bench.project, 'notes.txt'));
    bench.file('app.txt', 'by a person\n');
    await wait(20);
    await bench.newRunner().recover();
    const state = await bench.state(sessionId);
    expect(state.restoring).toBeNull();
    expect(state.rewinds.at(-1)?.restored).toMatchObject({
      outcome: 'partly',
      finishedLater: true,
      left: [{ path: 'app.txt', why: 'it was changed meanwhile' }],
    });
    expect([text('app.txt'), text('notes.txt'), isThere('deep')]).toEqual(['by a person\n', 'notes\n', false]);
    expect(await new PendingRestores(bench.folder).left()).toEqual([]);
    await (await files(sessionId)).undo();
    expect([text('app.txt'), isThere('notes.txt'), text('deep/new.txt')]).toEqual(['by a person\n', false, 'new\n']);
  });

  it('touches no file where the rewind of the conversation cannot be stored', async () => {
    const { sessionId, second } = await twoTurns(kind, 'not stored');
    bench.newRunner(failingAt('session.rewound'));
    await expect((await files(sessionId)).rewind(second, true)).rejects.toThrow('disk is full');
    await bench.newRunner().recover();
    expect([text('app.txt'), text('deep/new.txt')]).toEqual(['three\nfour\n', 'new\n']);
    expect((await bench.state(sessionId)).turns.size).toBe(2);
  });

  it('C7: tells after each turn what has changed since the session began, and shows it as diffs', async () => {
    const { sessionId, second } = await twoTurns(kind, 'changes');
    const told = (await bench.rows(sessionId)).flatMap((row) => (row.kind === 'files.changed' ? [row.data] : []));
    expect(told.map(({ files: some }) => some.map(({ path }) => path))).toEqual([
      ['app.txt'],
      ['app.txt', 'deep/new.txt', 'notes.txt'],
    ]);
    const changes = await (await files(sessionId)).changes('start');
    expect(changes).toMatchObject({ since: 'start', branch: kind === 'git' ? 'main' : null, count: 3, why: null });
    expect(changes.files?.map(({ path, status, added, removed }) => [path, status, added, removed])).toEqual([
      ['app.txt', 'changed', 2, 1],
      ['deep/new.txt', 'added', 1, 0],
      ['notes.txt', 'deleted', 0, 1],
    ]);
    expect(changes.files?.[0]?.patch).toContain('-one\n+three\n+four');
    expect((await (await files(sessionId)).changes(second)).files?.[0]?.patch).toContain('-two\n+three\n+four');
    await expect((await files(sessionId)).changes('no such turn')).rejects.toMatchObject({ kind: 'unknown' });
  });
});

it('C7: a key that stands in a file is not shown in its diff', async () => {
  begin('copy');
  const { sessionId } = await bench.done('anthropic', [says('Hello.')], 'a key in a file');
  bench.file('.env', `KEY=${secrets.first}\n`);
  const patch = (await (await files(sessionId)).changes('start')).files?.find(({ path }) => path === '.env')?.patch;
  expect(patch).toMatch(/\+KEY=\[redacted /);
  expect(patch).not.toContain(secrets.first);
});

describe('D5: a session that cannot put files back', () => {
  it('says why nothing is kept, and touches neither files nor conversation when they are asked for', async () => {
    for (let index = 0; index <= 5_000; index += 1) writeFileSync(join(bench.project, `f${index}`), '');
    const { sessionId, turnId, state } = await bench.done('anthropic', [says('Hello.')], 'too many files');
    const why = 'the folder holds more than 5000 files';
    expect(state.turns.get(turnId)?.before).toEqual({ ref: null, kind: null, moment: 'before', why });
    expect((await (await files(sessionId)).preview(turnId)).files).toEqual({ state: 'not_kept', why });
    expect(await (await files(sessionId)).changes('start')).toMatchObject({ files: null, why });
    await expect((await files(sessionId)).rewind(turnId, true)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(why),
    });
    expect((await bench.state(sessionId)).turns.size).toBe(1);
    await (await files(sessionId)).rewind(turnId, false);
    expect((await bench.state(sessionId)).turns.size).toBe(0);
  });

  it('lets the model think while the folder is being kept, and no tool touch it before', async () => {
    begin('git');
    const slow = join(bench.folder, 'slow');
    mkdirSync(slow);
    writeFileSync(join(slow, 'git'), `#!/bin/sh\nsleep 0.2\nPATH='${process.env['PATH']}' exec git "$@"\n`, {
      mode: 0o755,
    });
    const { PATH } = process.env;
    process.env['PATH'] = `${slow}:${PATH}`;
    bench.newRunner();
    process.env['PATH'] = PATH;
    const { sessionId, turnId } = await bench.done('anthropic', [write('early.txt', 'x'), says('Done.')], 'slow git');
    bench.newRunner();
    expect((await (await files(sessionId)).preview(turnId)).files).toMatchObject({
      files: [{ path: 'early.txt', status: 'deleted' }],
    });
  });

  it('refuses while a turn runs; a turn that is asked for meanwhile begins afterwards', async () => {
    const { sessionId, second } = await twoTurns('git', 'one at a time');
    const going = (await files(sessionId)).rewind(second, true);
    const turn = await bench.ask(sessionId, 'asked meanwhile');
    expect(await going).toMatchObject({ outcome: 'restored' });
    const kinds = (await bench.rows(sessionId)).map(({ kind }) => kind);
    expect(kinds.lastIndexOf('turn.started')).toBeGreaterThan(kinds.indexOf('files.restored'));
    const again = (await files(sessionId)).rewind(turn, true);
    await expect(again).rejects.toMatchObject({ kind: 'busy' });
    await bench.ended(sessionId, turn);
  });
});
