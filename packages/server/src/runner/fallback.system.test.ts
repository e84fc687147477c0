/** Models that cannot answer: what of it is seen, who answers instead, and how a session waits until somebody can. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bench, itemsOf, lines, outcomeOf, says, secrets } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());
// What one test has exhausted is no other's matter.
beforeEach(() => bench.runner.keys.refresh());

const lifts: (() => void)[] = [];
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
const limit = (...limited: Parameters<Bench['models']['limit']>) => lifts.push(bench.models.limit(...limited));
const modelsOf = (sessionRows: Awaited<ReturnType<Bench['rows']>>) =>
  sessionRows.flatMap((row) => (row.kind === 'usage.recorded' ? [row.data.model] : []));

describe.each([
  [429, 'rate_limited'],
  [529, 'overloaded'],
  [500, 'unavailable'],
  [401, 'unauthorised'],
  [402, 'out_of_credit'],
])('A3: a model refuses with %d', (status, reason) => {
  it(`leaves one row that says ${reason}, and the next model answers`, async () => {
    const refusal = { fail: { status, message: 'words-of-the-refusal' } };
    const { sessionId, state } = await bench.done('fallback', [refusal, says('From the second.')]);
    const rows = await bench.rows(sessionId);
    const discarded = rows.filter(({ kind }) => kind === 'attempt.discarded');
    expect(discarded.map(({ data }) => data)).toMatchObject([
      { model: 'model-a', keyId: 'anthropic', reason, httpStatus: status },
    ]);
    expect(lines(state).slice(1)).toEqual(['message: From the second.']);
    expect(JSON.stringify(itemsOf(state))).not.toContain('words-of-the-refusal');
    expect(modelsOf(rows)).toEqual(['model-b']);
    expect(state.totals?.requests).toBe(1);
  });
});

const soon = () => new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 60_000);
const minuteAndMore = [59_000, 62_000] as const;

it.each([
  ['retry-after', (): string => '30', [29_000, 31_000]],
  ['retry-after-ms', (): string => '4500', [4_000, 5_000]],
  ['retry-after', (): string => soon().toUTCString(), minuteAndMore],
] as const)('A3: a key rests as long as its provider says in %s', async (header, value, [least, most]) => {
  const fail = { status: 429, headers: { [header]: value() } };
  await bench.done('fallback', [{ fail }, says('From the second.')]);
  const until = bench.runner.keys.restingUntil({ keyId: 'anthropic', model: 'model-a' }, Date.now()) ?? 0;
  expect(until - Date.now()).toBeGreaterThan(least - 3_000);
  expect(until - Date.now()).toBeLessThan(most);
});

it('A3: an exhausted model is not asked again before its time, by no session', async () => {
  const fail = { status: 429, headers: { 'retry-after': '60' } };
  await bench.done('fallback', [{ fail }, says('From the second.')]);
  const { sessionId } = await bench.done('fallback', [says('Me again.')]);
  const rows = await bench.rows(sessionId);
  expect(modelsOf(rows)).toEqual(['model-b']);
  expect(rows.map(({ kind }) => kind)).not.toContain('attempt.discarded');
});

describe('A3: all keys are exhausted', () => {
  it('waits with a time, and goes on by itself', async () => {
    const fail = { status: 429, headers: { 'retry-after-ms': '600' } };
    bench.models.script('all at once', [{ fail }, { fail }, says('At last.')]);
    const sessionId = await bench.session('fallback');
    const turnId = await bench.ask(sessionId, 'all at once');
    const waiting = await bench.until(sessionId, ({ status }) => status === 'waiting');
    expect(Date.parse(waiting.waiting?.until ?? '') - Date.now()).toBeLessThan(2_000);
    const state = await bench.ended(sessionId, turnId);
    expect([state.status, state.waiting, outcomeOf(state, turnId)]).toEqual(['idle', null, 'complete']);
    expect(lines(state).slice(1)).toEqual(['message: At last.']);
    expect(state.discarded).toHaveLength(2);
  });

  it('can be stopped while it waits', async () => {
    limit(secrets.first, { status: 429, headers: { 'retry-after': '3600' } });
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, 'wait for ever');
    await bench.until(sessionId, ({ status }) => status === 'waiting');
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect([state.status, state.waiting, outcomeOf(state, turnId)]).toEqual(['idle', null, 'cancelled']);
  });

  it('goes on at once when the keys have changed', async () => {
    limit(secrets.first, { status: 401 });
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, 'a wrong key');
    const { waiting } = await bench.until(sessionId, ({ status }) => status === 'waiting');
    expect(waiting?.reason).toMatch(/401/);
    for (const lift of lifts.splice(0)) lift();
    bench.runner.keys.refresh();
    expect(lines(await bench.ended(sessionId, turnId)).at(-1)).toBe('message: echo: a wrong key');
  });

  it('asks less and less often where the provider says at once, again and again', async () => {
    limit(secrets.first, { status: 429, headers: { 'retry-after': '0' } });
    const sessionId = await bench.session('anthropic');
    await bench.ask(sessionId, 'at once');
    await bench.until(sessionId, ({ discarded }) => discarded.length >= 4);
    const times = (await bench.state(sessionId)).discarded.map(({ at }) => Date.parse(at));
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(700);
    await bench.runner.interrupt(sessionId);
  });

  it('B-beyond: waits on after a restart, and then says that it runs', async () => {
    limit(secrets.first, { status: 429, headers: { 'retry-after': '3600' } });
    const sessionId = await bench.session('anthropic');
    bench.models.script('over the restart', [says('Here I am.', { gates: [{ at: 'end', name: 'restarted' }] })]);
    const turnId = await bench.ask(sessionId, 'over the restart');
    await bench.until(sessionId, ({ status }) => status === 'waiting');
    await bench.runner.stop();
    expect((await bench.state(sessionId)).status).toBe('waiting');
    for (const lift of lifts.splice(0)) lift();
    await bench.newRunner().recover();
    await bench.models.gate('restarted').reached;
    expect((await bench.state(sessionId)).status).toBe('running');
    bench.models.gate('restarted').open();
    expect(outcomeOf(await bench.ended(sessionId, turnId), turnId)).toBe('complete');
  });
});

const half = 'The first half of an answer that never ends well. ';
const usage = { inputTokens: 400, outputTokens: 30 };

describe.each([
  ['a socket that is cut', { breakAfter: 2 }],
  ['an overloaded provider', { errorAfter: 2 }],
  ['garbage', { garbageAfter: 2 }],
] as const)('A3: %s in the middle of the content', (_name, trouble) => {
  it('takes the content back, keeps what was billed, marks it, and answers once', async () => {
    const broken = says(half.repeat(4), { usage, usageAt: 'both', ...trouble });
    const { sessionId, state } = await bench.done('fallback', [broken, says('The whole answer.', { usage })]);
    const rows = await bench.rows(sessionId);
    expect(lines(state).slice(1)).toEqual(['message: The whole answer.']);
    expect(rows.filter(({ kind }) => kind === 'item.deleted')).toHaveLength(1);
    const billed = rows.flatMap((row) => (row.kind === 'usage.recorded' ? [row.data] : []));
    expect(billed).toHaveLength(2);
    expect(billed[0]).toMatchObject({ inputTokens: 400, final: false });
    expect(state.discarded).toMatchObject([{ attemptId: billed[0]?.attemptId, reason: 'broken_off' }]);
    expect(state.status).toBe('idle');
  });
});

it('A3: calls of an answer that broke off never run, and the same call of the next answer does', async () => {
  const call = {
    toolCall: { name: 'run_command', id: 'call_0', input: { command: 'echo ran >> ran.txt', shell: true } },
  };
  const { state } = await bench.done('compatible', [
    { parts: [call, { text: half }], breakAfter: 'end' },
    { parts: [call] },
    says('Done.'),
  ]);
  expect(itemsOf(state).filter(({ type }) => type === 'tool_result')).toMatchObject([{ status: 'ok' }]);
  expect(itemsOf(state).filter(({ type }) => type === 'tool_call')).toHaveLength(1);
});

it('A3: a model that always breaks off is given up, and with it the turn', async () => {
  const broken = says(half, { breakAfter: 1 });
  const { state, turnId } = await bench.done('compatible', [broken, broken, broken, broken, says('too late')]);
  expect(outcomeOf(state, turnId)).toBe('failed');
  expect(itemsOf(state).slice(1)).toMatchObject([{ type: 'error' }]);
}, 30_000);

it('A3: a bad request fails the turn with the provider’s words, and is not repeated', async () => {
  const fail = { status: 400, message: 'a tool has no name' };
  const { state, turnId } = await bench.done('fallback', [{ fail }, says('never')]);
  expect(outcomeOf(state, turnId)).toBe('failed');
  expect(lines(state).at(-1)).toMatch(/^error: .*a tool has no name/);
});
