/** Spans from logs: of sessions that run here and of other agents' sessions. */
import type { TraceSpan } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { asks, call, iso, item, type Line, logOf, result, says, usage } from './sample-trace.js';
import { spansOf } from './spans-of.js';

const spans = (lines: readonly Line[]): TraceSpan[] => spansOf('s', logOf(lines));
const brief = ({ kind, name, status, startedAt, finishedAt, inferred }: TraceSpan) =>
  [kind, name, status, startedAt, finishedAt, inferred] as const;

const begun: Line = { at: 0, turnId: 'turn-1', kind: 'turn.started', data: {} };
const ended = (at: number): Line => ({
  at,
  turnId: 'turn-1',
  kind: 'turn.completed',
  data: { outcome: 'complete' },
});

describe('a turn of a hosted agent', () => {
  it('D-beyond: its calls of tools are told, those of its model inferred, with the usage that came from its own log', () => {
    const place = { step: 0 };
    const hosted: Line[] = [
      { ...begun, kind: 'turn.started', data: { runGen: 1, hosted: true } },
      item(0, asks('fix it')),
      item(3, says('I look.'), place),
      item(4, call('c1', '{"command":"npm test"}'), place),
      {
        at: 5,
        turnId: 'turn-1',
        kind: 'span.started',
        data: { spanId: 'c1', parentId: 'turn-1', kind: 'tool', name: 'bash', callId: 'c1' },
      },
      item(9, result('c1'), place),
      { at: 9, turnId: 'turn-1', kind: 'span.finished', data: { spanId: 'c1', status: 'ok' } },
      item(12, says('done'), { step: 1 }),
      usage(4, 'r1', { outputTokens: 7 }, place),
      usage(12, 'r2', { outputTokens: 8 }, { step: 1 }),
      ended(12),
    ];
    expect(spans(hosted).map(brief)).toEqual([
      ['turn', 'turn', 'ok', iso(0), iso(12), false],
      ['model', 'model-a', 'ok', iso(0), iso(4), true],
      ['tool', 'bash', 'ok', iso(5), iso(9), false],
      ['model', 'model-a', 'ok', iso(9), iso(12), true],
    ]);
    expect(spans(hosted).flatMap(({ usage: used }) => used?.outputTokens ?? [])).toEqual([7, 8]);
  });
});

describe('a log that another agent wrote', () => {
  const lines: Line[] = [
    begun,
    item(0, asks('fix it'), { step: 0 }),
    item(4, call('c1', '{"command":"npm test"}'), { step: 0 }),
    usage(4, 'r1', { outputTokens: 7 }, { step: 0 }),
    item(10, result('c1', { text: 'äö', durationMs: 2000 }), { step: 0 }),
    item(13, says('done'), { step: 1 }),
    usage(13, 'r2', {}, { step: 1 }),
    ended(13),
  ];

  it('D-beyond: model calls lie between what they were told and what they wrote, and say that this is inferred', () => {
    const calls = spans(lines).filter(({ kind }) => kind === 'model');
    expect(calls.map(brief)).toEqual([
      ['model', 'model-a', 'ok', iso(0), iso(4), true],
      ['model', 'model-a', 'ok', iso(10), iso(13), true],
    ]);
    expect(calls.map((span) => [span.usage?.outputTokens, span.parentId, span.step])).toEqual([
      [7, 'turn-1', 0],
      [null, 'turn-1', 1],
    ]);
  });

  it('D2: requests of which another log told first, in no turn, stand at their calls all the same, once', () => {
    const { turnId: _turn, ...first } = usage(2, 'r1', { outputTokens: 7 });
    const { turnId: _other, ...second } = usage(2, 'r2');
    const told = ({ id, kind, turnId, step, startedAt, finishedAt, usage: used }: TraceSpan) => ({
      id,
      kind,
      turnId,
      step,
      startedAt,
      finishedAt,
      used,
    });
    expect(spans([first, second, ...lines]).map(told)).toEqual(spans(lines).map(told));
    expect(spans([first]).map(({ turnId, usage: used }) => [turnId, used?.outputTokens])).toEqual([[null, 7]]);
  });

  it('D1: a call has its name, what it works on, its sizes and its result; a stated time is no inference', () => {
    const tool = spans(lines).find(({ kind }) => kind === 'tool');
    expect(tool).toMatchObject({ name: 'bash', subject: 'npm test', inputBytes: 22, outputBytes: 4, callId: 'c1' });
    expect(tool && brief(tool)).toEqual(['tool', 'bash', 'ok', iso(8), iso(10), false]);
    const [untold] = spans(
      lines.map((line) => (line === lines[4] ? item(10, result('c1'), { step: 0 }) : line)),
    ).filter(({ kind }) => kind === 'tool');
    expect(untold && brief(untold)).toEqual(['tool', 'bash', 'ok', iso(4), iso(10), true]);
  });

  it('D-beyond: a turn spans from its start to its end', () => {
    expect(
      spans(lines)
        .filter(({ kind }) => kind === 'turn')
        .map(brief),
    ).toEqual([['turn', 'turn', 'ok', iso(0), iso(13), false]]);
  });

  it('D-beyond: requests are placed where steps have no number, and answers without a request are model calls too', () => {
    const calls = spans([
      begun,
      item(0, asks('a')),
      item(2, says('b')),
      item(3, call('c1')),
      usage(3, 'r1'),
      item(5, result('c1')),
      item(9, says('c')),
      ended(9),
    ]).filter(({ kind }) => kind === 'model');
    expect(calls.map(({ startedAt, finishedAt, usage: of }) => [startedAt, finishedAt, of?.inputTokens])).toEqual([
      [iso(0), iso(3), 100],
      [iso(5), iso(9), undefined],
    ]);
  });

  it('F-beyond: a request that the log states several times is one call with the figures of all', () => {
    const calls = spans([
      begun,
      item(1, says('b'), { step: 0 }),
      usage(1, 'r1', { outputTokens: 1 }, { step: 0 }),
      usage(1, 'r1', { outputTokens: 50, inheritedFrom: 'other' }, { step: 0 }),
      ended(2),
    ]).flatMap(({ usage: of }) => (of ? [of] : []));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ outputTokens: 50, inheritedFrom: 'other' });
  });

  it('D-beyond: a call that a sub-agent answered names its session; a compaction is a mark without a length', () => {
    const all = spans([
      begun,
      item(1, call('c1', '{"description":"look"}', 'Task')),
      item(9, result('c1', { childSessionId: 'child' })),
      item(10, { type: 'compaction', text: 'so far', trigger: 'auto' }),
      ended(11),
    ]);
    expect(all.find(({ callId }) => callId === 'c1')).toMatchObject({ kind: 'agent', childSessionId: 'child' });
    expect(all.find(({ kind }) => kind === 'compaction')).toMatchObject({
      status: 'ok',
      durationMs: null,
      inferred: true,
    });
  });

  it('D-beyond: what has no end in the log was cut off, and its length is unknown', () => {
    const all = spans([begun, item(0, asks('a')), item(3, call('c1'))]);
    expect(all.map(({ kind, status, durationMs }) => [kind, status, durationMs])).toEqual([
      ['turn', 'interrupted', 3000],
      ['model', 'ok', 3000],
      ['tool', 'interrupted', null],
    ]);
  });

  it('D-beyond: a clock that went back leaves a length unknown, never negative and never 0', () => {
    const all = spans([begun, item(5, call('c1')), item(2, result('c1')), ended(-3)]);
    expect(all.map(({ kind, durationMs }) => [kind, durationMs])).toEqual([
      ['turn', null],
      ['model', 5000],
      ['tool', null],
    ]);
  });
});

describe('a log of a session that ran here', () => {
  const live: Line = { at: 0, turnId: 'turn-1', kind: 'turn.started', data: { runGen: 1 } };
  const start = (
    at: number,
    spanId: string,
    kind: 'model' | 'tool' | 'compaction',
    some: { callId?: string } = {},
  ): Line => ({
    at,
    turnId: 'turn-1',
    step: 0,
    kind: 'span.started',
    data: { spanId, parentId: 'turn-1', kind, name: `${kind}-name`, ...some },
  });
  const end = (at: number, spanId: string, status: 'ok' | 'error' = 'ok'): Line => ({
    at,
    turnId: 'turn-1',
    step: 0,
    kind: 'span.finished',
    data: { spanId, status, inputBytes: 2, outputBytes: 3, firstContentMs: 500 },
  });

  it('D-beyond: a discarded attempt stands beside the one that answered, with its reason and no usage', () => {
    const [, refused, answered] = spans([
      live,
      start(0, 'a1', 'model'),
      {
        at: 1,
        turnId: 'turn-1',
        kind: 'attempt.discarded',
        data: {
          attemptId: 'a1',
          model: 'model-a',
          keyId: 'main',
          reason: 'overloaded',
          message: 'try later',
          httpStatus: 529,
          retryAfterMs: 9000,
        },
      },
      end(1, 'a1', 'error'),
      start(1, 'a2', 'model'),
      item(2, says('here'), { step: 0 }),
      usage(3, 'a2', { outputTokens: 5 }),
      end(3, 'a2'),
    ]);
    expect(refused).toMatchObject({
      status: 'error',
      keyId: 'main',
      usage: null,
      discarded: { reason: 'overloaded', httpStatus: 529, retryAfterMs: 9000 },
    });
    expect(answered).toMatchObject({
      status: 'ok',
      durationMs: 2000,
      firstContentMs: 500,
      itemSeq: 6,
      inferred: false,
    });
    expect(answered?.usage).toMatchObject({ outputTokens: 5, reasoningTokens: null });
  });

  it('E4: the wait for a person and the call after it are two spans', () => {
    const all = spans([
      live,
      item(1, call('c1', '{"command":"npm test"}'), { step: 0 }),
      {
        at: 2,
        turnId: 'turn-1',
        kind: 'permission.asked',
        data: { permissionId: 'p1', callId: 'c1', tool: 'bash', subject: 'npm test', pattern: 'npm *' },
      },
      { at: 8, turnId: 'turn-1', kind: 'permission.answered', data: { permissionId: 'p1', decision: 'allow' } },
      start(8, 'c1', 'tool', { callId: 'c1' }),
      item(9, result('c1'), { step: 0 }),
      end(9, 'c1'),
    ]);
    expect(all.map(({ kind, durationMs, decision }) => [kind, durationMs, decision])).toEqual([
      ['turn', null, null],
      ['permission', 6000, 'allow'],
      ['tool', 1000, null],
    ]);
    expect(all[2]).toMatchObject({ subject: 'npm test', itemSeq: 2, inputBytes: 2, outputBytes: 3, inferred: false });
  });

  it('D1: a call that was refused is there without a time of its own', () => {
    const all = spans([
      live,
      item(1, call('c1'), { step: 0 }),
      item(1, result('c1', { status: 'error' }), { step: 0 }),
    ]);
    expect(all.find(({ kind }) => kind === 'tool')).toMatchObject({ status: 'error', durationMs: null, callId: 'c1' });
  });

  it('E5: the request that writes a summary is part of the compaction', () => {
    const all = spans([
      live,
      start(0, 'k1', 'compaction'),
      start(0, 'a1', 'model'),
      end(2, 'a1'),
      item(2, { type: 'compaction', text: 'so far', trigger: 'auto' }, { step: 0 }),
      end(2, 'k1'),
      start(3, 'a2', 'model'),
    ]);
    expect(all.map(({ id, parentId, itemSeq }) => [id, parentId, itemSeq])).toEqual([
      ['turn-1', null, 5],
      ['k1', 'turn-1', 5],
      ['a1', 'k1', null],
      ['a2', 'turn-1', null],
    ]);
  });

  it('A3: waiting for a key is a span; what runs has no end yet', () => {
    const all = spans([
      live,
      { at: 1, turnId: 'turn-1', kind: 'turn.waiting', data: { until: iso(5), reason: 'all keys are exhausted' } },
      { at: 5, turnId: 'turn-1', kind: 'turn.resumed', data: {} },
      start(5, 'a1', 'model'),
    ]);
    expect(all.map(({ kind, status, durationMs }) => [kind, status, durationMs])).toEqual([
      ['turn', 'running', null],
      ['wait', 'ok', 4000],
      ['model', 'running', null],
    ]);
  });
});
