/** What is forgotten, and what never is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { emptySession, foldRows, type NewRow } from '@taffrail/session';
import type { Row } from '@taffrail/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bench, says } from '../runner-for-tests.js';
import { CopyStore } from './copy-store.js';
import { tidyFiles } from './tidy.js';
import { turnsMax, wantedRefs } from './wanted-refs.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());
beforeEach(() => {
  rmSync(bench.project, { recursive: true, force: true });
  mkdirSync(bench.project);
});

const day = 24 * 60 * 60 * 1000;
const tidyAt = (now: number) => {
  const around = {
    dataDir: bench.folder,
    copies: new CopyStore(bench.folder),
    env: { PATH: process.env['PATH'] ?? '' },
  };
  return tidyFiles(bench.store, { ...around, now: () => now });
};
const preview = async (sessionId: string, turnId: string) => (await bench.runner.files(sessionId)).preview(turnId);

describe.each(['git', 'copy'])('D5: files kept by %s', (kind) => {
  it('of a session that was closed weeks ago are forgotten, those of an open one and of a new one are not', async () => {
    if (kind === 'git') execFileSync('git', ['init', '-q'], { cwd: bench.project });
    bench.file('a', 'one');
    const made = async (name: string) => bench.done('anthropic', [says('Hello.')], `${name} ${kind}`);
    const [open, closed, other] = [await made('open'), await made('closed'), await made('closed just now')];
    for (const { sessionId } of [closed, other]) await bench.runner.close(sessionId);
    await tidyAt(Date.now() + 13 * day);
    for (const { sessionId, turnId } of [open, closed, other])
      expect((await preview(sessionId, turnId)).files.state).toBe('kept');
    const later = Date.now() + 15 * day;
    await bench.store.queries
      .updateTable('sessions')
      .set({ updated_at: later - day })
      .where('id', '=', other.sessionId)
      .execute();
    await tidyAt(later);
    for (const { sessionId, turnId } of [open, other])
      expect((await preview(sessionId, turnId)).files.state).toBe('kept');
    expect((await preview(closed.sessionId, closed.turnId)).files).toEqual({
      state: 'not_kept',
      why: 'the files of that time are no longer kept',
    });
  });
});

describe('D5: copies', () => {
  it('that no name leads to are swept away, but not while they may still get one', async () => {
    const copies = new CopyStore(join(bench.folder, 'apart'));
    const named = await copies.takeState(new Map([['a', { form: '100644', id: await copies.takeText('kept') }]]));
    const ref = await copies.name({ id: named, leftOut: [] }, 's', 'n');
    const unnamed = await copies.takeText('not kept');
    await copies.sweep(Date.now());
    expect((await copies.content(unnamed, 100))?.toString()).toBe('not kept');
    const old = new Date(Date.now() - 7 * 60 * 60 * 1000);
    for (const id of [unnamed, [...(await copies.files(named)).values()][0]?.id ?? ''])
      utimesSync(copies.path(id), old, old);
    await copies.sweep(Date.now());
    expect(await copies.content(unnamed, 100)).toBeNull();
    const found = await copies.find(ref);
    expect(
      (await copies.content([...(await copies.files(found?.id ?? '')).values()][0]?.id ?? '', 100))?.toString(),
    ).toBe('kept');
  });
});

describe('D5: states that are still wanted', () => {
  const rows = (count: number): Row[] => {
    const all: Row[] = [];
    const add = (turnId: string, row: Pick<NewRow, 'kind' | 'data'>) =>
      all.push({ seq: all.length + 1, at: '2026-01-01T00:00:00.000Z', channel: 'status', turnId, ...row } as Row);
    for (let turn = 1; turn <= count; turn += 1) {
      add(`t${turn}`, { kind: 'turn.started', data: { runGen: 1 } });
      for (const moment of ['before', 'after'] as const)
        add(`t${turn}`, { kind: 'checkpoint.made', data: { ref: `${moment}-${turn}`, kind: 'copy', moment } });
    }
    return all;
  };

  it('are those of the last turns, of the first, and of all that can be brought back', () => {
    const log = rows(turnsMax + 10);
    const state = foldRows(emptySession, log);
    const refs = wantedRefs(state);
    expect(refs.size).toBe(2 * turnsMax + 2);
    expect([refs.has('before-1'), refs.has('after-2'), refs.has('before-11')]).toEqual([true, false, true]);
    const files = { kind: 'copy', expected: 'present', target: 'restored' } as const;
    const at = { at: '2026-01-01T00:00:00.000Z', channel: 'status' } as const;
    const rewound: Row = { seq: 900, ...at, kind: 'session.rewound', data: { toSeq: 4, files } };
    const after = wantedRefs(foldRows(state, [rewound]));
    for (const ref of ['present', 'restored', 'before-1', 'after-30', `before-${turnsMax + 10}`])
      expect(after.has(ref), ref).toBe(true);
    const begun: Row = { seq: 901, ...at, kind: 'turn.started', turnId: 'new', data: { runGen: 1 } };
    expect([...wantedRefs(foldRows(state, [rewound, begun]))]).toEqual(['before-1', 'after-1']);
  });
});
