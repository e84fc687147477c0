/** How long agents worked whose calls were answered at once. */
import { expect, it } from 'vitest';
import { withAgentTimes } from './agent-times.js';
import { sampleSpan } from './sample-span.js';
import { toolShares } from './tool-shares.js';
import { spanForest } from './tree.js';

const launch = (id: string, from: number) => ({
  ...sampleSpan(id, { kind: 'agent', name: 'Task', from, to: from + 1, childSessionId: 'child' }),
  inferred: true,
});
const work = (id: string, from: number, to: number | null) =>
  sampleSpan(id, { kind: 'turn', sessionId: 'child', from, to });
const times = (spans: Parameters<typeof withAgentTimes>[0]) =>
  withAgentTimes(spans)
    .filter(({ kind }) => kind === 'agent')
    .map(({ status, durationMs, inferred }) => [status, durationMs, inferred]);

it('D3: an agent in the background has the time of its own turns, not that of the answer to its call', () => {
  const spans = [launch('call', 1), work('one', 2, 12), work('two', 60, 65)];
  expect(times(spans)).toEqual([['ok', 15_000, false]]);
  expect(withAgentTimes(spans)[0]).toMatchObject({ finishedAt: work('two', 60, 65).finishedAt });
  expect(toolShares(spans).map(({ name, durationMs }) => [name, durationMs])).toEqual([['Task', 15_000]]);
  expect(spanForest(spans, 's').map(({ span }) => span.durationMs)).toEqual([15_000]);
});

it('D3: a second call to the same agent keeps its own length, so that no time is counted twice', () => {
  expect(times([launch('call', 1), launch('again', 50), work('one', 2, 12)])).toEqual([
    ['ok', 10_000, false],
    ['ok', 1000, true],
  ]);
});

it('F2: an agent that still works, or whose log does not tell, has no length', () => {
  expect(times([launch('call', 1), work('one', 2, null)])).toEqual([['running', null, false]]);
  const cutOff = { ...work('one', 2, null), status: 'interrupted' as const, inferred: true };
  expect(times([launch('call', 1), cutOff])).toEqual([['ok', null, true]]);
});

it('D3: a call keeps its length where its agent’s log is not there, and one that is stated where its agent was done by then', () => {
  expect(times([launch('call', 1)])).toEqual([['ok', 1000, true]]);
  const stated = { ...launch('call', 1), inferred: false };
  expect(times([stated, work('one', 1, 2), work('later', 60, 70)])).toEqual([['ok', 1000, false]]);
  expect(times([stated, work('one', 1, 12)])).toEqual([['ok', 11_000, false]]);
});
