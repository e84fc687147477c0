/** The contract of sessions that run here: text as it comes, one writer, and a session as it stands. */
import { type Item, matchEnd, matchStart, type Row } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { NewRow, SessionAppend } from '../commit.js';
import { itemPage } from '../reading/rows.js';
import { search } from '../reading/search.js';
import type { Store } from '../store.js';
import { commit, emptyStore, logOf, type NewPlace, numOf, sessionOf, stateOf, turnsOf } from './place.js';
import { at, prompt } from './sample-rows.js';

const live = (...rows: NewRow[]): SessionAppend => ({
  sessionId: 'live',
  agent: 'taffrail',
  origin: 'live',
  mappingVersion: 0,
  rows,
});

const answerItem = (text: string, streaming?: true): Item => ({
  type: 'message',
  role: 'assistant',
  author: 'model',
  text,
  ...(streaming ? { streaming } : {}),
});

const placed = (key: string) => ({ key, at: at(0), turnId: 't' });
const opened = (key: string): NewRow => ({ ...placed(key), kind: 'item.recorded', data: answerItem('', true) });
const piece = (key: string, offset: number, text: string): NewRow => ({
  ...placed(key),
  kind: 'text.appended',
  data: { offset, text },
});
const closed = (key: string, text: string): NewRow => ({
  ...placed(key),
  kind: 'item.recorded',
  data: answerItem(text),
});
const started: NewRow = { ...placed('turn:t'), kind: 'turn.started', data: { runGen: 1 } };
const ended: NewRow = { ...placed('end:t'), kind: 'turn.completed', data: { outcome: 'complete' } };

const turnOf = (turnId: string): NewRow[] => [
  { ...placed(`turn:${turnId}`), turnId, kind: 'turn.started', data: { runGen: 1 } },
  { ...placed(`end:${turnId}`), turnId, kind: 'turn.completed', data: { outcome: 'complete' } },
];

const textsOf = async (store: Store): Promise<string[]> => {
  const num = await numOf(store, 'live');
  const { items } = await itemPage(store.queries, { num, limit: 100, total: 0 });
  return items.map(({ item }) => item.text);
};
const placeOfText = ({ seq, kind }: Row) => [seq, kind];

export function liveContract(newPlace: NewPlace): void {
  texts(newPlace);
  writers(newPlace);
  standing(newPlace);
}

function texts(newPlace: NewPlace): void {
  describe('a text that comes in pieces', () => {
    it('C-beyond: keeps its place, and its pieces give way to the whole without moving a seq', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(started, opened('a'), piece('a', 0, 'Hel'), opened('b'), piece('a', 3, 'lo')));
      const before = await logOf(store, 'live');
      expect(before.map(placeOfText).at(-1)).toEqual([5, 'text.appended']);
      await commit(store, live(closed('a', 'Hello'), piece('b', 0, 'other')));
      expect((await logOf(store, 'live')).map(placeOfText)).toEqual([
        [1, 'turn.started'],
        [2, 'item.recorded'],
        [4, 'item.recorded'],
        [6, 'item.recorded'],
        [7, 'text.appended'],
      ]);
      expect([...(await stateOf(store, 'live')).items.values()].map(({ item }) => item.text)).toEqual([
        'Hello',
        'other',
      ]);
    });

    it('H2: is one log, by its digest, whether it came in pieces or whole', async () => {
      const [store, other] = [await emptyStore(newPlace), await emptyStore(newPlace)];
      await commit(store, live(opened('a'), piece('a', 0, 'Hel'), piece('a', 3, 'lo'), closed('a', 'Hello')));
      await commit(other, live(opened('a'), closed('a', 'Hello')));
      expect((await sessionOf(store, 'live')).digest).toBe((await sessionOf(other, 'live')).digest);
    });

    it('C7: that is deleted is gone from transcript and search, and stays in the log', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(prompt('go'), opened('a'), closed('a', 'halfway there')));
      await commit(store, live({ ...placed('a'), kind: 'item.deleted', data: { reason: 'broken off' } }));
      expect(await textsOf(store)).toEqual(['go']);
      expect((await search(store, { q: 'halfway', offset: 0, limit: 9 })).hits).toEqual([]);
      expect((await sessionOf(store, 'live')).item_count).toBe(1);
      expect(await logOf(store, 'live')).toHaveLength(4);
    });

    it('D5: a rewind takes out what came from there on, also what was revised, and counts on from the rest', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(prompt('one'), opened('a'), closed('a', 'first'), prompt('two'), opened('b')));
      await commit(store, live(closed('b', 'second')));
      await commit(store, live({ ...placed('rewind'), kind: 'session.rewound', data: { toSeq: 4 } }, prompt('three')));
      expect(await textsOf(store)).toEqual(['one', 'first', 'three']);
      expect([...(await stateOf(store, 'live')).items.values()].map(({ item }) => item.text)).toEqual([
        'one',
        'first',
        'three',
      ]);
      expect((await sessionOf(store, 'live')).item_count).toBe(3);
    });

    it('D5: what was set aside is found as it was last, with the mark that stands in its place', async () => {
      const store = await emptyStore(newPlace);
      const found = async () =>
        (await search(store, { q: 'capstan', offset: 0, limit: 9 })).hits
          .map(({ seq, snippet, setAsideBy }) => ({
            seq,
            setAsideBy,
            said: snippet.replaceAll(matchStart, '').replaceAll(matchEnd, ''),
          }))
          .toSorted((one, other) => one.seq - other.seq);
      const back = async (toSeq: number) => {
        await commit(store, live({ ...placed(`rewind-${toSeq}`), kind: 'session.rewound', data: { toSeq } }));
        return (await store.place('live'))?.head ?? 0;
      };
      await commit(store, live(prompt('one'), prompt('two'), opened('a'), closed('a', 'a capstan')));
      await commit(store, live(closed('a', 'the capstan, revised')));
      const [first, place] = [await back(3), { seq: 3, said: 'the capstan, revised' }];
      expect(await found()).toEqual([{ ...place, setAsideBy: first }]);
      await commit(store, live(prompt('a capstan once more')));
      const once = { seq: first + 1, said: 'a capstan once more' };
      expect(await found()).toEqual([{ ...place, setAsideBy: first }, once]);
      const second = await back(2);
      expect(await found()).toEqual([place, once].map((hit) => ({ ...hit, setAsideBy: second })));
      const undo = { rewoundSeq: second, status: 'idle' as const };
      await commit(store, live({ ...placed('undo'), kind: 'rewind.undone', data: undo }));
      expect(await found()).toEqual([{ ...place, setAsideBy: first }, once]);
    });

    it('D5: turns that are set aside are in no count and no timeline until it is undone', async () => {
      const store = await emptyStore(newPlace);
      const turns = async () => {
        const { turn_count } = await sessionOf(store, 'live');
        return [turn_count, (await turnsOf(store, 'live')).map(({ turnId }) => turnId)];
      };
      await commit(store, live(...['one', 'two', 'three'].flatMap(turnOf)));
      const second = (await turnsOf(store, 'live'))[1]?.seq ?? 0;
      const head = (await store.place('live'))?.head ?? 0;
      await commit(store, live({ key: 'rewind', at: at(0), kind: 'session.rewound', data: { toSeq: second } }));
      expect(await turns()).toEqual([1, ['one']]);
      const undo = { rewoundSeq: head + 1, status: 'idle' as const };
      await commit(store, live({ key: 'undo', at: at(0), kind: 'rewind.undone', data: undo }));
      expect(await turns()).toEqual([3, ['one', 'two', 'three']]);
    });

    it('D5: a rewind that is undone brings back every item in the form it had, and its count', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(prompt('one'), prompt('two'), opened('a'), closed('a', 'first'), opened('b')));
      await commit(store, live(closed('b', 'second'), closed('b', 'second, revised'), opened('c')));
      await commit(store, live({ ...placed('c'), kind: 'item.deleted', data: { reason: 'broken off' } }));
      const before = [await textsOf(store), (await sessionOf(store, 'live')).item_count];
      const head = (await store.place('live'))?.head ?? 0;
      const rewind: NewRow = { ...placed('rewind'), kind: 'session.rewound', data: { toSeq: 2 } };
      const undo: NewRow = {
        ...placed('undo'),
        kind: 'rewind.undone',
        data: { rewoundSeq: head + 1, status: 'failed' },
      };
      await commit(store, live(rewind));
      expect(await textsOf(store)).toEqual(['one']);
      expect((await store.snapshot('live', { items: 9, bytes: 99_999 }))?.state.rewinds).toMatchObject([
        { seq: head + 1, isOpen: true },
      ]);
      await commit(store, live(undo));
      expect([await textsOf(store), (await sessionOf(store, 'live')).item_count]).toEqual(before);
      expect([...(await stateOf(store, 'live')).items.values()].map(({ item }) => item.text)).toEqual(before[0]);
      expect((await store.place('live'))?.status).toBe('failed');
      expect(
        (await store.snapshot('live', { items: 9, bytes: 99_999 }))?.state.items.map(({ item }) => item.text),
      ).toEqual(before[0]);
      await commit(store, live(closed('b', 'third')));
      expect(await textsOf(store)).toEqual(['one', 'two', 'first', 'third']);
    });
  });
}

function writers(newPlace: NewPlace): void {
  describe('a writer', () => {
    it('H5: that another has taken over writes nothing more, and is told; others in its batch write', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(prompt('go')));
      const first = await store.takeOver('live');
      const second = await store.takeOver('live');
      const result = await store.commit({
        appends: [
          { ...live(prompt('late')), runGen: first },
          { ...live(prompt('other')), sessionId: 'other' },
        ],
        index: 'now',
      });
      expect(result).toMatchObject({ stale: ['live'], newSessions: ['other'] });
      expect(await textsOf(store)).toEqual(['go']);
      await store.commit({ appends: [{ ...live(prompt('next')), runGen: second }], index: 'now' });
      expect(await textsOf(store)).toEqual(['go', 'next']);
      await expect(store.takeOver('nobody')).rejects.toThrow(/nobody/);
    });
  });
}

function standing(newPlace: NewPlace): void {
  describe('a session as it stands', () => {
    it('B5: runs from the start of its turn to its end, and waits while it asks', async () => {
      const store = await emptyStore(newPlace);
      const asked = { permissionId: 'p', callId: 'c', tool: 'run_command', subject: 'ls', pattern: 'ls' };
      const statuses: (string | undefined)[] = [];
      const say = async (row: NewRow) => {
        await commit(store, live(row));
        statuses.push((await store.place('live'))?.status, (await stateOf(store, 'live')).status);
      };
      await say(started);
      await say({ ...placed('ask:p'), kind: 'permission.asked', data: asked });
      expect((await store.snapshot('live', { items: 9, bytes: 9_999 }))?.state.permissions).toMatchObject([asked]);
      await say({ ...placed('answer:p'), kind: 'permission.answered', data: { permissionId: 'p', decision: 'allow' } });
      await say(ended);
      expect(statuses).toEqual(['running', 'running', 'waiting', 'waiting', 'running', 'running', 'idle', 'idle']);
    });

    it('E4: waits until the last of several questions is answered, by its log and by the list', async () => {
      const store = await emptyStore(newPlace);
      const statuses: (string | undefined)[] = [];
      const say = async (...rows: NewRow[]) => {
        await commit(store, live(...rows));
        statuses.push((await store.place('live'))?.status, (await stateOf(store, 'live')).status);
      };
      const ask = (permissionId: string): NewRow => ({
        ...placed(`ask:${permissionId}`),
        kind: 'permission.asked',
        data: { permissionId, callId: permissionId, tool: 'read', subject: 'a', pattern: 'a' },
      });
      const answer = (permissionId: string, decision: 'allow' | 'expired' = 'allow'): NewRow => ({
        ...placed(`answer:${permissionId}`),
        kind: 'permission.answered',
        data: { permissionId, decision },
      });
      await say(started, ask('p'), ask('q'));
      await say(answer('p'));
      // Told again, in another word: it is still one answer.
      await say(ask('q'), answer('p', 'expired'));
      await say(answer('q'));
      expect(statuses).toEqual([
        'waiting',
        'waiting',
        'waiting',
        'waiting',
        'waiting',
        'waiting',
        'running',
        'running',
      ]);
      await say(ask('r'), ended);
      expect(statuses.slice(-2)).toEqual(['idle', 'idle']);
    });

    it('B3: has the text that is being written so far, the last items, and what waits', async () => {
      const store = await emptyStore(newPlace);
      const queued = (inputId: string): NewRow => ({
        ...placed(`queued:${inputId}`),
        kind: 'input.queued',
        data: { inputId, mode: 'queue', text: inputId },
      });
      await commit(store, live(prompt('old'), started, queued('i1'), queued('i2'), prompt('i1', { key: 'input:i1' })));
      await commit(store, live(opened('a'), piece('a', 0, 'so'), piece('a', 2, ' far')));
      const snapshot = await store.snapshot('live', { items: 2, bytes: 9_999 });
      expect(snapshot).toMatchObject({ head: 8, epoch: 1, status: 'running', state: { itemCount: 3, oldestSeq: 1 } });
      expect(snapshot?.state.items.map(({ item }) => item.text)).toEqual(['i1', 'so far']);
      expect(await textsOf(store)).toEqual(['old', 'i1', 'so far']);
      expect(snapshot?.state.queue.map(({ inputId }) => inputId)).toEqual(['i2']);
      expect(await store.snapshot('nobody', { items: 2, bytes: 9_999 })).toBeNull();
    });

    it('B2: reaches back by pieces that go into a frame each, a long text by pieces too', async () => {
      const store = await emptyStore(newPlace);
      const long = 'ab€'.repeat(200);
      const texts = Array.from({ length: 9 }, (_, index) => `line ${index}`);
      await commit(store, live(...texts.map((text) => prompt(text)), prompt(long, { key: 'long' }), prompt('end')));
      const num = await numOf(store, 'live');
      const bytes = 600;
      const limits = { items: 9, bytes };
      const whole = { before: 99, reachesTo: 0 };
      const first = await store.itemsBefore(num, whole, limits);
      expect([first.items.map(({ item }) => item.text), first.more, first.head]).toEqual([['end'], true, 11]);
      const second = await store.itemsBefore(num, { ...whole, before: 11 }, limits);
      const cut = second.cut ?? { id: '', seq: 0, form: 0, length: 0 };
      expect([second.items.length, second.more, cut.length]).toEqual([1, true, long.length]);
      let text = second.items[0]?.item.text ?? '';
      expect(Buffer.byteLength(JSON.stringify(second.items))).toBeLessThanOrEqual(bytes + 2);
      while (text.length < cut.length) {
        const more = (await store.textAfter(num, cut, text.length, 50)) ?? '';
        expect(Buffer.byteLength(JSON.stringify(more))).toBeLessThanOrEqual(50);
        text += more;
      }
      expect(text).toBe(long);
      const last = await store.itemsBefore(num, { before: 10, reachesTo: 8 }, limits);
      expect(last).toMatchObject({ more: false, cut: null });
      expect(last.items.map(({ item }) => item.text)).toEqual(['line 7', 'line 8']);
    });

    it('C-beyond: goes on with a cut text only while the item is the one that was cut', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(opened('a'), piece('a', 0, 'x'.repeat(500))));
      const num = await numOf(store, 'live');
      const { cut } = (await store.snapshot('live', { items: 9, bytes: 600 })) ?? {};
      if (!cut) throw new Error('nothing was cut');
      await commit(store, live(piece('a', 500, 'y')));
      expect(await store.textAfter(num, cut, 499, 99)).toBe('x');
      await commit(store, live(closed('a', 'something else')));
      expect(await store.textAfter(num, cut, 1, 99)).toBeNull();
    });

    it('D4: is kept at the end of a turn, and is the same as from the whole log; a rewind brings older turns back', async () => {
      const store = await emptyStore(newPlace);
      const turn = (turnId: string): NewRow[] => [
        { ...started, key: `turn:${turnId}`, turnId },
        { ...prompt(turnId), turnId },
        { ...placed(`check:${turnId}`), turnId, kind: 'checkpoint.made', data: { ref: turnId, kind: 'git' } },
        { ...ended, key: `end:${turnId}`, turnId },
      ];
      const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
      for (const name of names) await commit(store, live(...turn(name)));
      const num = await numOf(store, 'live');
      const shown = async () => (await store.snapshot('live', { items: 9, bytes: 99_999 }))?.state.turns ?? [];
      const truth = async () => [...(await stateOf(store, 'live')).turns.values()];
      expect(await shown()).toEqual((await truth()).slice(-20));
      expect(await store.turnsWithin(num, 0, 41)).toEqual((await truth()).slice(0, 10));
      await commit(store, live({ ...placed('rewind'), kind: 'session.rewound', data: { toSeq: 61 } }, ...turn('anew')));
      expect(await shown()).toEqual(await truth());
      expect((await shown()).map(({ turnId }) => turnId)).toEqual([...names.slice(0, 15), 'anew']);
      expect(await store.turnsWithin(num, 57, 99)).toEqual((await truth()).slice(14, 15));
    });

    it('C3: is read on in pages, which together are the log', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(...Array.from({ length: 25 }, (_, index) => prompt(`line ${index}`))));
      const num = await numOf(store, 'live');
      const pages = [];
      for (let after = 0; after < 25; after = pages.at(-1)?.to ?? 25)
        pages.push(await store.rowsAfter(num, after, { rows: 10, characters: 1_000_000 }));
      expect(pages.map(({ to }) => to)).toEqual([10, 20, 25]);
      expect(pages.flatMap(({ rows }) => rows)).toEqual(await logOf(store, 'live'));
      expect((await store.rowsAfter(num, 0, { rows: 10, characters: 1 })).rows).toHaveLength(1);
      expect(await store.rowsAfter(num, 25, { rows: 10, characters: 1 })).toEqual({ rows: [], to: 25 });
    });

    it('B4: its place in the workbench is kept apart from its log; out of it, it is archived', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, live(prompt('go')));
      await store.arrange('live', { open: true, position: 3 });
      expect(await sessionOf(store, 'live')).toMatchObject({ open: 1, position: 3, head: 1 });
      await store.arrange('live', { open: false });
      expect(await sessionOf(store, 'live')).toMatchObject({ open: 0, position: 3, status: 'archived' });
      await store.arrange('live', { open: true });
      expect(await sessionOf(store, 'live')).toMatchObject({ open: 1, status: 'idle', head: 1 });
    });
  });
}
