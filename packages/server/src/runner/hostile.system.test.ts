/** Models that behave badly: everything is bounded and visible, and the session can be used afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, calls, formats, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const resultsOf = (state: Parameters<typeof itemsOf>[0]) =>
  itemsOf(state).flatMap((item) => (item.type === 'tool_result' ? [item] : []));

/** The session answers as if nothing had been. */
async function expectUsable(sessionId: string, prompt: string): Promise<void> {
  bench.models.script(prompt, [says('I am here.')]);
  const turnId = await bench.ask(sessionId, 'Are you still there?');
  const state = await bench.ended(sessionId, turnId);
  expect([outcomeOf(state, turnId), lines(state).at(-1)]).toEqual(['complete', 'message: I am here.']);
}

const broken = (rawInput: string) => ({ parts: [{ toolCall: { name: 'read', rawInput } }] });

describe.each(formats)('E1: a model of %s that calls what it may not', (format) => {
  it.each([
    ['a tool that nobody has', calls('no such tool!', { a: 1 }), /no tool called no such tool!/],
    ['wrong types', calls('read', { path: 7 }), /input of read is wrong: path/],
    ['an input that is no object', calls('read', {}), /input of read is wrong/],
  ])('is told what is wrong: %s', async (_name, call, words) => {
    const { sessionId, state, turnId, prompt } = await bench.done(format, [call, says('I see.')]);
    expect(resultsOf(state)).toMatchObject([{ status: 'error', text: expect.stringMatching(words) }]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    await expectUsable(sessionId, prompt);
  });

  it('is stopped after some empty answers', async () => {
    const { sessionId, state, turnId, prompt } = await bench.done(format, [says(''), says(' \n'), says(''), says('')]);
    expect(['failed', 'complete']).toContain(outcomeOf(state, turnId));
    expect(bench.models.served.filter(({ conversation }) => conversation === prompt).length).toBeLessThanOrEqual(3);
    await expectUsable(sessionId, prompt);
  });
});

describe.each(['anthropic', 'openai', 'compatible'])('E1: a model of %s that sends broken input', (format) => {
  it.each(['{"path": "a.tx', 'not JSON', '[1, 2]', '"text"', 'null'])('is told so: %s', async (raw) => {
    const { sessionId, state, turnId, prompt } = await bench.done(format, [broken(raw), says('I see.')]);
    expect(resultsOf(state)).toMatchObject([{ status: 'error', text: expect.stringMatching(/input of read/) }]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    await expectUsable(sessionId, prompt);
  });

  it('is told so when it was cut off in the middle of a call', async () => {
    const cut = { ...broken('{"path": "a.tx'), stop: 'max_tokens' as const };
    const { sessionId, state, prompt } = await bench.done(format, [cut, says('Shorter then.')]);
    expect(resultsOf(state)).toMatchObject([{ status: 'error' }]);
    await expectUsable(sessionId, prompt);
  });
});

describe('E1: a model that does not end', () => {
  it('is stopped when it makes the same call again and again, and the call is no longer run', async () => {
    const same = shell('echo again >> again.txt; wc -l < again.txt');
    bench.models.script('again and again', [same], { atEnd: 'repeat' });
    const sessionId = await bench.session();
    const turnId = await bench.ask(sessionId, 'again and again');
    const state = await bench.ended(sessionId, turnId);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(lines(state).at(-1)).toMatch(/^error: .*same call 16 times/);
    expect(
      resultsOf(state)
        .filter(({ status }) => status === 'ok')
        .map(({ text }) => Number.parseInt(text, 10))
        .at(-1),
    ).toBe(8);
    await expectUsable(sessionId, 'again and again');
  });

  it('runs 200 calls of one answer, each once', async () => {
    const many = Array.from({ length: 200 }, (_, at) => ({
      toolCall: { name: 'glob', input: { pattern: `no-${at}-*` } },
    }));
    const { sessionId, state, turnId, prompt } = await bench.done('anthropic', [{ parts: many }, says('Done.')]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    expect(new Set(resultsOf(state).map(({ callId }) => callId)).size).toBe(200);
    await expectUsable(sessionId, prompt);
  });

  it('is stopped when it writes 10 MB, and what it wrote is taken back', async () => {
    const { sessionId, state, turnId, prompt } = await bench.done('anthropic', [
      { parts: [{ hugeText: 10_000_000 }], usage: { inputTokens: 10, outputTokens: 3_000_000 } },
    ]);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(lines(state)).toEqual([
      expect.stringMatching(/^message: /),
      expect.stringMatching(/^error: the answer did not end/),
    ]);
    expect(state.totals?.inputTokens).toBe(10);
    await bench.models.waitFor((served) => served.at(-1)?.outcome === 'aborted by client');
    await expectUsable(sessionId, prompt);
  }, 60_000);

  it('shows a long answer whole', async () => {
    const { state } = await bench.done('anthropic', [{ parts: [{ hugeText: 1_000_000 }] }]);
    expect(itemsOf(state).at(-1)?.text).toHaveLength(1_000_000);
    expect(bench.models.served.at(-1)?.textServed).toBe(itemsOf(state).at(-1)?.text);
  });
});

describe('an answer that is no answer', () => {
  it.each(formats)('C7: a refusal of %s ends the turn, and says so', async (format) => {
    const { sessionId, state, turnId, prompt } = await bench.done(format, [
      says('I would rather', { stop: 'refusal' }),
    ]);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(lines(state).at(-1)).toMatch(/^error: .*declined/);
    await expectUsable(sessionId, prompt);
  });

  it.each(formats)('C7: a text of %s that was cut off at the limit says so', async (format) => {
    const { sessionId, state, prompt } = await bench.done(format, [says('The first half', { stop: 'max_tokens' })]);
    expect(lines(state).slice(1)).toEqual(['message: The first half', expect.stringMatching(/^error: .*cut off/)]);
    await expectUsable(sessionId, prompt);
  });

  it('C7: calls beside a refusal do not run, and have a result', async () => {
    const { state } = await bench.done('anthropic', [{ ...shell('echo refused'), stop: 'refusal' }]);
    expect(resultsOf(state)).toMatchObject([{ status: 'interrupted' }]);
  });
});

describe('E1: ids that a model gives', () => {
  it('may be the same in each answer, or twice in one', async () => {
    const call = (path: string) => ({ toolCall: { id: 'call_1', name: 'read', input: { path } } });
    bench.file('same.txt', 'the same\n');
    const { state, turnId } = await bench.done('compatible', [
      { parts: [call('same.txt')] },
      { parts: [call('same.txt'), call('same.txt')] },
      says('Done.'),
    ]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    const made = itemsOf(state).flatMap((item) => (item.type === 'tool_call' ? [item.callId] : []));
    expect(resultsOf(state).map(({ callId }) => callId)).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('may be those of texts', async () => {
    bench.file('same.txt', 'the same\n');
    const { state } = await bench.done('anthropic', [
      { parts: [{ text: 'I read.' }, { toolCall: { id: '0', name: 'read', input: { path: 'same.txt' } } }] },
      says('Done.'),
    ]);
    expect(lines(state).slice(1, 3)).toEqual(['message: I read.', 'tool_call: {"path":"same.txt"}']);
    expect(resultsOf(state)).toMatchObject([{ status: 'ok' }]);
  });
});
