/** Logs handed in one by one: taken where they add something, refused where they would take something away. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, contentOf, emptyArchive, headsOf } from './archive-of.js';
import { fixtures, layOut } from './fixture-homes.js';
import { importFile, importHandedIn } from './hand-in.js';

let archive: Archive;
let folder: string;
beforeEach(() => {
  archive = emptyArchive();
  folder = mkdtempSync(join(tmpdir(), 'taffrail-hand-in-'));
});
afterEach(async () => {
  await archive.remove();
  rmSync(folder, { recursive: true, force: true });
});

const answer = (id: string): Answer => ({ id, text: `The answer of ${id}`, input: 10, output: 5 });
const lines = (...ids: string[]) => claudeLines('a', ids.map(answer));

function handIn(text: string, agent?: string) {
  const path = join(folder, 'log.jsonl');
  writeFileSync(path, text);
  return importFile({ store: archive.store, path, agent, now: Date.now });
}
const asFile = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const requests = async () =>
  (await archive.store.queries.selectFrom('sessions').select(['id', 'requests']).execute()).map((session) => [
    session.id,
    session.requests,
  ]);

describe('F8: a log handed in', () => {
  it('is imported, wherever it lies, and its file is not followed', async () => {
    const outcome = await handIn(asFile(lines('one', 'two')));
    expect(outcome).toMatchObject({
      refused: null,
      sessionIds: ['a'],
      report: { files: 1, sessions: 1, requests: 2, problems: [] },
    });
    expect(await requests()).toEqual([['a', 2]]);
    expect(await archive.store.queries.selectFrom('sources').selectAll().execute()).toEqual([]);
  });

  it('that is longer extends what is stored', async () => {
    await handIn(asFile(lines('one')));
    expect(await handIn(asFile(lines('one', 'two')))).toMatchObject({ refused: null, report: { requests: 1 } });
    expect(await requests()).toEqual([['a', 2]]);
  });

  it('that is the same is taken, and changes nothing', async () => {
    await handIn(asFile(lines('one')));
    const heads = await headsOf(archive.store);
    expect(await handIn(asFile(lines('one')))).toMatchObject({ refused: null, report: { requests: 0 } });
    expect(await headsOf(archive.store)).toEqual(heads);
  });

  it('that is shorter is refused, and nothing is changed', async () => {
    writeClaudeLog(archive.home, 'a', lines('one', 'two', 'three'));
    await archive.import();
    const [heads, content] = [await headsOf(archive.store), await contentOf(archive.store)];
    const outcome = await handIn(asFile(lines('one', 'two')));
    expect(outcome.refused).toEqual({
      status: 409,
      detail: 'The stored log of session a is longer (6 items) than the one handed in (4). Nothing was changed.',
    });
    expect(outcome.report).toMatchObject({ files: 0, requests: 0 });
    expect([await headsOf(archive.store), await contentOf(archive.store)]).toEqual([heads, content]);
  });

  it('that is shorter and tells an item in other words is refused all the same', async () => {
    await handIn(asFile(lines('one', 'two')));
    const content = await contentOf(archive.store);
    const older = asFile(lines('one')).replace('Ask for one', 'Ask for on');
    expect((await handIn(older)).refused?.status).toBe(409);
    expect(await contentOf(archive.store)).toEqual(content);
  });

  it('that is older at the same length is refused', async () => {
    await handIn(asFile(lines('one', 'two')));
    const content = await contentOf(archive.store);
    const older = asFile(lines('one', 'two')).replace('Ask for one', 'Ask for on').replaceAll('T09:01', 'T09:00');
    expect((await handIn(older)).refused).toEqual({
      status: 409,
      detail: 'The stored log of session a is newer than the one handed in. Nothing was changed.',
    });
    expect(await contentOf(archive.store)).toEqual(content);
  });

  it('cut in the middle of its last line is shorter', async () => {
    await handIn(asFile(lines('one', 'two')));
    expect((await handIn(asFile(lines('one', 'two')).slice(0, -40))).refused?.status).toBe(409);
  });

  it('that went another way adds its part and takes nothing', async () => {
    await handIn(asFile(lines('one', 'two', 'three')));
    expect((await handIn(asFile(lines('one', 'other')))).refused).toBeNull();
    expect(await requests()).toEqual([['a', 4]]);
  });

  it.each([
    ['nothing at all', ''],
    ['a text', 'Dear diary,\nnothing today.\n'],
    ['some JSON', '{"hello": "world"}\n'],
    ['a list', '[1, 2, 3]'],
    ['bytes', '\u0000\u0001\u0002\ufffd'],
  ])('that is %s is refused as unknown', async (_what, text) => {
    expect((await handIn(text)).refused).toMatchObject({
      status: 400,
      detail: expect.stringContaining('not a log of a known agent'),
    });
    expect(await requests()).toEqual([]);
  });

  it('under the name of another agent is refused', async () => {
    expect((await handIn(asFile(lines('one')), 'codex')).refused?.status).toBe(400);
    expect((await handIn(asFile(lines('one')), 'nobody')).refused?.status).toBe(400);
    expect(await requests()).toEqual([]);
  });

  it('that is not there is refused', async () => {
    const missing = await importFile({
      store: archive.store,
      path: join(folder, 'missing'),
      agent: undefined,
      now: Date.now,
    });
    expect(missing.refused).toMatchObject({ status: 400, detail: expect.stringContaining('cannot be read') });
    const aFolder = await importFile({ store: archive.store, path: folder, agent: undefined, now: Date.now });
    expect(aFolder.refused?.status).toBe(400);
  });

  it('as the body of a request is the same as a file', async () => {
    const body = new Blob([asFile(lines('one'))]).stream();
    expect(await importHandedIn({ store: archive.store, body, agent: undefined, now: Date.now })).toMatchObject({
      refused: null,
      report: { requests: 1 },
    });
  });
});

describe('F8: every agent’s own files', () => {
  // opencode's older files are pieces of a session: none is a log by itself.
  const folders = fixtures.filter(({ name }) => /plain$/.test(name) && name !== 'opencode/1.0.185/plain');

  it.each(folders)('$name is recognised without its name', async (fixture) => {
    layOut(fixture, folder);
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.(jsonl|db)$|chats.*\.json$/.test(path) && basename(path) !== 'usage_record.jsonl',
    );
    for (const path of paths) {
      expect(readFileSync(join(folder, path)).length).toBeGreaterThan(0);
      const outcome = await importFile({
        store: archive.store,
        path: join(folder, path),
        agent: undefined,
        now: Date.now,
      });
      expect(outcome.refused).toBeNull();
    }
    const agents = await archive.store.queries.selectFrom('sessions').select('agent').distinct().execute();
    expect(agents).toEqual([{ agent: fixture.agent }]);
  });
});
