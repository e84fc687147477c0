/** H6: budgets, with the real runner: what was served tells whether a request was made. */
import { breakdownBy, Calendar, gather } from '@taffrail/store';
import type { BudgetWarning } from '@taffrail/wire';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { budgetsConfigSchema } from '../budgets/budget-config.js';
import { Budgets } from '../budgets/budgets.js';
import { Bench, calls, itemsOf, lines, outcomeOf, says } from './runner-for-tests.js';
import { childrenOf, gives } from './sub-agents-for-tests.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

type Set = Parameters<typeof budgetsConfigSchema.parse>[0];
const set = (budgets: Set) => {
  bench.budgets = budgetsConfigSchema.parse(budgets);
};
const used = (inputTokens: number, outputTokens = 0) => ({ usage: { inputTokens, outputTokens } });
const lists = (inputTokens: number) => calls('list', {}, used(inputTokens));
const servedTo = (prompt: string) => bench.models.served.filter(({ conversation }) => conversation === prompt).length;
const warnings = async (sessionId: string): Promise<BudgetWarning[]> =>
  (await bench.rows(sessionId)).flatMap((row) => (row.kind === 'budget.warned' ? [row.data] : []));

/** One more turn in a session, answered by what its script says next; resolves with how the session stands at its end. */
async function another(sessionId: string) {
  const turnId = await bench.ask(sessionId, 'Go on.');
  return { turnId, state: await bench.ended(sessionId, turnId) };
}

it('H6: a budget that is misspelt is refused, not passed over', () => {
  expect(() => budgetsConfigSchema.parse({ sesion: { tokens: 1_000 } })).toThrow('sesion');
});

it('H6: an amount that no sum can be held against is refused', () => {
  for (const money of [0, -1, 1e20, Number.POSITIVE_INFINITY, Number.NaN, '5'])
    expect(() => budgetsConfigSchema.parse({ day: { money } })).toThrow();
  for (const tokens of [0, -1, 0.5, 1e20, '5']) expect(() => budgetsConfigSchema.parse({ day: { tokens } })).toThrow();
  for (const warn of [0, -1, 1.01, Number.NaN]) expect(() => budgetsConfigSchema.parse({ warn })).toThrow();
});

describe('a session’s budget', () => {
  it('H6: warns once at its share, and stops before the request after it is spent', async () => {
    set({ session: { tokens: 1_000 }, warn: 0.5 });
    const { sessionId, turnId, prompt, state } = await bench.done('anthropic', [
      lists(400),
      lists(200),
      lists(100),
      lists(400),
      says('Never asked for.'),
    ]);
    expect(servedTo(prompt)).toBe(4);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(itemsOf(state).at(-1)).toMatchObject({
      type: 'error',
      code: 'budget',
      text: expect.stringMatching(/session’s budget of 1,000 tokens is spent: 1,100 tokens so far.*session\.tokens/),
    });
    expect(await warnings(sessionId)).toEqual([
      expect.objectContaining({ scope: 'session', why: 'share', limit: 1_000, warnAt: 500, spent: 600 }),
    ]);
    expect(state.turns.get(turnId)?.reason).toContain('is spent');
  });

  it('H6: stops a turn that would go on, and goes on with it when it was raised', async () => {
    set({ session: { tokens: 100 } });
    const { sessionId, turnId, prompt } = await bench.done('anthropic', [lists(100), says('At last.')]);
    expect(servedTo(prompt)).toBe(1);
    const again = v7();
    await bench.runner.resume(sessionId, again);
    expect(outcomeOf(await bench.ended(sessionId, again), again)).toBe('failed');
    expect(servedTo(prompt)).toBe(1);
    set({ session: { tokens: 10_000 } });
    const raised = v7();
    await bench.runner.resume(sessionId, raised);
    const state = await bench.ended(sessionId, raised);
    expect(state.turns.get(raised)).toMatchObject({ resumes: again, outcome: 'complete' });
    expect(lines(state).at(-1)).toBe('message: At last.');
    expect(state.turns.get(turnId)?.outcome).toBe('failed');
  });

  it('H6: stays spent when another server takes over, which does not warn again', async () => {
    set({ session: { tokens: 1_000 } });
    const { sessionId } = await bench.done('anthropic', [
      lists(900),
      says('Near.', used(0)),
      says('Over.', used(200)),
      says('Never asked for.'),
    ]);
    expect(await warnings(sessionId)).toHaveLength(1);
    bench.newRunner();
    await another(sessionId);
    const { state, turnId } = await another(sessionId);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(await warnings(sessionId)).toHaveLength(1);
    expect(bench.models.served).toHaveLength(3);
  });

  it('H6: holds for compactions too', async () => {
    set({ session: { tokens: 100 } });
    const { sessionId } = await bench.done('anthropic', [says('Done.', used(100))]);
    const id = v7();
    await bench.runner.compact(sessionId, id);
    const state = await bench.ended(sessionId, id);
    expect(itemsOf(state).at(-1)).toMatchObject({ type: 'error', code: 'budget' });
    expect(bench.models.served).toHaveLength(1);
  });

  it('H6: counts sub-agents against the session that started them, which is warned', async () => {
    set({ session: { tokens: 1_000 }, warn: 0.5 });
    const task = v7();
    bench.models.script(task, [lists(600), says('Done.', used(500))]);
    const { sessionId, turnId, prompt, state } = await bench.done('anthropic', [
      { ...gives(task), ...used(0) },
      says('Never asked for.'),
    ]);
    const [child = ''] = childrenOf(state);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect([servedTo(task), servedTo(prompt)]).toEqual([2, 1]);
    expect(await warnings(child)).toEqual([]);
    expect(await warnings(sessionId)).toHaveLength(1);
    // A sub-agent of a spent session is not asked for either.
    const other = v7();
    set({ session: { tokens: 1 } });
    bench.models.script(other, [{ ...gives(v7()), ...used(1) }]);
    const fresh = await bench.session();
    const begun = await bench.ask(fresh, other);
    expect(outcomeOf(await bench.ended(fresh, begun), begun)).toBe('failed');
    expect(bench.models.served).toHaveLength(4);
  });

  it('H6: leaves the demo model alone, whose figures are made up', async () => {
    set({ session: { tokens: 1, money: 0.01 }, day: { tokens: 1 } });
    const sessionId = await bench.runner.create({ cwd: bench.project, model: 'demo/demo' });
    const id = await bench.ask(sessionId, 'hello');
    const state = await bench.until(sessionId, ({ totals }) => (totals?.requests ?? 0) > 1);
    await bench.runner.interrupt(sessionId);
    expect(itemsOf(state).some((item) => item.type === 'error')).toBe(false);
    expect(outcomeOf(state, id)).not.toBe('failed');
  });
});

describe('what cannot be counted', () => {
  it('H6: a model without a price is not asked under a limit of money, unless that is allowed, and then it is said', async () => {
    set({ session: { money: 5 } });
    const refused = await bench.done('openai', [says('Hello.')]);
    expect(itemsOf(refused.state).at(-1)).toMatchObject({
      code: 'budget',
      text: expect.stringContaining('model-of-openai has no known price'),
    });
    expect(bench.models.served).toHaveLength(0);
    set({ session: { money: 5 }, unpriced: 'allow' });
    const allowed = await bench.done('openai', [says('Hello.', used(10, 1))]);
    expect(outcomeOf(allowed.state, allowed.turnId)).toBe('complete');
    expect(await warnings(allowed.sessionId)).toMatchObject([
      {
        measure: 'money',
        why: 'uncounted',
        text: expect.stringContaining('does not count requests to model-of-openai'),
      },
    ]);
  });

  it('H6: a model that told no tokens is not asked a second time under a limit of tokens, unless that is allowed', async () => {
    set({ session: { tokens: 1_000 } });
    const silent = { ...calls('list', {}), usage: null };
    const { prompt, state, sessionId } = await bench.done('openai', [silent, says('Hello.', { usage: null })]);
    expect(servedTo(prompt)).toBe(1);
    expect(itemsOf(state).at(-1)).toMatchObject({
      code: 'budget',
      text: expect.stringContaining('model-of-openai did not tell how many tokens'),
    });
    set({ session: { tokens: 1_000 }, unreported: 'allow' });
    const id = v7();
    await bench.runner.resume(sessionId, id);
    expect(outcomeOf(await bench.ended(sessionId, id), id)).toBe('complete');
    expect(await warnings(sessionId)).toMatchObject([{ why: 'uncounted', spent: null, uncounted: 1 }]);
    expect((await bench.state(sessionId)).totals).toBeNull();
  });

  it('H6: a model that told no tokens is asked once more for each time that somebody resumes, and tells itself free', async () => {
    set({ session: { tokens: 1_000 }, day: { money: 5 } });
    const silent = { ...calls('list', {}), usage: null };
    const { prompt, state, sessionId } = await bench.done('anthropic', [
      silent,
      silent,
      lists(10),
      says('Heard.', used(10)),
    ]);
    expect(itemsOf(state).at(-1)).toMatchObject({
      code: 'budget',
      text: expect.stringContaining('Resume to ask it once'),
    });
    const ordered = await another(sessionId);
    expect(outcomeOf(ordered.state, ordered.turnId)).toBe('failed');
    expect(servedTo(prompt)).toBe(1);
    const resumed = async () => {
      const id = v7();
      await bench.runner.resume(sessionId, id);
      return outcomeOf(await bench.ended(sessionId, id), id);
    };
    expect(await resumed()).toBe('failed');
    expect(servedTo(prompt)).toBe(2);
    bench.newRunner();
    expect(await resumed()).toBe('complete');
    expect(servedTo(prompt)).toBe(4);
    expect(await warnings(sessionId)).toContainEqual(expect.objectContaining({ why: 'uncounted', scope: 'session' }));
    const other = await bench.done('anthropic', [says('At once.', used(10))]);
    expect(outcomeOf(other.state, other.turnId)).toBe('complete');
  });
});

describe('the budgets of a day and of a project', () => {
  const midnight = (day: string, zone: string) => new Calendar(zone).startOf(day);

  it('H6: a day ends at midnight where the server stands, and all its sessions count', async () => {
    const zone = 'America/New_York';
    bench.calendar = new Calendar(zone);
    bench.newRunner();
    set({ day: { tokens: 1_000 } });
    // The clocks go back on this day: it has 25 hours.
    const begins = midnight('2026-11-01', zone);
    const ends = midnight('2026-11-02', zone);
    expect(ends - begins).toBe(25 * 3_600_000);
    bench.now = () => begins + 60_000;
    await bench.done('anthropic', [says('Early.', used(600))]);
    bench.now = () => ends - 60_000;
    const late = await bench.done('anthropic', [says('Late.', used(500)), says('Tomorrow.', used(500))]);
    const over = await another(late.sessionId);
    expect(outcomeOf(over.state, over.turnId)).toBe('failed');
    expect(itemsOf(over.state).at(-1)?.text).toContain('Today’s budget of 1,000 tokens is spent: 1,100 tokens');
    bench.now = () => ends;
    const next = await another(late.sessionId);
    expect(outcomeOf(next.state, next.turnId)).toBe('complete');
  });

  it('H6: a project’s budget begins anew with its month, and other folders do not count', async () => {
    set({ project: { tokens: 1_000, per: 'month' } });
    const at = (text: string) => () => Date.parse(text);
    bench.now = at('2026-10-31T23:50:00Z');
    await bench.done('anthropic', [says('October.', used(5_000))]);
    bench.now = at('2026-11-01T00:10:00Z');
    const other = await bench.runner.create({ cwd: bench.folder, agent: 'anthropic' });
    bench.models.script('elsewhere', [says('Elsewhere.', used(5_000))]);
    const there = await bench.ask(other, 'elsewhere');
    expect(outcomeOf(await bench.ended(other, there), there)).toBe('complete');
    const { sessionId, turnId, state } = await bench.done('anthropic', [says('November.', used(1_000))]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    const over = await another(sessionId);
    expect(itemsOf(over.state).at(-1)?.text).toContain('The project’s budget for 2026-11 of 1,000 tokens is spent');
    set({ project: { tokens: 1_000, per: 'all' } });
    bench.now = at('2027-01-01T00:10:00Z');
    const still = await another(sessionId);
    expect(outcomeOf(still.state, still.turnId)).toBe('failed');
  });

  it('H6: warn once when they are crossed, in the session that crosses, and again only at another limit', async () => {
    set({ day: { tokens: 1_000 }, project: { tokens: 1_000, per: 'all' }, warn: 0.5 });
    const [one, other] = await Promise.all([
      bench.done('anthropic', [lists(600), says('One.', used(1))]),
      bench.done('anthropic', [lists(1), says('Other.', used(1)), says('Third.', used(1))]),
    ]);
    await another(other.sessionId);
    const said = async () => [...(await warnings(one.sessionId)), ...(await warnings(other.sessionId))];
    // Both run at once: which of them crosses which first is open.
    expect((await said()).map(({ scope, why }) => `${scope} ${why}`).toSorted()).toEqual([
      'day share',
      'project share',
    ]);
    bench.newRunner();
    const { sessionId } = await bench.done('anthropic', [says('After a restart.', used(1))]);
    expect(await warnings(sessionId)).toEqual([]);
    set({ day: { tokens: 900 }, warn: 0.5 });
    const lower = await bench.done('anthropic', [says('At a lower limit.', used(1))]);
    expect(await warnings(lower.sessionId)).toMatchObject([{ scope: 'day', limit: 900 }]);
  });

  it('H6: of two projects each has a warning of its own', async () => {
    set({ project: { tokens: 1_000, per: 'all' }, warn: 0.5 });
    const here = await bench.done('anthropic', [lists(600), says('Here.', used(1))]);
    const there = await bench.runner.create({ cwd: bench.folder, agent: 'anthropic' });
    bench.models.script('elsewhere', [lists(700), says('Elsewhere.', used(1))]);
    const turn = await bench.ask(there, 'elsewhere');
    await bench.ended(there, turn);
    expect([await warnings(here.sessionId), await warnings(there)].map((list) => list.length)).toEqual([1, 1]);
  });

  it('H6: what counts against them is what analytics counts, to the digit, in money too', async () => {
    set({ day: { money: 1, tokens: 1_000_000 }, project: { money: 1, per: 'all' } });
    const usage = { inputTokens: 1_237, outputTokens: 91, cacheReadTokens: 411, cacheWriteTokens: 33 };
    const { sessionId } = await bench.done('anthropic', [
      { ...calls('list', {}), usage },
      says('Done.', { usage: { ...usage, outputTokens: 17 } }),
    ]);
    const { store, prices, calendar } = bench;
    const budgets = new Budgets({ store, prices, config: () => bench.budgets, calendar, now: bench.now });
    const question = { queries: store.queries, gather: (filter: object) => gather(store.queries, filter) };
    const table = await breakdownBy({ ...question, prices, calendar, filter: { agents: ['taffrail'] } }, 'agent');
    const total = table.total.usage;
    const spent = (await budgets.standings(sessionId)).map((one) => [one.scope, one.measure, one.spent]);
    expect(spent).toEqual([
      ['day', 'tokens', (total?.inputTokens ?? 0) + (total?.outputTokens ?? 0)],
      ['day', 'money', total?.costMicros],
      ['project', 'money', total?.costMicros],
    ]);
    expect(total?.costMicros).toBeGreaterThan(0);
  });
});
