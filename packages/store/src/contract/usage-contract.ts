/** The contract of usage: a request is counted once, with its coverage, and every sum of it is the same. */
import { inheritedTotalsOf, totalsOf } from '@taffrail/session';
import type { UsageTotals } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { priceTable } from '../pricing/prices.js';
import { readRows } from '../reading/rows.js';
import { sessionUsage } from '../reading/session-usage.js';
import { findSession } from '../reading/sessions.js';
import type { Store } from '../store.js';
import { commit, emptyStore, logOf, type NewPlace, numOf, sessionOf, stateOf } from './place.js';
import { answer, append, at, isoAt, noTokens, prompt, usage } from './sample-rows.js';

const prices = priceTable({});

const totalsIn = async (store: Store, id: string): Promise<UsageTotals | null> => {
  const { totals } = await sessionOf(store, id);
  return totals === null ? null : (JSON.parse(totals) as UsageTotals);
};

export function usageContract(newPlace: NewPlace): void {
  requests(newPlace);
  aggregates(newPlace);
  coverage(newPlace);
}

function requests(newPlace: NewPlace): void {
  describe('usage records', () => {
    it('A1: a turn of three steps has three, in the rows of its content, without gaps', async () => {
      const store = await emptyStore(newPlace);
      const steps = [1, 2, 3].flatMap((step) => [
        answer(`step ${step}`, { turnId: 't', step }),
        usage(`r${step}`, { turnId: 't', step }),
      ]);
      await commit(store, append('a', prompt('go', { turnId: 't' }), ...steps));
      const log = await logOf(store, 'a');
      expect(log.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(log.filter((row) => row.channel === 'usage').map((row) => [row.seq, row.turnId, row.step])).toEqual([
        [3, 't', 1],
        [5, 't', 2],
        [7, 't', 3],
      ]);
    });

    it('A-beyond: each row carries the session’s absolute totals at its seq', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        append('a', usage('r1', { inputTokens: 5 }), usage('r2', { inputTokens: 7 }), usage('r1', { inputTokens: 6 })),
      );
      const totals = (await logOf(store, 'a')).map((row) => (row.data as { totals: UsageTotals }).totals);
      expect(totals.map((each) => [each.requests, each.inputTokens])).toEqual([
        [1, 5],
        [2, 12],
        [2, 13],
      ]);
    });

    it('A7: count without any content', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', usage('r1')));
      expect(await findSession(store.queries, prices, 'a')).toMatchObject({ itemCount: 0, usage: { requests: 1 } });
    });

    it('A6: reading the log from any seq gives the totals that stand, never a sum to add', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', usage('r1'), usage('r2')));
      const [last] = await readRows(store.queries, await numOf(store, 'a'), 1, 10);
      expect(last?.data).toHaveProperty('totals', await totalsIn(store, 'a'));
    });

    it('F-beyond: the provider’s own record is kept with the row', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', usage('r1', { raw: { input_tokens: 10, odd: ['x'] } })));
      expect((await logOf(store, 'a'))[0]?.data).toMatchObject({ raw: { input_tokens: 10, odd: ['x'] } });
    });
  });
}

function aggregates(newPlace: NewPlace): void {
  describe('a session’s aggregate', () => {
    it('A4: sums every figure, counts the requests, and carries the split of the last', async () => {
      const store = await emptyStore(newPlace);
      const split = {
        cacheReadTokens: 3,
        cacheWriteTokens: 2,
        cacheWrite1hTokens: 1,
        reasoningTokens: 4,
        outputTokens: 6,
      };
      await commit(store, append('a', usage('late', { minute: 9, ...split }), usage('early', { minute: 1, ...split })));
      expect(await totalsIn(store, 'a')).toEqual({
        requests: 2,
        inputTokens: 20,
        outputTokens: 12,
        cacheReadTokens: 6,
        cacheWriteTokens: 4,
        cacheWrite1hTokens: 2,
        reasoningTokens: 8,
        reported: {
          inputTokens: 2,
          outputTokens: 2,
          cacheReadTokens: 2,
          cacheWriteTokens: 2,
          cacheWrite1hTokens: 2,
          reasoningTokens: 2,
        },
        last: { ...split, inputTokens: 10, model: 'model-a', at: isoAt(9), turnId: null },
      });
    });

    it('A4: without usage is null: in the row, in the list, in the panel', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('hello')));
      expect(await sessionOf(store, 'a')).toMatchObject({ totals: null, requests: 0, input_tokens: null });
      expect(await findSession(store.queries, prices, 'a')).toMatchObject({ usage: null, usageWithSubAgents: null });
      const panel = await sessionUsage(store.queries, prices, await numOf(store, 'a'));
      expect(panel).toMatchObject({ usage: null, inherited: null, requests: [], byModel: [] });
    });

    it('A5: is in the list as in the panel, after any number of openings', async () => {
      const place = await newPlace();
      const store = await place.open();
      await commit(store, append('a', usage('r1', { minute: 1 }), usage('r2', { minute: 2, model: 'model-b' })));
      await store.close();
      const again = await place.open();
      const summary = await findSession(again.queries, prices, 'a');
      const panel = await sessionUsage(again.queries, prices, await numOf(again, 'a'));
      expect(summary?.usage).toMatchObject((await totalsIn(again, 'a')) as object);
      expect(panel.usage).toEqual(summary?.usage);
      expect(panel.byModel.map((each) => [each.model, each.usage.requests])).toEqual([
        ['model-a', 1],
        ['model-b', 1],
      ]);
    });

    it('F-beyond: shows a sub-agent’s usage in the parent’s roll-up, stored once', async () => {
      const store = await emptyStore(newPlace);
      const child = { kind: 'session.described' as const, key: 'd', at: at(0), data: { parentId: 'a' } };
      await commit(store, append('a', prompt('go'), usage('r1')), append('a.x', child, usage('r2'), usage('r3')));
      const parent = await findSession(store.queries, prices, 'a');
      expect([parent?.usage?.requests, parent?.usageWithSubAgents?.requests, parent?.childCount]).toEqual([1, 3, 1]);
    });

    it('F-beyond: a loop of parents is walked once', async () => {
      const store = await emptyStore(newPlace);
      const parent = (parentId: string) => ({
        kind: 'session.described' as const,
        key: 'd',
        at: at(0),
        data: { parentId },
      });
      await commit(
        store,
        append('a', parent('b'), usage('r1')),
        append('b', parent('a'), usage('r2')),
        append('c', parent('c'), usage('r3')),
      );
      const rolledUp = async (id: string) =>
        (await findSession(store.queries, prices, id))?.usageWithSubAgents?.requests;
      expect([await rolledUp('a'), await rolledUp('b'), await rolledUp('c')]).toEqual([2, 2, 1]);
    });
  });
}

function coverage(newPlace: NewPlace): void {
  describe('coverage', () => {
    it('F2: a figure that no request reported is null, a reported 0 is 0, each with how many reported it', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        append('a', usage('r1', { outputTokens: null, cacheReadTokens: 0 }), usage('r2', { outputTokens: 0 })),
      );
      expect(await findSession(store.queries, prices, 'a')).toMatchObject({
        usage: {
          inputTokens: 20,
          outputTokens: 0,
          cacheReadTokens: 0,
          reasoningTokens: null,
          reported: { inputTokens: 2, outputTokens: 1, cacheReadTokens: 1, reasoningTokens: 0 },
        },
      });
    });

    it('F2: a placeholder counts its input and leaves the output unknown, until a larger figure or the end of the request', async () => {
      const store = await emptyStore(newPlace);
      const begun = { outputTokens: null, outputPlaceholder: 2, final: false };
      await commit(store, append('a', usage('r1', begun), usage('r2', begun), usage('r3', begun)));
      expect(await totalsIn(store, 'a')).toMatchObject({ requests: 3, inputTokens: 30, outputTokens: null });
      await commit(
        store,
        append(
          'a',
          usage('r1', { outputTokens: 40, final: false }),
          usage('r2', { outputTokens: 1, final: true }),
          usage('r3', { outputTokens: 2, final: false }),
        ),
      );
      expect(await totalsIn(store, 'a')).toMatchObject({ outputTokens: 41, reported: { outputTokens: 2 } });
      expect(totalsOf(await stateOf(store, 'a'))).toEqual(await totalsIn(store, 'a'));
    });

    it('F2: a request of which nothing was reported is listed and counted nowhere', async () => {
      const store = await emptyStore(newPlace);
      const { newRequests } = await commit(store, append('a', usage('r1', noTokens)));
      expect(newRequests).toBe(0);
      expect((await sessionUsage(store.queries, prices, await numOf(store, 'a'))).requests).toHaveLength(1);
      expect(await totalsIn(store, 'a')).toBeNull();
      await commit(store, append('a', usage('r1', { inputTokens: 0 })));
      expect(await totalsIn(store, 'a')).toMatchObject({ requests: 1, inputTokens: 0 });
    });

    it('F-beyond: a copy is shown apart with its owner, and counted there', async () => {
      const store = await emptyStore(newPlace);
      await commit(
        store,
        append('a', usage('r1', { minute: 1 })),
        append('fork', usage('r1', { minute: 5 }), usage('r2', { minute: 6 })),
      );
      const panel = await sessionUsage(store.queries, prices, await numOf(store, 'fork'));
      expect([panel.usage?.requests, panel.inherited?.requests]).toEqual([1, 1]);
      expect(panel.requests.map((request) => request.inheritedFrom)).toEqual(['a', null]);
      expect(inheritedTotalsOf(await stateOf(store, 'fork'))).toMatchObject({ requests: 1, inputTokens: 10 });
    });
  });
}
