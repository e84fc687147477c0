/** The contract of the tools' sums: whatever way rows come, a call counts once, with what the log says of it last. */
import { describe, expect, it } from 'vitest';
import { gather } from '../analytics/counted.js';
import { tools } from '../analytics/tools.js';
import type { NewRow } from '../commit.js';
import type { Store } from '../store.js';
import { commit, emptyStore, type NewPlace } from './place.js';
import { append, at, call, checkpoint, item, prompt, result } from './sample-rows.js';

const panelOf = async (store: Store) => {
  const { queries } = store;
  return (await tools({ queries, gather: (filter) => gather(queries, filter), filter: {} })).rows;
};
const failed = (callId: string, text: string, durationMs?: number): NewRow => {
  const length = durationMs === undefined ? {} : { durationMs };
  return item({ type: 'tool_result', callId, text, status: 'error', ...length }, { key: `result:${callId}` });
};
const gone = (key: string): NewRow => ({ kind: 'item.deleted', key, at: at(0), data: { reason: 'broke off' } });
const read = { name: 'read', calls: 1, errors: 0, sessions: 1, outputBytes: null, durationMs: null, timedCalls: 0 };

export function toolContract(newPlace: NewPlace): void {
  describe('the sums of tools', () => {
    it('F4: hold a call once, with the size of its long result whole, however often they are told', async () => {
      const store = await emptyStore(newPlace);
      const rows = [call('read', {}), result('read', 'é'.repeat(20_000))];
      await commit(store, append('a', ...rows));
      await commit(store, append('a', ...rows, ...rows.toReversed()));
      expect(await panelOf(store)).toEqual([{ ...read, outputBytes: 40_000 }]);
    });

    it('F2: know no size without a result, and no time where the log states none', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', call('read', {}), call('bash', {}), failed('bash', 'no', 12.6)));
      expect(await panelOf(store)).toEqual([
        { ...read, name: 'bash', errors: 1, outputBytes: 2, durationMs: 13, timedCalls: 1 },
        read,
      ]);
    });

    it('F4: follow a result that is revised, in its batch and after', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', call('read', {}), result('read', 'one'), failed('read', 'three', 5)));
      expect(await panelOf(store)).toEqual([{ ...read, errors: 1, outputBytes: 5, durationMs: 5, timedCalls: 1 }]);
      await commit(store, append('a', result('read', 'fortytwo', { minute: 30 })));
      expect(await panelOf(store)).toEqual([{ ...read, outputBytes: 8 }]);
    });

    it('F4: leave out what is taken back, once, and hold it again when it is told anew', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', call('read', {}), result('read', 'one')));
      await commit(store, append('a', gone('result:read')));
      expect(await panelOf(store)).toEqual([read]);
      await commit(store, append('a', { ...gone('result:read'), data: { reason: 'told again' } } as NewRow));
      expect(await panelOf(store)).toEqual([read]);
      await commit(store, append('a', failed('read', 'four')));
      expect(await panelOf(store)).toEqual([{ ...read, errors: 1, outputBytes: 4 }]);
      await commit(store, append('a', gone('call:read')));
      expect(await panelOf(store)).toEqual([]);
    });

    it('D5: keep what was called before a rewind: it was done', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('a', prompt('go'), call('read', {}), result('read', 'one')));
      await commit(store, append('a', { kind: 'session.rewound', key: 'back', at: at(1), data: { toSeq: 2 } }));
      await commit(store, append('a', result('read', 'twelve')));
      expect(await panelOf(store)).toEqual([{ ...read, outputBytes: 6 }]);
    });

    it('F3: begin anew where a better mapping reads a session again', async () => {
      const store = await emptyStore(newPlace);
      const source = checkpoint('/logs/a', { sessionIds: ['a'] });
      await store.commit({ appends: [append('a', call('misread', {}))], source, index: 'now' });
      const better = { ...append('a', call('read', {})), mappingVersion: 2 };
      await store.commit({ appends: [better], source, index: 'now' });
      expect(await panelOf(store)).toEqual([read]);
    });
  });
}
