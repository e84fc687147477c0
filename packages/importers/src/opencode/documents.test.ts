/** The files of versions up to 1.1: each is read alone, whenever it changed, in any order. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, randomSeed, recount, recountByRoot } from '@taffrail/testing';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { itemsIn, ofKind, readRows, usageIn } from './fixture-records.js';
import { opencode } from './index.js';

const scratch = mkdtempSync(join(tmpdir(), 'opencode-files-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A data folder holding these records, by path below `storage/`. */
function folderOf(files: Record<string, JsonObject>): string {
  const folder = mkdtempSync(join(scratch, 'data-'));
  for (const [path, record] of Object.entries(files)) {
    const file = join(folder, 'opencode/storage', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(record, null, 2));
  }
  return folder;
}

const read = (folder: string, order = (paths: string[]) => paths) =>
  collect(opencode, '/nowhere', { env: { XDG_DATA_HOME: folder }, order });

function latestByKey(drafts: RowDraft[]): Record<string, RowDraft> {
  const byKey = drafts.map((draft): [string, RowDraft] => [`${draft.sessionId} ${draft.key}`, draft]);
  return Object.fromEntries(byKey.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const fixture = fileURLToPath(new URL('./fixtures/1.0.185/tools', import.meta.url));

describe('F1: files in any order', () => {
  test('any order ends in the same facts', () => {
    const straight = latestByKey(read(fixture).drafts);
    const seed = randomSeed();
    const paths = fc.shuffledSubarray([...Array(50).keys()], { minLength: 50 });
    fc.assert(
      fc.property(paths, (order) => {
        const shuffled = read(fixture, (files) => order.flatMap((index) => files[index] ?? []));
        expect(latestByKey(shuffled.drafts)).toEqual(straight);
      }),
      { seed, numRuns: 30 },
    );
  });

  test('a turn is begun before it is ended, whichever file comes first', () => {
    const { drafts } = read(fixture, (paths) => [...paths].reverse());
    const kinds = drafts.filter((draft) => draft.turnId).map((draft) => draft.kind);
    expect(kinds.indexOf('turn.started')).toBeLessThan(kinds.indexOf('turn.completed'));
  });

  test('files that arrive one after another end in the same facts', () => {
    const home = mkdtempSync(join(scratch, 'growing-'));
    const seen: RowDraft[] = [];
    const all: string[] = [];
    read(fixture, (paths) => {
      all.push(...paths);
      return [];
    });
    for (const path of all) {
      mkdirSync(dirname(join(home, 'opencode', path)), { recursive: true });
      cpSync(join(fixture, 'opencode', path), join(home, 'opencode', path));
      seen.push(...read(home, () => [path]).drafts);
    }
    const facts = (drafts: RowDraft[]) => recount(drafts);
    expect(facts(seen)).toEqual(facts(read(fixture).drafts));
    const texts = (drafts: RowDraft[]) =>
      Object.values(latestByKey(drafts))
        .filter((draft) => draft.kind === 'item.recorded')
        .map((draft) => draft.data);
    expect(texts(seen)).toEqual(texts(read(fixture).drafts));
  });
});

describe('F1: a file whose neighbours are missing', () => {
  const part = { id: 'prt_1', sessionID: 'ses_1', messageID: 'msg_1', type: 'text', text: 'Hello.' };

  test.each([
    [{ start: 1795166503491, end: 1795166503491 }, 'model'],
    [undefined, 'human'],
  ])('a part without its message is kept, and whose it is told by its time: %j', (time, author) => {
    const { drafts, problems } = read(folderOf({ 'part/msg_1/prt_1.json': { ...part, time } }));
    expect(itemsIn(drafts)).toMatchObject([{ text: 'Hello.', author }]);
    expect(problems).toMatchObject([{ kind: 'incomplete' }]);
  });

  test('a message without its session is kept', () => {
    const message = {
      id: 'msg_1',
      sessionID: 'ses_1',
      role: 'assistant',
      tokens: { input: 5, output: 5 },
      finish: 'stop',
    };
    expect(usageIn(read(folderOf({ 'message/ses_1/msg_1.json': message })).drafts)).toHaveLength(1);
  });

  test('a part that does not say whose it is is reported', () => {
    expect(read(folderOf({ 'part/msg_1/prt_1.json': { type: 'text', text: 'x' } })).problems).toMatchObject([
      { kind: 'wrong_shape' },
    ]);
  });

  test('F8: a record handed in alone is told by its content', () => {
    const found: RowDraft[] = [];
    const sink = { row: (draft: RowDraft) => void found.push(draft), problem: () => undefined };
    const alone = { readJson: () => null, list: () => [] };
    const session = { id: 'ses_1', directory: '/code', title: 'Handed in', time: { created: 1795166500622 } };
    opencode.document?.read({ root: '', path: 'upload.json' }, session, alone, sink);
    opencode.document?.read({ root: '', path: 'upload.json' }, part, alone, sink);
    expect(ofKind(found, 'session.described')).toMatchObject([{ sessionId: 'ses_1', data: { title: 'Handed in' } }]);
    expect(itemsIn(found)).toMatchObject([{ text: 'Hello.' }]);
  });
});

describe('F-beyond: forks and moves', () => {
  const sessionId = 'ses_e07bd08f1ffeU0t7SohWTWflYF';
  const created = 1795166500622;
  const answer = (id: string, session: string, over: JsonObject = {}) => ({
    id,
    sessionID: session,
    role: 'assistant',
    parentID: 'msg_1f842f71e001QgG625AJilGH9r',
    modelID: 'mock-one',
    providerID: 'mock',
    time: { created: 1795166500660, completed: 1795166503521 },
    tokens: { input: 1229, output: 333, reasoning: 73, cache: { read: 20869, write: 0 } },
    finish: 'stop',
    ...over,
  });
  const original = 'msg_1f842f734001266Hk0tBXydyA2';
  // A minute later: 16^12 minus (the millisecond · 4096), and the copy's own id.
  const stamp = (ms: number) => ((ms % 2 ** 36) * 4096).toString(16).padStart(12, '0');
  const inverted = (ms: number) => (2 ** 48 - 1 - (ms % 2 ** 36) * 4096).toString(16).padStart(12, '0');
  const fork = `ses_${inverted(created + 60_000)}fork`;
  const copy = `msg_${stamp(created + 60_001)}copy`;

  const forked = () =>
    folderOf({
      [`session/p/${sessionId}.json`]: { id: sessionId, directory: '/code', time: { created } },
      [`session/p/${fork}.json`]: { id: fork, directory: '/code', time: { created: created + 60_000 } },
      [`message/${sessionId}/${original}.json`]: answer(original, sessionId),
      [`message/${fork}/${copy}.json`]: answer(copy, fork),
    });

  test('a copied answer counts once, in the session it was made in', () => {
    const { drafts } = read(forked());
    expect(recount(drafts)).toMatchObject({ requests: 1, outputTokens: 333 });
    expect(Object.keys(recountByRoot(drafts))).toEqual([sessionId]);
    expect(
      ofKind(drafts, 'usage.recorded')
        .map((draft) => draft.identity.claim)
        .sort(),
    ).toEqual(['copy', 'own']);
  });

  test('the fork knows its parent', () => {
    const described = ofKind(read(forked()).drafts, 'session.described').filter((draft) => draft.data.cwd);
    expect(described.map((draft) => draft.data.forkedFrom).filter(Boolean)).toEqual([sessionId]);
  });

  test('a conversation that was moved into the database later is the same one, and its figures mean the same', () => {
    const files = folderOf({ [`message/${sessionId}/${original}.json`]: answer(original, sessionId) });
    const { id: _id, sessionID: _session, ...data } = answer(original, sessionId);
    const times = { time_created: 1795166500660, time_updated: 1795166500660 };
    const session = { id: sessionId, project_id: 'p', slug: '', directory: '/', title: '', version: '1.0.185' };
    const moved = readRows({
      session: [{ ...session, time_created: created, time_updated: created }],
      message: [{ id: original, session_id: sessionId, ...times, data }],
    });
    const usage = (drafts: RowDraft[]) =>
      ofKind(drafts, 'usage.recorded').map(({ data: figures, identity, key }) => [figures, identity, key]);
    expect(usage(read(files).drafts)).toEqual(usage(moved.drafts));
  });
});
