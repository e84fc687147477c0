/** The contract of traces: by page or at once, asked early or late, they are what the log says. */
import { spansOf } from '@taffrail/session';
import type { TracePage, TraceSpan } from '@taffrail/wire';
import type { KyselyPlugin } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { NewRow, SessionAppend } from '../commit.js';
import { priceTable } from '../pricing/prices.js';
import { type TraceQuestion, Traces } from '../reading/traces.js';
import type { Store } from '../store.js';
import { commit, emptyStore, logOf, type NewPlace } from './place.js';
import { turnRows } from './random-turns.js';
import {
  answer,
  append,
  call,
  checkpoint,
  describedAs,
  item,
  prompt,
  result,
  turnCompleted,
  turnStarted,
  usage,
} from './sample-rows.js';

/** A turn with a call and two requests, six minutes long. */
const turn = (name: string, minute: number): NewRow[] => [
  turnStarted(name, minute),
  prompt(`prompt of ${name}`, { turnId: name, minute, step: 0 }),
  call('bash', { command: 'x'.repeat(50_000) }, { key: `call:${name}`, turnId: name, minute: minute + 2, step: 0 }),
  usage(`${name}-1`, { turnId: name, minute: minute + 2, step: 0 }),
  result(name, 'ü'.repeat(30_000), { turnId: name, minute: minute + 3, step: 0 }),
  answer(`answer of ${name}`, { turnId: name, minute: minute + 5, step: 1 }),
  usage(`${name}-2`, { turnId: name, minute: minute + 5, step: 1 }),
  turnCompleted(name, minute + 6),
];
const turns = (count: number): NewRow[] =>
  Array.from({ length: count }, (_, index) => turn(`t${index}`, index * 10)).flat();

const unpriced = (span: TraceSpan): TraceSpan => ({
  ...span,
  usage: span.usage && { ...span.usage, costMicros: null },
});
const folded = async (store: Store, sessionId: string) => spansOf(sessionId, await logOf(store, sessionId));

async function pages(traces: Traces, question: Omit<TraceQuestion, 'cursor'>): Promise<TracePage[]> {
  const found: TracePage[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await traces.page({ ...question, ...(cursor ? { cursor } : {}) });
    if (!page) return found;
    found.push(page);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

const anyCall = { resultAfter: 0, isAgent: false, asks: false, isTimed: true };

/** Counts the rows of logs that queries answer with. */
const countingRows = (read: { rows: number }): KyselyPlugin => ({
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => {
    for (const { packed } of result.rows) read.rows += typeof packed === 'string' ? JSON.parse(packed).length : 0;
    return Promise.resolve(result);
  },
});

const spansIn = (found: readonly TracePage[]) => found.flatMap(({ spans }) => spans).map(unpriced);

export function traceContract(newPlace: NewPlace): void {
  describe('a trace', () => {
    it('D2: is the same by pages of any size as folded from the whole log, however long its texts are', async () => {
      const store = await emptyStore(newPlace);
      await commit(store, append('s', ...turns(200)));
      const whole = await folded(store, 's');
      expect(whole).toHaveLength(200 * 4);
      expect(whole.find(({ kind }) => kind === 'tool')).toMatchObject({ outputBytes: 60_000, inputBytes: 50_014 });
      for (const limit of [7, 100, 5000])
        expect(spansIn(await pages(new Traces(store.queries, priceTable()), { sessionId: 's', limit }))).toEqual(whole);
    });

    it('D2: the first page of one turn of thousands of spans reads little more than the page', async () => {
      const store = await emptyStore(newPlace);
      for (const [id, writer] of [
        ['here', 'here'],
        ['other', 'other'],
      ] as const) {
        const step = { attempts: 1, calls: [anyCall], statements: 1, isLate: false, waits: false, compacts: false };
        const steps = Array.from({ length: 1000 }, () => step);
        await commit(store, append(id, ...turnRows([{ writer, steps, end: 'complete' }])));
        const whole = await folded(store, id);
        const read = { rows: 0 };
        const traces = new Traces(store.queries.withPlugin(countingRows(read)), priceTable());
        const page = await traces.page({ sessionId: id, limit: 100 });
        expect(page?.spans.map(unpriced)).toEqual(whole.slice(0, 100));
        expect(read.rows).toBeLessThan(1500);
        expect(spansIn(await pages(traces, { sessionId: id, limit: 700 }))).toEqual(whole);
      }
    });

    it('D2: asked again after the log has grown, or was begun anew, it says what the log says now', async () => {
      const store = await emptyStore(newPlace);
      const traces = new Traces(store.queries, priceTable());
      const ask = async (turnId?: string) => spansIn(await pages(traces, { sessionId: 's', turnId, limit: 1000 }));
      const all = turns(3);
      for (let count = 1; count <= all.length; count += 1) {
        await commit(store, append('s', ...all.slice(count - 1, count)));
        expect(await ask()).toEqual(await folded(store, 's'));
      }
      expect(await ask('t1')).toEqual((await folded(store, 's')).filter(({ turnId }) => turnId === 't1'));
      const source = checkpoint('/logs/s', { sessionIds: ['s'] });
      await store.commit({ appends: [], source, index: 'now' });
      await commit(store, { ...append('s', ...turns(1)), mappingVersion: 2 });
      expect(await ask()).toEqual(await folded(store, 's'));
      expect(await ask('t1')).toEqual([]);
    });

    it('D-beyond: of a whole tree of agents it holds every session’s spans, and says whose they are', async () => {
      const store = await emptyStore(newPlace);
      const child = (id: string, parentId: string): SessionAppend =>
        append(id, describedAs({ parentId, title: `title of ${id}` }), ...turn(`turn of ${id}`, 1));
      await commit(
        store,
        append('root', ...turns(2)),
        child('one', 'root'),
        child('two', 'one'),
        append('other', ...turns(1)),
      );
      const traces = new Traces(store.queries, priceTable());
      const found = await pages(traces, { sessionId: 'root', tree: true, limit: 3 });
      const whole = await Promise.all(['root', 'one', 'two'].map((id) => folded(store, id)));
      expect(spansIn(found)).toEqual(whole.flat());
      expect(found[0]?.sessions.map(({ id, parentId, title }) => [id, parentId, title])).toEqual([
        ['root', null, null],
        ['one', 'root', 'title of one'],
        ['two', 'one', 'title of two'],
      ]);
      expect((await traces.page({ sessionId: 'root', limit: 100 }))?.sessions.map(({ id }) => id)).toEqual(['root']);
      expect(await traces.page({ sessionId: 'nobody', limit: 100 })).toBeNull();
    });

    it('D3: a request has its price where the model has one, and is unpriced where it has none', async () => {
      const store = await emptyStore(newPlace);
      const prices = priceTable({ 'model-a': { input: 2, output: 4 } });
      const asked = (model: string, step: number): NewRow =>
        usage(model, { model, turnId: 't', step, inputTokens: 1_000_000, outputTokens: 500_000, minute: step });
      await commit(
        store,
        append('s', turnStarted('t'), asked('model-a', 1), asked('model-x', 2), turnCompleted('t', 3)),
      );
      const page = await new Traces(store.queries, prices).page({ sessionId: 's', limit: 10 });
      expect(page?.spans.flatMap(({ usage: told }) => (told ? [told.costMicros] : []))).toEqual([4_000_000, null]);
    });

    it('D2: what a provider wants back, and pictures, are no part of it', async () => {
      const store = await emptyStore(newPlace);
      const thought = item(
        { type: 'reasoning', text: 'so', providerState: 'sealed' },
        { key: 'thought', turnId: 't', minute: 1 },
      );
      await commit(store, append('s', turnStarted('t'), thought, turnCompleted('t', 2)));
      const page = await new Traces(store.queries, priceTable()).page({ sessionId: 's', limit: 10 });
      expect(page?.spans.map(({ kind }) => kind)).toEqual(['turn', 'model']);
      expect(JSON.stringify(page)).not.toContain('sealed');
    });
  });
}
