/** The contract of search: everything said, thought, called and returned is found by its words. */
import { matchEnd, matchStart } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { NewRow } from '../commit.js';
import { type SearchRequest, search } from '../reading/search.js';
import type { Store } from '../store.js';
import { commit, emptyStore, type NewPlace } from './place.js';
import { answer, append, call, describedAs, item, prompt, result, usage } from './sample-rows.js';

const plain = (snippet: string): string => snippet.replaceAll(matchStart, '').replaceAll(matchEnd, '');

/** The snippets that a query finds, best first, without their marks. */
async function found(store: Store, q: string, some: Partial<SearchRequest> = {}): Promise<string[]> {
  const { hits } = await search(store, { q, offset: 0, limit: 50, ...some });
  return hits.map((hit) => plain(hit.snippet));
}

async function storeOf(newPlace: NewPlace, ...rows: NewRow[]): Promise<Store> {
  const store = await emptyStore(newPlace);
  await commit(store, append('a', ...rows));
  return store;
}

export function searchContract(newPlace: NewPlace): void {
  words(newPlace);
  texts(newPlace);
  results(newPlace);
  lag(newPlace);
}

function words(newPlace: NewPlace): void {
  describe('searching for words', () => {
    it('F-beyond: finds what holds all of them, in any order, without case and accents', async () => {
      const store = await storeOf(newPlace, prompt('Der Ölstand im Café'), prompt('olstand only'));
      expect(await found(store, 'CAFE olstand')).toEqual(['Der Ölstand im Café']);
      expect(await found(store, 'Ölstand')).toHaveLength(2);
    });

    it('F-beyond: takes the last word as the beginning of one, the others as whole', async () => {
      const store = await storeOf(newPlace, prompt('turn the capstan slowly'));
      expect(await found(store, 'turn cap')).toHaveLength(1);
      expect(await found(store, 'cap turn')).toEqual([]);
    });

    it('F-beyond: finds a phrase in quotes only as it stands, and its last word whole', async () => {
      const store = await storeOf(newPlace, prompt('the quick brown fox'), prompt('brown and quick'));
      expect(await found(store, '"quick brown"')).toEqual(['the quick brown fox']);
      expect(await found(store, '"quick bro"')).toEqual([]);
      expect(await found(store, '"quick brown" fox')).toHaveLength(1);
    });

    it('F-beyond: takes paths and identifiers as their words in a row', async () => {
      const store = await storeOf(newPlace, prompt('see src/plan/write-rows.ts'), prompt('rows to write in src'));
      expect(await found(store, 'plan/write-rows')).toEqual(['see src/plan/write-rows.ts']);
    });

    it('F-beyond: of a word that is nearly everywhere finds the newest places, the denser first, each once over pages', async () => {
      const many = Array.from({ length: 15_100 }, (_, index) => prompt(`the line ${index}`));
      const store = await storeOf(newPlace, prompt('the the the, long ago'), ...many, prompt('the and the and the'));
      while ((await store.indexNext()) > 0);
      const first = await found(store, 'the', { limit: 200 });
      const second = await found(store, 'the', { limit: 200, offset: 200 });
      expect(first[0]).toBe('the and the and the');
      expect(first.slice(1, 3)).toEqual(['the line 15099', 'the line 15098']);
      expect(new Set([...first, ...second]).size).toBe(400);
      expect(await found(store, 'the 15000')).toEqual(['the line 15000']);
      expect((await found(store, '"the line"', { limit: 200 })).slice(0, 2)).toEqual([
        'the line 15099',
        'the line 15098',
      ]);
      expect(await found(store, '"the the"')).toEqual(['the the the, long ago']);
      expect(await found(store, '"line the"')).toEqual([]);
    });

    it('F-beyond: finds a run of Chinese by its beginning; its middle only where a mark divides it', async () => {
      const store = await storeOf(newPlace, prompt('数据库迁移，备份'));
      expect(await found(store, '数据库')).toHaveLength(1);
      expect(await found(store, '备份')).toHaveLength(1);
      expect(await found(store, '迁移')).toEqual([]);
    });

    it.each([
      '',
      '   ',
      '"',
      '""',
      '***',
      '" " "',
      '🦆',
      '-',
      'NOT',
      'AND',
      '(',
      'a:b',
      'col:*',
      '^x',
      'NEAR(a b)',
      "'; DROP",
      '\u0000',
      'a\u0000b',
      '\\',
      '\ud800',
      'ʰ',
      '٠',
      '"open',
    ])('F-beyond: is not harmed by what people type: %j', async (typed) => {
      const store = await storeOf(newPlace, prompt('quite other words'));
      expect(await found(store, typed)).toEqual([]);
    });

    it('F-beyond: takes what would be operators as words', async () => {
      const store = await storeOf(newPlace, prompt('neither NOT nor AND'));
      expect(await found(store, 'not and')).toHaveLength(1);
    });
  });
}

function texts(newPlace: NewPlace): void {
  describe('searched is', () => {
    it('F-beyond: what was said, thought, summed up, and what went wrong', async () => {
      const thought = item({ type: 'reasoning', text: 'ponder marlin' });
      const summary = item({ type: 'compaction', text: 'earlier marlin', trigger: 'auto' });
      const error = item({ type: 'error', text: 'marlin overloaded' });
      const store = await storeOf(newPlace, prompt('ask marlin'), answer('marlin said'), thought, summary, error);
      expect(await found(store, 'marlin')).toHaveLength(5);
    });

    it('F-beyond: of a tool call its name and the values of its arguments, not their names', async () => {
      const store = await storeOf(
        newPlace,
        call('grep_files', { pattern: 'halyard', options: [{ depth: 417, path: 'rig/mast' }] }),
      );
      expect(await found(store, 'halyard')).toHaveLength(1);
      expect(await found(store, 'grep_files')).toHaveLength(1);
      expect(await found(store, '417')).toHaveLength(1);
      expect(await found(store, 'mast')).toHaveLength(1);
      expect(await found(store, 'options')).toEqual([]);
    });

    it('F-beyond: of arguments that are no JSON their text', async () => {
      const store = await storeOf(
        newPlace,
        item({ type: 'tool_call', callId: 'c', name: 'apply', text: '*** Begin halyard {' }),
      );
      expect(await found(store, 'halyard')).toHaveLength(1);
    });

    it('F-beyond: of a long tool output also its middle, which is kept aside', async () => {
      const long = `${'first line\n'.repeat(3000)}the halyard is here\u0000 and the gunwale\n${'last line\n'.repeat(3000)}`;
      const store = await storeOf(newPlace, result('c1', long));
      expect((await found(store, 'halyard'))[0]).toContain('the halyard is here');
      expect(await found(store, 'gunwale')).toHaveLength(1);
    });

    it('F-beyond: what follows a NUL', async () => {
      const store = await storeOf(newPlace, prompt('before\u0000 halyard'));
      expect(await found(store, 'halyard')).toHaveLength(1);
    });

    it('F-beyond: of a revised item its latest words, once, at its place', async () => {
      const store = await storeOf(newPlace, answer('first halyard', { key: 'p' }), prompt('between'));
      await commit(store, append('a', answer('then gunwale', { key: 'p' })));
      await commit(store, append('a', answer('at last keel', { key: 'p' })));
      expect([await found(store, 'halyard'), await found(store, 'gunwale')]).toEqual([[], []]);
      const { hits } = await search(store, { q: 'keel', offset: 0, limit: 5 });
      expect(hits.map((hit) => [hit.seq, plain(hit.snippet)])).toEqual([[1, 'at last keel']]);
    });

    it('F-beyond: nothing of an item whose words are gone', async () => {
      const store = await storeOf(newPlace, answer('halyard', { key: 'p' }));
      await commit(store, append('a', answer('', { key: 'p' })));
      expect(await found(store, 'halyard')).toEqual([]);
    });

    it('A2: never usage', async () => {
      const store = await emptyStore(newPlace);
      const raw = { note: 'halyard' };
      await commit(store, append('a', usage('r1', { raw })));
      expect(await found(store, 'halyard')).toEqual([]);
    });
  });
}

function results(newPlace: NewPlace): void {
  describe('what is found', () => {
    it('F-beyond: says where: session, place, kind, tool and words around the match, marked', async () => {
      const store = await emptyStore(newPlace);
      const around = 'x '.repeat(200);
      await commit(
        store,
        append(
          'a',
          describedAs({ title: 'Rigging', cwd: '/boat' }),
          call('read', {}),
          result('read', `${around}the Hályard ${around}`),
        ),
      );
      const { hits } = await search(store, { q: 'halyard', offset: 0, limit: 5 });
      expect(hits).toMatchObject([
        {
          sessionId: 'a',
          seq: 3,
          itemType: 'tool_result',
          toolName: 'read',
          session: { title: 'Rigging', agent: 'claude', project: '/boat' },
        },
      ]);
      expect(hits[0]?.snippet).toContain(`the ${matchStart}Hályard${matchEnd} x`);
      expect(hits[0]?.snippet.length).toBeLessThan(300);
    });

    it('F-beyond: is narrowed by agent, folder, kind and session, however common the word is elsewhere', async () => {
      const store = await emptyStore(newPlace);
      const crowd = Array.from({ length: 2_500 }, (_, index) => prompt(`halyard halyard ${index}`));
      await commit(store, append('crowd', ...crowd));
      await commit(store, {
        ...append(
          'quiet',
          describedAs({ project: '/boat' }),
          answer(`the halyard ${'among many other words '.repeat(9)}`),
        ),
        agent: 'codex',
      });
      for (const narrow of [{ sessionId: ['quiet'] }, { agent: ['codex'] }, { project: ['/boat'] }])
        expect(await found(store, 'halyard', narrow)).toHaveLength(1);
      expect(await found(store, 'halyard', { type: ['tool_result'] })).toEqual([]);
      expect(await found(store, 'halyard', { sessionId: ['nobody'] })).toEqual([]);
    });

    it('F-beyond: comes in pages that do not overlap, with a cursor while there is more', async () => {
      const store = await storeOf(newPlace, ...Array.from({ length: 7 }, (_, index) => prompt(`halyard ${index}`)));
      const pages = await Promise.all([0, 3, 6].map((offset) => search(store, { q: 'halyard', offset, limit: 3 })));
      expect(pages.map((page) => page.nextCursor)).toEqual(['3', '6', null]);
      expect(new Set(pages.flatMap((page) => page.hits.map((hit) => hit.seq))).size).toBe(7);
    });
  });
}

function lag(newPlace: NewPlace): void {
  describe('an index that lags behind', () => {
    it('says how far, catches up in steps, and goes on where a killed one stopped', async () => {
      const place = await newPlace();
      const store = await place.open();
      const long = 'mast '.repeat(200_000);
      const rows = Array.from({ length: 14 }, (_, index) => prompt(`halyard number${index} ${long}`));
      await store.commit({ appends: [append('a', ...rows), append('b', answer('halyard last'))], index: 'later' });
      expect((await search(store, { q: 'last', offset: 0, limit: 1 })).pendingRows).toBe(15);
      const first = await store.indexNext();
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThan(15);
      const again = await place.open();
      expect(await again.pendingRows()).toBe(15 - first);
      for (let step = await again.indexNext(); step > 0; step = await again.indexNext())
        expect(step).toBeGreaterThan(0);
      expect(await again.pendingRows()).toBe(0);
      expect(await found(again, 'halyard')).toHaveLength(15);
      expect(await found(again, 'number9')).toHaveLength(1);
    });

    it('a batch that is indexed at once takes what lay before it along', async () => {
      const store = await emptyStore(newPlace);
      await store.commit({ appends: [append('a', prompt('halyard'))], index: 'later' });
      await commit(store, append('a', prompt('keel')));
      expect(await found(store, 'halyard')).toHaveLength(1);
      expect(await store.pendingRows()).toBe(0);
    });
  });
}
