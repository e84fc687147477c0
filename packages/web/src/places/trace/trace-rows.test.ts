/** What the lines of a waterfall say of turns. */
import { spanForest } from '@taffrail/session';
import type { TraceSpan } from '@taffrail/wire';
import { expect, it } from 'vitest';
import { barWords, turnFactsOf } from './trace-rows.js';

const span = (id: string, seq: number, over: Partial<TraceSpan> = {}): TraceSpan => ({
  id,
  seq,
  sessionId: 's',
  kind: 'turn',
  name: 'turn',
  status: 'ok',
  parentId: null,
  turnId: id,
  step: null,
  subject: null,
  itemSeq: null,
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: '2026-11-20T10:00:01.000Z',
  durationMs: 1000,
  firstContentMs: null,
  inputBytes: null,
  outputBytes: null,
  error: null,
  keyId: null,
  callId: null,
  childSessionId: null,
  discarded: null,
  decision: null,
  inferred: false,
  usage: null,
  ...over,
});

it('D5: a turn that a rewind set aside is named so in the trace, and is none of the numbered ones', () => {
  const turns = [
    { turnId: 'second', seq: 20, prompt: 'go on' },
    { turnId: 'anew', seq: 60, prompt: 'another way' },
  ];
  const spans = [
    span('older', 5),
    span('second', 20),
    span('aside', 40),
    span('anew', 60),
    span('begins', 80, { status: 'running' }),
    span('theirs', 90, { sessionId: 'sub-agent' }),
  ];
  expect([...turnFactsOf(turns, spans, 's')]).toEqual([
    ['second', { number: 1, prompt: 'go on' }],
    ['anew', { number: 2, prompt: 'another way' }],
    ['aside', { number: null, prompt: '' }],
  ]);
});

it('D3: an agent that works on after its call was answered is said to take as long as its bar', () => {
  const call = span('call', 1, { kind: 'agent', childSessionId: 'child', durationMs: 100, inferred: true });
  const answered = { ...call, finishedAt: '2026-11-20T10:00:00.100Z' };
  const until = { sessionId: 'child', finishedAt: '2026-11-20T10:00:03.000Z', durationMs: 3000 };
  const work = [span('turn', 2, until), span('work', 3, { ...until, kind: 'model', parentId: 'turn' })];
  const [node] = spanForest([answered, ...work], 's');
  expect(node && barWords(node, 0)).toBe('3.0 s');
});
