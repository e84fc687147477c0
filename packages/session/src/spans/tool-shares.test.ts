/** What tools took: time as it was measured, tokens as far as two requests tell. */
import { expect, it } from 'vitest';
import { sampleSpan as span } from './sample-span.js';
import { toolShares } from './tool-shares.js';

const asks = (from: number, inputTokens: number | null, outputTokens: number | null) =>
  span(`m${from}`, { from, to: from + 1, usage: { inputTokens, outputTokens } });
const calls = (name: string, from: number, to: number | null, outputBytes: number) =>
  span(`${name}${from}`, { kind: 'tool', name, from, to, outputBytes });

it('D-beyond: a tool’s tokens are what its results added to the next request, by their size', () => {
  const shares = toolShares([asks(0, 100, 20), calls('read', 1, 2, 300), calls('bash', 2, 5, 100), asks(6, 520, 5)]);
  expect(shares.map(({ name, durationMs, tokens }) => [name, durationMs, tokens])).toEqual([
    ['bash', 3000, 100],
    ['read', 1000, 300],
  ]);
});

it('F2: what no two requests tell of is unknown, and the rest says of how many calls it is', () => {
  const shares = toolShares([
    asks(0, 100, null),
    calls('bash', 1, 2, 100),
    asks(3, 300, 10),
    calls('bash', 4, null, 100),
    asks(6, 400, 5),
    calls('read', 7, 8, 10),
  ]);
  expect(shares).toEqual([
    {
      name: 'bash',
      calls: 2,
      errors: 0,
      durationMs: 1000,
      timedCalls: 1,
      outputBytes: 200,
      tokens: 90,
      measuredCalls: 1,
    },
    {
      name: 'read',
      calls: 1,
      errors: 0,
      durationMs: 1000,
      timedCalls: 1,
      outputBytes: 10,
      tokens: null,
      measuredCalls: 0,
    },
  ]);
});

it('D-beyond: a summary in between tells nothing of the calls before it', () => {
  const compaction = span('k', { kind: 'compaction', from: 3, to: 3 });
  const [share] = toolShares([asks(0, 100, 20), calls('bash', 1, 2, 100), compaction, asks(6, 520, 5)]);
  expect(share?.tokens).toBeNull();
});
