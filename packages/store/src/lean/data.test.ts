/** What rows say comes back from their stored form word for word, whatever their names. */
import type { NewRow } from '@taffrail/session';
import type { CheckpointRow, SpanEnd, SpanStart, Throughput } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullData, leanData } from './data.js';

const at = Date.UTC(2026, 10, 20, 9);
const turnId = '0193c000-0000-7000-8000-000000000001';
const attemptId = '0193c000-0000-7000-8000-000000000002';

function throughStorage(row: NewRow): unknown {
  const place = { key: row.key, at: row.at, turnId: row.turnId ?? null };
  const stored = leanData(row, place) ?? row.data;
  return fullData(row.kind, JSON.parse(JSON.stringify(stored)) as object, place);
}

const span: SpanStart = { spanId: attemptId, parentId: turnId, kind: 'model', name: 'large', keyId: 'main', attemptId };
const spanEnd: SpanEnd = { spanId: attemptId, status: 'ok', firstContentMs: 18 };
const checkpoint: CheckpointRow = { ref: `refs/taffrail/s1/before-${turnId}`, kind: 'git', moment: 'before' };
const throughput: Throughput = {
  model: 'large',
  startedAt: new Date(at - 1_500).toISOString(),
  requests: 1,
  inputTokens: 2_916,
  outputTokens: 0,
  cacheReadTokens: null,
  reasoningTokens: null,
  contextTokens: null,
  contextWindow: 200_000,
};
const started: NewRow = { key: `span:${attemptId}`, at, turnId, kind: 'span.started', data: span };
const finished: NewRow = { key: `span:${attemptId}:end`, at, turnId, kind: 'span.finished', data: spanEnd };
const kept: NewRow = { key: `before:${turnId}`, at, turnId, kind: 'checkpoint.made', data: checkpoint };
const ended: NewRow = {
  key: `turn:${turnId}:end`,
  at,
  turnId,
  kind: 'turn.completed',
  data: { outcome: 'complete', throughput },
};

describe('rows as they are stored', () => {
  it.each([
    ['a span of the turn', started],
    ['a span within another', { ...started, data: { ...span, parentId: 'other' } } as NewRow],
    ['a span without a parent', { ...started, data: { ...span, parentId: null } } as NewRow],
    ['a span under another key', { ...started, key: 'k' } as NewRow],
    ['a span’s end under another key', { ...finished, key: 'span:other:end' } as NewRow],
    ['a state kept for another session and turn', { ...kept, key: 'before:t2' } as NewRow],
    [
      'a state that was not kept',
      { ...kept, data: { ref: null, kind: null, why: 'too much', moment: 'before' } } as NewRow,
    ],
    ['a turn’s end without figures', { ...ended, data: { outcome: 'failed', reason: 'no key' } } as NewRow],
    [
      'a turn’s end that names its beginning otherwise',
      {
        ...ended,
        data: { outcome: 'complete', throughput: { ...throughput, startedAt: '2026-11-20T08:59:58Z' } },
      } as NewRow,
    ],
  ])('C-beyond: %s is told as it was', (_, row) => {
    expect(throughStorage(row)).toEqual(row.data);
  });

  it.each([
    ['a span', started, 0.4],
    ['a span’s end', finished, 0.5],
    ['a checkpoint', kept, 0.6],
    ['a turn’s end', ended, 0.6],
  ])('C-beyond: %s is told as it was and takes far less than its words', (_, row, shareMax) => {
    expect(throughStorage(row)).toEqual(row.data);
    const lean = JSON.stringify(leanData(row, { key: row.key, at, turnId })).length;
    expect(lean).toBeLessThan(JSON.stringify(row.data).length * shareMax);
  });

  it('F2: a figure of a turn’s end that nobody reported stays unknown beside a reported 0', () => {
    expect(throughStorage(ended)).toMatchObject({ throughput: { outputTokens: 0, cacheReadTokens: null } });
  });

  it('is told as it stands where it was stored in full, as older rows are', () => {
    for (const row of [started, finished, kept, ended])
      expect(fullData(row.kind, row.data, { key: row.key, at, turnId })).toEqual(row.data);
  });

  it('C-beyond: whatever a span and its key are called, it comes back', () => {
    const name = fc.constantFrom('a', 'span:a', 'a:end', ':end', 'span:', '', 't');
    const place = fc.record({ key: name, turnId: fc.option(name) });
    const data = fc.record({ spanId: name, parentId: fc.option(name), callId: name, attemptId: name });
    fc.assert(
      fc.property(place, data, (where, ids) => {
        const said = { ...ids, kind: 'tool' as const, name: 'read' };
        const at = { ...where, at: 0 };
        const row = { ...where, turnId: where.turnId ?? 'x', at: 0, kind: 'span.started', data: said } as NewRow;
        const stored = JSON.parse(JSON.stringify(leanData(row, at))) as object;
        expect(fullData(row.kind, stored, at)).toEqual(said);
      }),
    );
  });
});
