/** The forest of spans, also of logs that name their parents wrongly. */
import { randomSeed } from '@taffrail/testing';
import type { TraceSpan } from '@taffrail/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleSpan as span } from './sample-span.js';
import { type SpanNode, spanForest } from './tree.js';

const seed = randomSeed();
const outline = (nodes: readonly SpanNode[]): unknown[] =>
  nodes.map(({ span: { id }, isAttempts, children }) => [isAttempts ? `${id}+` : id, ...outline(children)]);

it('D-beyond: sub-agents of any depth hang below the calls that started them, on one time axis', () => {
  const spans = [
    span('turn', { kind: 'turn', from: 0, to: 60 }),
    span('ask', { kind: 'tool', from: 1, to: 30, parentId: 'turn', childSessionId: 'one' }),
    span('agent', { kind: 'agent', from: 1, to: 30, parentId: 'ask', childSessionId: 'one' }),
    span('t1', { kind: 'turn', sessionId: 'one', from: 2, to: 28 }),
    span('deep', { kind: 'tool', sessionId: 'one', from: 3, to: 20, parentId: 't1', childSessionId: 'two' }),
    span('t2', { kind: 'turn', sessionId: 'two', from: 4, to: 9 }),
    span('t3', { kind: 'turn', sessionId: 'two', from: 10, to: 19 }),
    span('stranger', { kind: 'turn', sessionId: 'other', from: 4, to: 5 }),
  ];
  expect(outline(spanForest(spans, 's'))).toEqual([['turn', ['ask', ['agent', ['deep', ['t2'], ['t3']]]]]]);
});

it('E4: a sub-agent’s question is shown where it was asked, once; in the session above where that is all there is', () => {
  const above = [
    span('turn', { kind: 'turn', from: 0, to: 9 }),
    span('agent', { kind: 'agent', from: 1, to: 8, parentId: 'turn', childSessionId: 'one' }),
    span('p', { kind: 'permission', from: 3, to: 5, parentId: 'turn', childSessionId: 'one' }),
  ];
  const below = [
    span('t', { kind: 'turn', sessionId: 'one', from: 2, to: 7 }),
    span('p', { kind: 'permission', sessionId: 'one', from: 3, to: 5, parentId: 't' }),
  ];
  expect(outline(spanForest(above, 's'))).toEqual([['turn', ['agent'], ['p']]]);
  expect(outline(spanForest([...above, ...below], 's'))).toEqual([['turn', ['agent', ['p']]]]);
});

it('D-beyond: attempts at one answer stand below it, whichever answered; two requests of a step that both stand do not', () => {
  const model = (id: string, step: number, from: number, discarded = false): TraceSpan =>
    span(id, { from, to: from + 1, step, parentId: 'turn', discarded });
  const spans = [
    span('turn', { kind: 'turn', from: 0, to: 60 }),
    model('a1', 0, 1, true),
    model('a2', 0, 2),
    model('b1', 1, 3),
    model('b2', 1, 4),
    model('c1', 2, 5, true),
  ];
  expect(outline(spanForest(spans, 's'))).toEqual([['turn', ['a2+', ['a1'], ['a2']], ['b1'], ['b2'], ['c1']]]);
});

it('D-beyond: what lies above reaches over all that lies below it, and runs on where it runs', () => {
  const [turn] = spanForest(
    [
      span('turn', { kind: 'turn', from: 5, to: 6 }),
      span('early', { from: 2, to: 3, parentId: 'turn' }),
      span('late', { from: 5, to: 9, parentId: 'turn' }),
    ],
    's',
  );
  expect([turn?.startMs, turn?.endMs]).toEqual([2000, 9000]);
  const [running] = spanForest(
    [span('turn', { kind: 'turn', from: 5, to: null }), span('done', { from: 5, to: 9, parentId: 'turn' })],
    's',
  );
  expect(running?.endMs).toBeNull();
});

it(`D-beyond: every span of the session is in its forest exactly once, whatever its parents are (seed ${seed})`, () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const any = fc.record({
    parentId: fc.option(fc.constantFrom(...ids, 'nowhere')),
    kind: fc.constantFrom('turn' as const, 'tool' as const, 'agent' as const, 'model' as const),
    from: fc.integer({ min: 0, max: 9 }),
    childSessionId: fc.option(fc.constantFrom('s', 'other')),
    discarded: fc.boolean(),
    step: fc.option(fc.constantFrom(0, 1)),
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (some) => {
      const spans = some.map((one, index) => span(ids[index] ?? '', { ...one, to: one.from + 1 }));
      const found: string[] = [];
      const walk = ({ span: { id }, isAttempts, children }: SpanNode): void => {
        if (!isAttempts) found.push(id);
        children.forEach(walk);
      };
      spanForest(spans, 's').forEach(walk);
      expect(found.sort()).toEqual(spans.map(({ id }) => id).sort());
    }),
    { seed, numRuns: 1000 },
  );
});
