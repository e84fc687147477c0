/** Spans of logs that nobody would write: whatever the rows say, what is shown of them is sound. */
import { randomSeed } from '@taffrail/testing';
import { type Row, traceSpanSchema } from '@taffrail/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asks, call, type Line, logOf, result, says, usage } from './sample-trace.js';
import { SpanLog } from './span-log.js';
import { spansOf } from './spans-of.js';
import { traceRowFrom } from './trace-row.js';

const seed = randomSeed();
const ids = fc.constantFrom('turn-1', 'turn-2', 'a', 'b', 'c');
const name = ids;
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const itemLine = fc
  .oneof(
    fc.constant(asks('a')),
    fc.constant(says('b')),
    fc.constant({ type: 'reasoning', text: 'c' } as const),
    ids.map((id) => call(id, '{"command":"x"}')),
    fc
      .tuple(ids, maybe(fc.integer({ min: 0, max: 5000 })), maybe(ids), maybe(fc.constant(true as const)))
      .map(([id, durationMs, childSessionId, streaming]) => {
        const some = { durationMs, childSessionId, streaming };
        return result(id, Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)));
      }),
    fc.constant({ type: 'compaction', text: 'd', trigger: 'auto' } as const),
    fc.constant({ type: 'error', text: 'e' } as const),
  )
  .map((data) => ({ kind: 'item.recorded' as const, data }));

const traceLine = fc.oneof(
  fc
    .tuple(ids, maybe(ids), maybe(ids), fc.constantFrom('model', 'tool', 'check', 'compaction', 'agent'))
    .map(([spanId, parentId, callId, kind]) => ({
      kind: 'span.started' as const,
      data: { spanId, parentId: parentId ?? null, kind, name: 'n', ...(callId ? { callId } : {}) },
    })),
  fc.tuple(ids, fc.constantFrom('ok', 'error', 'cancelled', 'interrupted')).map(([spanId, status]) => ({
    kind: 'span.finished' as const,
    data: { spanId, status, firstContentMs: 3 },
  })),
  ids.map((attemptId) => ({
    kind: 'attempt.discarded' as const,
    data: {
      attemptId,
      model: 'm',
      keyId: 'k',
      reason: 'overloaded',
      message: 'no',
      httpStatus: null,
      retryAfterMs: null,
    },
  })),
  ids.map((permissionId) => ({
    kind: 'permission.asked' as const,
    data: { permissionId, callId: 'a', tool: 't', subject: 's', pattern: 'p' },
  })),
  ids.map((permissionId) => ({ kind: 'permission.answered' as const, data: { permissionId, decision: 'deny' } })),
  fc.constant({ kind: 'turn.waiting' as const, data: { until: null, reason: 'r' } }),
  fc.constant({ kind: 'turn.resumed' as const, data: {} }),
  maybe(fc.constant(1)).map((runGen) => ({ kind: 'turn.started' as const, data: runGen ? { runGen } : {} })),
  fc
    .constantFrom('complete', 'cancelled', 'failed', 'interrupted')
    .map((outcome) => ({ kind: 'turn.completed' as const, data: { outcome } })),
  fc.tuple(name, fc.integer({ min: 0, max: 9 })).map(([attemptId, outputTokens]) => {
    const { kind, data } = usage(0, attemptId, { outputTokens });
    return { kind, data };
  }),
);

const place = fc.record({ turnId: ids, step: fc.integer({ min: 0, max: 2 }) }, { requiredKeys: [] }) as fc.Arbitrary<
  Partial<Pick<Line, 'turnId' | 'step'>>
>;
// Clocks go back and forth.
const line = fc
  .tuple(fc.oneof(itemLine, traceLine), place, fc.integer({ min: -20, max: 60 }))
  .map(([said, where, at]) => ({ ...said, ...where, at }) as Line);
const logs = fc.array(line, { maxLength: 40 }).map(logOf);

const attemptsIn = (rows: readonly Row[]) =>
  new Set(rows.flatMap((row) => (row.kind === 'usage.recorded' ? [row.data.attemptId] : [])));

it(`D-beyond: spans of any log have ids of their own, no negative length, and every request once (seed ${seed})`, () => {
  fc.assert(
    fc.property(logs, (rows) => {
      const spans = spansOf('s', rows);
      for (const span of spans) {
        traceSpanSchema.parse(span);
        const length = span.finishedAt === null ? null : Date.parse(span.finishedAt) - Date.parse(span.startedAt);
        expect(span.durationMs).toBe(length);
      }
      expect(new Set(spans.map(({ id }) => id)).size).toBe(spans.length);
      expect(spans.filter(({ usage: of }) => of !== null)).toHaveLength(attemptsIn(rows).size);
    }),
    { seed, numRuns: 2000 },
  );
});

it(`D2: a log read in pieces, and again, has the spans of one read at once, in the same order (seed ${seed})`, () => {
  fc.assert(
    fc.property(logs, fc.integer({ min: 0, max: 40 }), (rows, cut) => {
      const log = new SpanLog('s');
      const take = (some: readonly Row[]) => {
        for (const traced of some.map(traceRowFrom)) if (traced) log.take(traced);
      };
      take(rows.slice(0, cut));
      const before = log.slice(0, log.length, true).map(({ id }) => id);
      take(rows);
      const all = log.slice(0, log.length, true);
      expect(all).toEqual(spansOf('s', rows));
      expect(all.slice(0, before.length).map(({ id }) => id)).toEqual(before);
    }),
    { seed, numRuns: 500 },
  );
});
