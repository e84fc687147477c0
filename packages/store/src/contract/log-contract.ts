/** The contract of the log: batches, identities, rows, blobs, sources. */
import { describe, expect, it } from 'vitest';
import type { NewRow } from '../commit.js';
import { itemPage } from '../reading/rows.js';
import type { Store } from '../store.js';
import { commit, emptyStore, everything, logOf, type NewPlace, numOf, sessionOf, stateOf } from './place.js';
import {
  answer,
  append,
  at,
  call,
  checkpoint,
  describedAs,
  isoAt,
  item,
  prompt,
  result,
  turnCompleted,
  turnStarted,
  usage,
} from './sample-rows.js';

const page = async (store: Store, id: string, some: { before?: number; after?: number; limit?: number } = {}) => {
  const { num, item_count: total } = await sessionOf(store, id);
  return itemPage(store.queries, { num, total, limit: 100, ...some });
};
const nonsense = { key: 'x', at: at(0), kind: 'no such kind', data: {} } as unknown as NewRow;

export function logContract(newPlace: NewPlace): void {
  batches(newPlace);
  rows(newPlace);
  items(newPlace);
  longOutputs(newPlace);
  counts(newPlace);
  sources(newPlace);
}

function batches(newPlace: NewPlace): void {
  describe('a batch', () => {
    it('H1: is written wholly or not at all: rows, sums, sessions and the place in the source', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('first'), usage('r1')));
      const before = await everything(store);
      const broken = {
        appends: [
          append('a', prompt('second'), usage('r2'), usage('r1', { outputTokens: 9 })),
          append('b', prompt('new')),
          append('a', nonsense),
        ],
        source: checkpoint('/logs/a', { sessionIds: ['a', 'b'] }),
        index: 'now' as const,
      };
      await expect((async () => store.commit(broken))()).rejects.toThrow();
      expect(await everything(store)).toEqual(before);
    });

    it('H1: that failed leaves no trace in what follows', async () => {
      const [store, other] = [await emptyStore(newPlace), await emptyStore(newPlace)];
      await commit(store, append('a', prompt('first')));
      await expect(
        (async () => commit(store, append('b', usage('r1')), append('a', answer('lost'), nonsense)))(),
      ).rejects.toThrow();
      await commit(store, append('a', answer('second'), usage('r1')));
      await commit(other, append('a', prompt('first')));
      await commit(other, append('a', answer('second'), usage('r1')));
      expect(await logOf(store, 'a')).toEqual(await logOf(other, 'a'));
      expect(await sessionOf(store, 'a')).toEqual(await sessionOf(other, 'a'));
    });

    it('H1: has been written when it is told, for every other opening', async () => {
      const place = await newPlace();
      const [writer, reader] = [await place.open(), await place.open()];
      const version = reader.dataVersion();
      await commit(writer, append('a', prompt('hello')));
      expect(await logOf(reader, 'a')).toHaveLength(1);
      expect(reader.dataVersion()).not.toBe(version);
    });

    it('says which logs grew and how many rows, requests and sessions are new', async () => {
      const store = await emptyStore(newPlace);
      const first = await commit(store, append('a', prompt('hello'), usage('r1')), append('b', prompt('hi')));
      expect(first).toMatchObject({ newRows: 3, newRequests: 1, newSessions: ['a', 'b'] });
      expect(first.changed).toEqual([
        { sessionId: 'a', head: 2 },
        { sessionId: 'b', head: 1 },
      ]);
      const second = await commit(store, append('a', prompt('hello'), usage('r1')), append('b', prompt('more')));
      expect(second).toEqual({
        changed: [{ sessionId: 'b', head: 2 }],
        newRows: 1,
        newRequests: 0,
        newSessions: [],
        stale: [],
      });
    });

    it('of two writers at once, both are written', async () => {
      const place = await newPlace();
      const [one, other] = [await place.open(), await place.open()];
      await Promise.all([
        commit(one, append('a', prompt('one'), usage('r1'))),
        commit(other, append('a', prompt('other'), usage('r1'))),
      ]);
      expect(await logOf(one, 'a')).toHaveLength(3);
      expect((await sessionOf(other, 'a')).requests).toBe(1);
    });
  });
}

function rows(newPlace: NewPlace): void {
  describe('a row', () => {
    it('A1: has the next seq of its session, from 1, without holes', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('1'), usage('r1')), append('b', prompt('2')));
      await commit(store, append('a', answer('3'), usage('r2')));
      expect((await logOf(store, 'a')).map((row) => [row.seq, row.kind])).toEqual([
        [1, 'item.recorded'],
        [2, 'usage.recorded'],
        [3, 'item.recorded'],
        [4, 'usage.recorded'],
      ]);
      expect((await logOf(store, 'b')).map((row) => row.seq)).toEqual([1]);
    });

    it('H2: comes out as it went in; a NUL as the sign for it, half a character as the mark for that', async () => {
      const store = await emptyStore(newPlace);
      const odd = 'tab\t "quotes" \\ nul\u0000 line\n emoji 🦆 lone \ud800 end';
      await commit(store, append('a', prompt(odd, { key: 'p', minute: 3, turnId: 't', step: 2 })));
      expect(await logOf(store, 'a')).toEqual([
        {
          seq: 1,
          at: isoAt(3),
          channel: 'text',
          kind: 'item.recorded',
          turnId: 't',
          step: 2,
          partId: 'p',
          data: {
            type: 'message',
            role: 'user',
            author: 'human',
            text: odd.replace('\ud800', '\ufffd').replace('\u0000', '\u2400'),
          },
        },
      ]);
    });

    it('F-beyond: of a known identity with the same content changes nothing', async () => {
      const store = await emptyStore(newPlace);
      const rows = [
        describedAs({ title: 'T' }),
        turnStarted('t'),
        prompt('hello', { turnId: 't' }),
        call('read', { path: 'x' }),
        result('read', 'text'),
        usage('r1'),
        turnCompleted('t', 4),
      ];
      await commit(store, append('a', ...rows));
      const before = await everything(store);
      expect(await commit(store, append('a', ...rows))).toMatchObject({ newRows: 0, newRequests: 0, changed: [] });
      await commit(store, append('a', ...[...rows].reverse()));
      expect(await everything(store)).toEqual(before);
    });

    it('F-beyond: of a known identity with other content revises it in its place', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', answer('draft', { key: 'p' }), answer('next', { key: 'q' })));
      await commit(store, append('a', answer('final', { key: 'p', minute: 9 })));
      const { items, total } = await page(store, 'a');
      expect(items.map((each) => [each.seq, each.at, each.item.text])).toEqual([
        [1, isoAt(0), 'final'],
        [2, isoAt(0), 'next'],
      ]);
      expect(total).toBe(2);
      expect(await logOf(store, 'a')).toHaveLength(3);
    });

    it('F-beyond: told again in an older form does not undo what it grew to', async () => {
      const store = await emptyStore(newPlace);
      const forms = ['a', 'ab', 'abc'].map((text) => answer(text, { key: 'p' }));
      for (const form of forms) await commit(store, append('a', form));
      const { head } = await sessionOf(store, 'a');
      for (const form of forms) await commit(store, append('a', form));
      await commit(store, append('a', ...forms));
      expect((await page(store, 'a')).items[0]?.item.text).toBe('abc');
      expect((await sessionOf(store, 'a')).head).toBe(head);
    });

    it('H2: revised within the batch that brought it is one item', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', answer('draft', { key: 'p' }), answer('final', { key: 'p' })));
      expect((await page(store, 'a')).items.map((each) => each.item.text)).toEqual(['final']);
      expect((await sessionOf(store, 'a')).item_count).toBe(1);
    });

    it('F-beyond: the same rows make the same digest, other rows another', async () => {
      const [one, other, third] = [await emptyStore(newPlace), await emptyStore(newPlace), await emptyStore(newPlace)];
      await commit(one, append('a', prompt('1'), answer('2')));
      await commit(other, append('z', prompt('0')), append('a', prompt('1')));
      await commit(other, append('a', answer('2')));
      await commit(third, append('a', prompt('1'), answer('3')));
      const digests = await Promise.all([one, other, third].map(async (store) => (await sessionOf(store, 'a')).digest));
      expect(digests[0]).toBe(digests[1]);
      expect(digests[0]).not.toBe(digests[2]);
    });
  });
}

function items(newPlace: NewPlace): void {
  describe('items', () => {
    it('A2: are paged without usage, which is not in their number either', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('1'), usage('r1'), answer('2'), usage('r2'), prompt('3')));
      const last = await page(store, 'a', { limit: 2 });
      expect(last.items.map((each) => each.item.text)).toEqual(['2', '3']);
      expect(last).toMatchObject({ total: 3, oldestSeq: 1 });
      const before = await page(store, 'a', { before: last.items[0]?.seq ?? 0, limit: 2 });
      expect(before.items.map((each) => each.item.text)).toEqual(['1']);
      const after = await page(store, 'a', { after: 1, limit: 1 });
      expect(after.items.map((each) => each.item.text)).toEqual(['2']);
    });

    it('H2: are the fold’s items', async () => {
      const store = await emptyStore(newPlace);
      const rows = [
        prompt('hello', { turnId: 't', key: 'p' }),
        call('read', { path: 'x' }, { turnId: 't', step: 1 }),
        answer('late', { key: 'q' }),
      ];
      await commit(store, append('a', ...rows));
      await commit(store, append('a', answer('revised', { key: 'q', turnId: 't', step: 2, minute: 5 })));
      expect((await page(store, 'a')).items).toEqual([...(await stateOf(store, 'a')).items.values()]);
    });

    it('an unknown seq gives no items and does not fail', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('1')), append('b', prompt('2')));
      expect((await page(store, 'a', { after: 99 })).items).toEqual([]);
      expect((await page(store, 'a', { before: 1 })).items).toEqual([]);
    });
  });
}

function longOutputs(newPlace: NewPlace): void {
  describe('long outputs', () => {
    const long = `start ${'x'.repeat(30_000)} middle ${'y'.repeat(30_000)} end`;

    it('are kept aside whole, once; the row has their head, tail, hash and size', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', result('c1', long), result('c2', long)), append('b', result('c1', long)));
      const [row] = await logOf(store, 'a');
      const stored = row?.data as { text: string; blob: { hash: string; sizeBytes: number } };
      expect(stored.text.length).toBeLessThan(10_000);
      expect(stored.text.startsWith('start')).toBe(true);
      expect(stored.text.endsWith('end')).toBe(true);
      const blobs = await store.queries.selectFrom('blobs').selectAll().execute();
      expect(blobs.map((blob) => [blob.hash, blob.size])).toEqual([[stored.blob.hash, long.length]]);
      expect(Buffer.from(blobs[0]?.bytes ?? []).toString()).toBe(long);
    });

    it('files inside a message are kept aside with their type', async () => {
      const store = await emptyStore(newPlace);
      const picture = Buffer.from([0, 1, 2, 255]);
      const message = {
        ...prompt('look'),
        files: [{ mediaType: 'image/png', name: 'a.png', bytes: picture }],
      } as NewRow;
      await commit(store, append('a', message));
      const [row] = await logOf(store, 'a');
      expect(row?.data).toMatchObject({
        attachments: [{ mediaType: 'image/png', name: 'a.png', blob: { sizeBytes: 4 } }],
      });
      const blob = await store.queries.selectFrom('blobs').select('bytes').executeTakeFirstOrThrow();
      expect(Buffer.from(blob.bytes)).toEqual(picture);
    });

    it('issue 3: files of an input that waits are kept with it, and those of what others said are found by its refs', async () => {
      const store = await emptyStore(newPlace);
      const file = { mediaType: 'text/plain', name: 'a.txt', bytes: Buffer.from('salt') };
      const data = { inputId: 'i', mode: 'queue', text: 'later' } as const;
      const queued: NewRow = { key: 'queued:i', at: at(0), kind: 'input.queued', data, files: [file] };
      await commit(store, append('a', queued));
      const { hash } = await store.queries.selectFrom('blobs').select('hash').executeTakeFirstOrThrow();
      const attachments = [{ mediaType: 'text/plain', name: 'a.txt', blob: { hash, sizeBytes: 4 } }];
      expect((await logOf(store, 'a')).at(-1)?.data).toEqual({ ...data, attachments });
      const begun = item({ type: 'message', role: 'user', author: 'human', text: 'later', attachments });
      await commit(store, append('a', begun));
      expect((await logOf(store, 'a')).at(-1)?.data).toMatchObject({ attachments });
    });
  });
}

function counts(newPlace: NewPlace): void {
  describe('a session’s counts', () => {
    it('follow from its rows: items, messages that people and models wrote, turns, times', async () => {
      const store = await emptyStore(newPlace);
      const reminder = item({ type: 'message', role: 'user', author: 'harness', text: 'reminder' });
      const rows = [
        turnStarted('t', 2),
        prompt('1', { minute: 2 }),
        reminder,
        call('read', {}, { minute: 7 }),
        answer('2', { minute: 5 }),
      ];
      await commit(store, append('a', ...rows));
      expect(await sessionOf(store, 'a')).toMatchObject({
        item_count: 4,
        message_count: 2,
        turn_count: 1,
        created_at: at(0),
        updated_at: at(7),
      });
      const activity = await store.queries.selectFrom('activity_buckets').selectAll().execute();
      expect(activity).toMatchObject([{ num: await numOf(store, 'a'), messages: 2, turns: 1, tool_calls: 1 }]);
    });

    it('what is said about a session adds up; the latest statement stands', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', describedAs({ title: 'first', cwd: '/x' }, { minute: 1 })));
      await commit(store, append('a', describedAs({ title: 'second', model: 'm' }, { minute: 2 })));
      expect(await sessionOf(store, 'a')).toMatchObject({ title: 'second', cwd: '/x', model: 'm' });
      expect((await stateOf(store, 'a')).description).toEqual({ title: 'second', cwd: '/x', model: 'm' });
    });
  });
}

function sources(newPlace: NewPlace): void {
  describe('a source', () => {
    const problem = { line: 3, kind: 'not_json', message: 'not JSON', count: 1 };
    const problems = (store: Store) =>
      store.queries.selectFrom('source_problems').select(['line', 'kind']).orderBy('line').execute();
    const read = (store: Store, some: Parameters<typeof checkpoint>[1]) =>
      store.commit({ appends: [], index: 'now', source: checkpoint('/logs/a', some) });

    it('its place stands with the rows it yielded', async () => {
      const store = await emptyStore(newPlace);
      await store.commit({
        appends: [append('a', prompt('1'))],
        index: 'now',
        source: checkpoint('/logs/a', { sessionIds: ['a'], offset: 42 }),
      });
      expect(await store.queries.selectFrom('sources').select(['path', 'offset', 'missing_since']).execute()).toEqual([
        { path: '/logs/a', offset: 42, missing_since: null },
      ]);
      expect((await sessionOf(store, 'a')).source_state).toBe('present');
    });

    it('F1: its problems add up while it grows, and are forgotten when it is read from its beginning', async () => {
      const store = await emptyStore(newPlace);
      await read(store, { fromStart: true, problems: [problem] });
      await read(store, { problems: [{ ...problem, line: 8, kind: 'wrong_shape' }] });
      expect((await problems(store)).map((each) => each.line)).toEqual([3, 8]);
      await read(store, { fromStart: true });
      expect(await problems(store)).toEqual([]);
    });

    it('F1: the same problem again is counted, at its first line', async () => {
      const store = await emptyStore(newPlace);
      await read(store, { fromStart: true, problems: [problem] });
      await read(store, { problems: [{ ...problem, line: 8, count: 4 }] });
      expect(await store.queries.selectFrom('source_problems').selectAll().execute()).toEqual([
        { ...problem, path: '/logs/a', count: 5 },
      ]);
    });

    it('F1: what was wrong with the whole of it is forgotten when it could be read', async () => {
      const store = await emptyStore(newPlace);
      await read(store, { fromStart: true, problems: [problem, { ...problem, line: 9, kind: 'incomplete' }] });
      await read(store, { problems: [{ ...problem, line: 0, kind: 'unreadable' }] });
      expect((await problems(store)).map((each) => each.kind)).toEqual(['unreadable', 'not_json']);
      await read(store, {});
      expect((await problems(store)).map((each) => each.kind)).toEqual(['not_json']);
    });

    it('F1: that is gone leaves its sessions, marked; one that has another source stays present', async () => {
      const store = await emptyStore(newPlace);
      const source = (path: string, ...sessionIds: string[]) => ({
        appends: [],
        index: 'now' as const,
        source: checkpoint(path, { sessionIds }),
      });
      await commit(store, append('a', prompt('1')), append('b', prompt('2')));
      await store.commit(source('/logs/a', 'a', 'b'));
      await store.commit(source('/logs/b', 'b'));
      expect((await store.markMissing('/logs/a', true)).sort()).toEqual(['a', 'b']);
      const states = async () => [
        (await sessionOf(store, 'a')).source_state,
        (await sessionOf(store, 'b')).source_state,
      ];
      expect(await states()).toEqual(['deleted', 'present']);
      expect(await logOf(store, 'a')).toHaveLength(1);
      await store.markMissing('/logs/a', false);
      expect(await states()).toEqual(['present', 'present']);
    });
  });
}
