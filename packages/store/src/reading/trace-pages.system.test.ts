/** Pages of traces of random sessions, as agents write them: each is what the whole log says at that place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spansOf } from '@taffrail/session';
import { randomSeed } from '@taffrail/testing';
import type { TraceSpan } from '@taffrail/wire';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { NewRow } from '../commit.js';
import { commit, logOf } from '../contract/place.js';
import { turnRows, turns } from '../contract/random-turns.js';
import { append } from '../contract/sample-rows.js';
import { priceTable } from '../pricing/prices.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { Traces } from './traces.js';

const seed = randomSeed();
const folder = mkdtempSync(join(tmpdir(), 'taffrail-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prices = priceTable();
const unpriced = (span: TraceSpan): TraceSpan => ({
  ...span,
  usage: span.usage && { ...span.usage, costMicros: null },
});

/** All pages after each other: their spans, and how many pages there were. */
async function paged(traces: Traces, limit: number, turnId?: string): Promise<TraceSpan[][]> {
  const pages: TraceSpan[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await traces.page({ sessionId: 's', limit, turnId, cursor });
    if (!page) return pages;
    pages.push(page.spans.map(unpriced));
    if (page.nextCursor === null) return pages;
    cursor = page.nextCursor;
  }
}

function inPages(spans: readonly TraceSpan[], limit: number): TraceSpan[][] {
  const count = Math.max(1, Math.ceil(spans.length / limit));
  return Array.from({ length: count }, (_, page) => spans.slice(page * limit, (page + 1) * limit));
}

async function expectPages(store: Store, kept: Traces, { limit, piece }: { limit: number; piece: number }) {
  const whole = spansOf('s', await logOf(store, 's'));
  for (const traces of [kept, new Traces(store.queries, prices, piece)]) {
    expect(await paged(traces, limit)).toEqual(inPages(whole, limit));
  }
  for (const turnId of new Set(whole.flatMap((span) => span.turnId ?? []))) {
    const own = whole.filter((span) => span.turnId === turnId);
    expect(await paged(new Traces(store.queries, prices, piece), limit, turnId)).toEqual(inPages(own, limit));
  }
}

it(`D2: each page of any session, of any size and while it grows, is what its whole log says there (seed ${seed})`, async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      turns,
      fc.array(fc.record({ limit: fc.integer({ min: 1, max: 30 }), piece: fc.integer({ min: 1, max: 12 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      async (plan, asked) => {
        runs += 1;
        const store = openSqlite({ path: join(folder, `${runs}.db`), now: Date.now });
        try {
          const kept = new Traces(store.queries, prices, 3);
          const rows: NewRow[] = turnRows(plan);
          for (const [index, { limit, piece }] of asked.entries()) {
            const until = Math.ceil((rows.length * (index + 1)) / asked.length);
            await commit(store, append('s', ...rows.slice(0, until)));
            await expectPages(store, kept, { limit, piece });
          }
        } finally {
          await store.close();
        }
      },
    ),
    { seed, numRuns: 100 },
  );
}, 120_000);
