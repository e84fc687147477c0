/** Usage of turns that run here, against what the model server says it served. */
import { tokenFields } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, calls, formats, itemsOf, lines, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const figures = {
  inputTokens: 5_000,
  outputTokens: 300,
  cacheReadTokens: 3_000,
  cacheWriteTokens: 700,
  cacheWrite1hTokens: 200,
  reasoningTokens: 120,
};
const zeros = { inputTokens: 10, outputTokens: 0, cacheReadTokens: 0, reasoningTokens: 0 };
const places = ['start', 'end', 'both', 'placeholder', 'repeated', 'growing'] as const;

describe.each(formats)('a turn with %s', (format) => {
  it('A1: has a usage record for each of three round trips, each in one piece with the content of its step', async () => {
    bench.file('a.txt', 'one\n');
    const { sessionId, state } = await bench.done(format, [
      calls('read', { path: 'a.txt' }),
      shell('echo two'),
      says('Three.'),
    ]);
    const rows = await bench.rows(sessionId);
    const usage = rows.filter(({ kind }) => kind === 'usage.recorded');
    expect(usage.map(({ step }) => step)).toEqual([0, 1, 2]);
    for (const { seq, step } of usage) {
      const before = rows.find((row) => row.seq === seq - 1);
      expect(before).toMatchObject({ kind: 'item.recorded', step });
      expect(before?.data).not.toHaveProperty('streaming');
    }
    expect(state.totals?.requests).toBe(3);
  });

  it('A4: has the figures that were served, cache and reasoning too, and null where none was told', async () => {
    const { prompt, state } = await bench.done(format, [
      { parts: [{ thinking: 'Well.', signature: 'c2ln' }, { toolCall: { name: 'list', input: {} } }], usage: figures },
      says('Done.', { usage: zeros }),
    ]);
    const { requests, reported, ...served } = bench.models.totals(prompt);
    expect(state.totals).toMatchObject({ requests, reported, ...served });
    expect(served.inputTokens).toBe(5_010);
  });

  it.each(places)('A6: counts usage once that is told at the %s', async (usageAt) => {
    const { prompt, state } = await bench.done(format, [
      says('One two three. '.repeat(10), { usage: figures, usageAt }),
    ]);
    const { requests, reported, ...served } = bench.models.totals(prompt);
    expect(state.totals).toMatchObject({ requests, reported, ...served });
    expect(served.outputTokens).toBe(300);
  });

  it('A2: says nothing of usage in the transcript or to the model', async () => {
    const { prompt, state } = await bench.done(format, [
      calls('list', {}, { usage: { inputTokens: 271_828, outputTokens: 314_159 } }),
      says('Done.'),
    ]);
    const sent = bench.models.served.find((request) => request.conversation === prompt && request.index === 1);
    for (const text of [JSON.stringify(itemsOf(state)), JSON.stringify(sent?.body)]) {
      expect(text).toContain(prompt);
      expect(text).not.toMatch(/271828|314159|271_828/);
    }
  });

  it('A7: keeps the usage of answers that say nothing', async () => {
    const nothing = { parts: [], usage: figures };
    const { prompt, state } = await bench.done(format, [nothing, nothing, nothing]);
    expect(state.totals).toMatchObject({ requests: 3, inputTokens: bench.models.totals(prompt).inputTokens });
    expect(state.status).toBe('failed');
    expect(lines(state).at(-1)).toMatch(/^error: .*empty answers/);
  });

  it('F2: leaves what nobody told unknown, and keeps the answer', async () => {
    const { sessionId, state } = await bench.done(format, [says('Done.', { usage: null })]);
    expect(lines(state).at(-1)).toBe('message: Done.');
    expect(state.totals).toBeNull();
    const [usage] = (await bench.rows(sessionId)).filter(({ kind }) => kind === 'usage.recorded');
    expect(usage?.data).toMatchObject({ final: true, inputTokens: null, outputTokens: null });
    expect(usage?.data).not.toHaveProperty('raw');
  });
});

it('A7: keeps the usage of an answer that is only thought', async () => {
  const thought = { parts: [{ thinking: 'Hm.', signature: 'c2ln' }], usage: figures };
  const { state } = await bench.done('anthropic', [thought, says('Now I know.', { usage: figures })]);
  expect(state.totals).toMatchObject({ requests: 2, outputTokens: 600 });
  expect(state.status).toBe('idle');
});

it('F2: leaves single figures unknown that a provider does not tell', async () => {
  const { state } = await bench.done('compatible', [says('Done.', { usage: { inputTokens: 12, outputTokens: 3 } })]);
  const { inputTokens, outputTokens, ...rest } = figures;
  const unknown = Object.fromEntries(Object.keys(rest).map((field) => [field, null]));
  expect(state.totals).toMatchObject({ inputTokens: 12, outputTokens: 3, ...unknown });
  expect(tokenFields).toHaveLength(6);
});
