/** The contract of lists: sessions filtered, sorted and paged, facets, and a session's timeline. */
import { type SessionSummary, sessionSorts } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { priceTable } from '../pricing/prices.js';
import { sessionFacets, sessionTotals } from '../reading/facets.js';
import { listSessions, type SessionQuestion } from '../reading/sessions.js';
import type { Store } from '../store.js';
import { commit, emptyStore, type NewPlace, turnsOf } from './place.js';
import {
  answer,
  append,
  at,
  call,
  describedAs,
  isoAt,
  item,
  noTokens,
  prompt,
  turnCompleted,
  turnStarted,
  usage,
} from './sample-rows.js';

const prices = priceTable({});

async function list(store: Store, some: Partial<SessionQuestion> = {}): Promise<SessionSummary[]> {
  const question: SessionQuestion = { sort: 'updated', order: 'desc', offset: 0, limit: 100, ...some };
  return (await listSessions(store.queries, prices, question)).sessions;
}
const ids = async (store: Store, some: Partial<SessionQuestion> = {}) =>
  (await list(store, some)).map((session) => session.id);

/** Five sessions that differ in everything a list can ask for, and a sub-agent. */
async function fleet(newPlace: NewPlace): Promise<Store> {
  const store = await emptyStore(newPlace);
  await commit(
    store,
    append(
      'a',
      describedAs({ title: 'Alpha 100%', project: '/p/one', cwd: '/p/one/x', model: 'm1' }),
      prompt('1', { minute: 1 }),
      usage('a1', { minute: 1, inputTokens: 50 }),
    ),
    append(
      'b',
      describedAs({ title: 'beta_1', project: '/p/one', model: 'm2' }),
      prompt('2', { minute: 5 }),
      usage('b1', { minute: 5, outputTokens: null }),
    ),
    append('c', describedAs({ title: 'Gamma', project: '/p/two', model: 'm1' }), prompt('3', { minute: 3 })),
    {
      ...append(
        'd',
        describedAs({ project: '/p/two' }),
        prompt('4', { minute: 9 }),
        usage('d1', { minute: 9, outputTokens: 77 }),
      ),
      agent: 'codex',
    },
    append('e', prompt('5', { minute: 7 }), usage('e1', { ...noTokens, minute: 7 })),
    append(
      'a.child',
      describedAs({ parentId: 'a', project: '/p/one' }),
      answer('sub', { minute: 2 }),
      usage('x1', { minute: 2 }),
    ),
  );
  return store;
}

export function listContract(newPlace: NewPlace): void {
  filters(newPlace);
  orders(newPlace);
  facets(newPlace);
  timelines(newPlace);
}

function filters(newPlace: NewPlace): void {
  describe('a list of sessions', () => {
    it('A5: holds each session’s aggregate, null where there is no usage', async () => {
      const sessions = await list(await fleet(newPlace));
      const shown = Object.fromEntries(
        sessions.map(({ id, usage: own }) => [id, own && [own.requests, own.inputTokens, own.outputTokens]]),
      );
      expect(shown).toEqual({
        a: [1, 50, 1],
        b: [1, 10, null],
        c: null,
        d: [1, 10, 77],
        e: null,
        'a.child': [1, 10, 1],
      });
    });

    it.each([
      [{ agent: ['codex'] }, ['d']],
      [{ project: ['/p/one'], roots: true }, ['b', 'a']],
      [{ project: [''] }, ['e']],
      [{ model: ['m1'] }, ['c', 'a']],
      [{ roots: true }, ['d', 'e', 'b', 'c', 'a']],
      [{ parentId: ['a'] }, ['a.child']],
      [{ usage: ['known'] }, ['d', 'a.child', 'a']],
      [{ usage: ['partial'] }, ['b']],
      [{ usage: ['unknown'] }, ['e', 'c']],
      [{ since: at(5), until: at(9) }, ['e', 'b']],
      [{ q: 'ALPHA one' }, ['a']],
      [{ q: '100%' }, ['a']],
      [{ q: 'a_1' }, ['b']],
      [{ q: '%' }, ['a']],
      [{ q: "'" }, []],
      [{ status: ['idle'], agent: ['claude'], model: ['m2'] }, ['b']],
    ] satisfies [Partial<SessionQuestion>, string[]][])('can be asked for %j', async (question, expected) => {
      expect(await ids(await fleet(newPlace), question)).toEqual(expected);
    });

    it('F2: holds a session with an answer that told no usage for known in part, once that answer is its own', async () => {
      const store = await fleet(newPlace);
      const toldNothing = (claim: 'own' | 'copy') => usage('silent', { ...noTokens, minute: 9, claim });
      await commit(store, append('d', toldNothing('copy')), append('a', toldNothing('own')));
      expect(await ids(store, { usage: ['known'], roots: true })).toEqual(['d']);
      expect(await ids(store, { usage: ['partial'] })).toEqual(['a', 'b']);
    });

    it('F4: takes a name that has a comma whole, and any of several names', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        append('whole', describedAs({ project: '/p/one,two', model: 'm,n' }), prompt('1')),
        append('part', describedAs({ project: '/p/one', model: 'm' }), prompt('2', { minute: 2 })),
      );
      expect(await ids(store, { project: ['/p/one,two'], model: ['m,n'] })).toEqual(['whole']);
      expect(await ids(store, { model: ['m', 'n'] })).toEqual(['part']);
      expect(await ids(store, { model: ['m,n', 'm'] })).toEqual(['part', 'whole']);
    });

    it('leaves out what holds nothing at all', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('empty', describedAs({ title: 'nothing else' })), append('full', prompt('1')));
      expect(await ids(store)).toEqual(['full']);
    });

    it('says how far it goes: totals over all that match, sub-agents inside their roots', async () => {
      const store = await fleet(newPlace);
      expect(await sessionTotals(store.queries, prices, {})).toMatchObject({
        sessions: 5,
        sessionsWithUsage: 3,
        usage: { requests: 4, inputTokens: 80, reported: { outputTokens: 3 } },
      });
      expect(await sessionTotals(store.queries, prices, { agent: ['codex'] })).toMatchObject({
        sessions: 1,
        usage: { requests: 1 },
      });
      expect(await sessionTotals(store.queries, prices, { agent: ['pi'] })).toEqual({
        sessions: 0,
        sessionsWithUsage: 0,
        usage: null,
      });
    });
  });
}

function orders(newPlace: NewPlace): void {
  describe('the order of a list', () => {
    it.each(
      sessionSorts.flatMap((sort) => [
        { sort, order: 'asc' as const },
        { sort, order: 'desc' as const },
      ]),
    )('pages by $sort $order without gap or repetition', async (question) => {
      const store = await fleet(newPlace);
      const whole = await ids(store, question);
      const paged: string[] = [];
      for (let cursor: string | null = '0'; cursor !== null; ) {
        const page = await listSessions(store.queries, prices, { ...question, offset: Number(cursor), limit: 2 });
        paged.push(...page.sessions.map((session) => session.id));
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(whole);
      expect([...whole].sort()).toEqual(['a', 'a.child', 'b', 'c', 'd', 'e']);
    });

    it('F2: puts the unknown last, whichever way it goes', async () => {
      const store = await fleet(newPlace);
      expect((await ids(store, { sort: 'output', order: 'desc' })).slice(0, 1)).toEqual(['d']);
      expect((await ids(store, { sort: 'output', order: 'desc' })).slice(3).sort()).toEqual(['b', 'c', 'e']);
      expect((await ids(store, { sort: 'output', order: 'asc' })).slice(3).sort()).toEqual(['b', 'c', 'e']);
    });

    it('F5: by tokens a session stands where it belongs with its sub-agents', async () => {
      const store = await emptyStore(newPlace);
      const spent = (id: string, inputTokens: number) => usage(id, { inputTokens, minute: 1 });
      await commit(
        store,
        append('small', prompt('1'), spent('s', 10)),
        append('middle', prompt('2'), spent('m', 50)),
        append('below', describedAs({ parentId: 'small' }), spent('b', 30)),
        append('below.it', describedAs({ parentId: 'below' }), spent('i', 60)),
      );
      const question = { sort: 'input', order: 'desc' } as const;
      const shown = (await list(store, question)).map((one) => `${one.id} ${one.usageWithSubAgents?.inputTokens}`);
      expect(shown).toEqual(['small 100', 'below 90', 'below.it 60', 'middle 50']);
      expect(await ids(store, { ...question, roots: true })).toEqual(['small', 'middle']);
    });

    it('F5: says how many requests of a session and its sub-agents told nothing', async () => {
      const store = await emptyStore(newPlace);
      const untold = (id: string) => usage(id, { ...noTokens, minute: 1 });
      await commit(
        store,
        append('told', prompt('1'), usage('t', { minute: 1 })),
        append('half', prompt('2'), usage('h', { minute: 2 }), untold('h2')),
        append('below', describedAs({ parentId: 'half' }), answer('sub', { minute: 2 }), untold('b')),
      );
      const said = await list(store, { sort: 'title', order: 'asc' });
      expect(said.map((one) => `${one.id} ${one.untoldRequests ?? 'none'}`).sort()).toEqual([
        'below 1',
        'half 2',
        'told none',
      ]);
      expect((await sessionTotals(store.queries, prices, {})).untoldRequests).toBe(2);
    });

    it('is by time of the last activity, newest first', async () => {
      expect(await ids(await fleet(newPlace))).toEqual(['d', 'e', 'b', 'c', 'a.child', 'a']);
    });
  });
}

function facets(newPlace: NewPlace): void {
  describe('facets', () => {
    it('F5: count what each filter would show', async () => {
      const store = await fleet(newPlace);
      const all = await sessionFacets(store.queries);
      const shown = async (question: Partial<SessionQuestion>) =>
        (await ids(store, { ...question, roots: true })).length;
      for (const { key, count } of all.agents) expect(await shown({ agent: [key] })).toBe(count);
      for (const { key, count } of all.projects) expect(await shown({ project: [key] })).toBe(count);
      for (const { key, count } of all.models) expect(await shown({ model: [key] })).toBe(count);
      for (const { key, count } of all.states) expect(await shown({ status: [key] })).toBe(count);
      for (const { key, count } of all.usage) expect(await shown({ usage: [key as 'known'] })).toBe(count);
      expect(all.usage.map((facet) => facet.key)).toEqual(['known', 'partial', 'unknown']);
      expect(all.agents.reduce((sum, facet) => sum + facet.count, 0)).toBe(5);
    });
  });
}

function timelines(newPlace: NewPlace): void {
  describe('a timeline', () => {
    it('D5: has each turn with its prompt, its place, its tools and its usage', async () => {
      const store = await emptyStore(newPlace);
      const inTurn = (turnId: string, minute: number) => ({ turnId, minute });
      await commit(
        store,
        append(
          'a',
          turnStarted('t1', 1),
          prompt('first question', inTurn('t1', 1)),
          call('read', {}, inTurn('t1', 2)),
          usage('r1', inTurn('t1', 2)),
          usage('r2', inTurn('t1', 3)),
          turnCompleted('t1', 3),
          turnStarted('t2', 5),
          prompt('second', inTurn('t2', 5)),
          answer('done', inTurn('t2', 6)),
          turnCompleted('t2', 6),
        ),
      );
      expect(await turnsOf(store, 'a')).toEqual([
        {
          turnId: 't1',
          seq: 1,
          startedAt: isoAt(1),
          finishedAt: isoAt(3),
          prompt: 'first question',
          toolCalls: 1,
          requests: 2,
          inputTokens: 20,
          outputTokens: 2,
        },
        {
          turnId: 't2',
          seq: 7,
          startedAt: isoAt(5),
          finishedAt: isoAt(6),
          prompt: 'second',
          toolCalls: 0,
          requests: 0,
          inputTokens: null,
          outputTokens: null,
        },
      ]);
    });

    it('F2: a turn whose requests did not report the output says so', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', turnStarted('t', 1), usage('r', { turnId: 't', minute: 1, outputTokens: null })));
      expect(await turnsOf(store, 'a')).toMatchObject([{ requests: 1, inputTokens: 10, outputTokens: null }]);
    });

    it('a revised item and a request that changed its owner leave a turn where and when it was', async () => {
      const store = await emptyStore(newPlace);
      const turn = { turnId: 't', minute: 4 };
      await commit(
        store,
        append(
          'fork',
          turnStarted('t', 4),
          prompt('go', turn),
          answer('draft', { ...turn, key: 'p' }),
          usage('r', turn),
          turnCompleted('t', 5),
        ),
      );
      await commit(store, append('fork', answer('final', { ...turn, key: 'p' })));
      await commit(store, append('original', usage('r', { minute: 1 })));
      expect(await turnsOf(store, 'fork')).toMatchObject([
        { seq: 1, startedAt: isoAt(4), finishedAt: isoAt(5), prompt: 'go' },
      ]);
    });

    it('D5: tells where the context was compacted, without what was not stated', async () => {
      const store = await emptyStore(newPlace);
      const inTurn = (turnId: string, minute: number) => ({ turnId, minute });
      const compaction = (text: string, figures: object = {}) =>
        ({ type: 'compaction', text, trigger: 'auto', ...figures }) as const;
      await commit(
        store,
        append(
          'a',
          turnStarted('t1', 1),
          prompt('one', inTurn('t1', 1)),
          item(compaction('whole', { tokensBefore: 180_000, tokensAfter: 12_000 }), { ...inTurn('t1', 2), key: 'c' }),
          item(compaction('between')),
          turnStarted('t2', 4),
          item(compaction('alone'), inTurn('t2', 5)),
          turnStarted('t3', 6),
          prompt('three', inTurn('t3', 6)),
        ),
      );
      await commit(store, append('a', item(compaction('whole', { tokensBefore: 190_000 }), { key: 'c' })));
      const turns = await turnsOf(store, 'a');
      expect(turns.map(({ turnId, compactions, compacts }) => [turnId, compactions, compacts])).toEqual([
        [
          't1',
          [
            { seq: 3, trigger: 'auto', tokensBefore: 190_000 },
            { seq: 4, trigger: 'auto' },
          ],
          undefined,
        ],
        ['t2', [{ seq: 6, trigger: 'auto' }], true],
        ['t3', undefined, undefined],
      ]);
    });

    it('of a session without turns is empty', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', item({ type: 'message', role: 'user', author: 'human', text: 'alone' })));
      expect(await turnsOf(store, 'a')).toEqual([]);
    });
  });
}
