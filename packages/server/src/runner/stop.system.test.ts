/** Stopping a turn, wherever it is, and asking a person before a call runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const results = (state: Parameters<typeof itemsOf>[0]) => itemsOf(state).filter(({ type }) => type === 'tool_result');

describe('a stop', () => {
  it('B1: in the middle of a text keeps the text so far and the usage that is known', async () => {
    const usage = { inputTokens: 700, outputTokens: 90, cacheReadTokens: 500 };
    bench.models.script('stop the text', [says('word '.repeat(60), { usage, gates: [{ at: 3, name: 'three' }] })]);
    const sessionId = await bench.session();
    const turnId = await bench.ask(sessionId, 'stop the text');
    await bench.models.gate('three').reached;
    await bench.until(sessionId, (state) => lines(state).at(-1)?.startsWith('message: word') ?? false);
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect([state.status, outcomeOf(state, turnId)]).toEqual(['idle', 'cancelled']);
    expect(itemsOf(state).at(-1)).toEqual({
      type: 'message',
      role: 'assistant',
      author: 'model',
      text: expect.any(String),
    });
    expect('word '.repeat(60)).toContain(itemsOf(state).at(-1)?.text);
    expect(state.totals).toMatchObject({ requests: 1, inputTokens: 700, cacheReadTokens: 500, outputTokens: null });
    expect(state.openSpans.size).toBe(0);
    await bench.models.waitFor((served) => served.at(-1)?.outcome === 'aborted by client');
  });

  it('A7: before any content keeps the input that was told', async () => {
    bench.models.script('stop at once', [
      says('never', { usage: { inputTokens: 33, outputTokens: 1 }, gates: [{ at: 'start', name: 'begun' }] }),
    ]);
    const sessionId = await bench.session();
    await bench.ask(sessionId, 'stop at once');
    await bench.models.gate('begun').reached;
    // The opening event is on its way: what was not read when the turn stops is not known.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect(state.totals).toMatchObject({ inputTokens: 33, outputTokens: null });
    expect(lines(state)).toEqual(['message: stop at once']);
  });

  it('E1: of a command ends it, and the calls after it say that they did not run', async () => {
    bench.models.script('stop the tool', [
      { parts: [...(shell('echo begun; sleep 60').parts ?? []), ...(shell('echo two > two.txt').parts ?? [])] },
      says('never'),
    ]);
    const sessionId = await bench.session();
    const turnId = await bench.ask(sessionId, 'stop the tool');
    await bench.until(sessionId, (state) => results(state).some(({ text }) => text.includes('begun')));
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect([state.status, outcomeOf(state, turnId)]).toEqual(['idle', 'cancelled']);
    expect(results(state)).toMatchObject([
      { status: 'interrupted', text: expect.stringContaining('begun') },
      { status: 'interrupted', text: expect.stringMatching(/^Not run: the turn was stopped/) },
    ]);
    expect(existsSync(join(bench.project, 'two.txt'))).toBe(false);
  });

  it('E4: at a question closes it, and nothing runs', async () => {
    bench.models.script('stop the question', [shell('echo asked > asked.txt'), says('never')]);
    const sessionId = await bench.session('asking');
    const turnId = await bench.ask(sessionId, 'stop the question');
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect([state.status, state.permissions.size, outcomeOf(state, turnId)]).toEqual(['idle', 0, 'cancelled']);
    expect(existsSync(join(bench.project, 'asked.txt'))).toBe(false);
    const [permissionId = ''] = asked.permissions.keys();
    await expect(bench.runner.answer(sessionId, permissionId, 'allow')).rejects.toMatchObject({ kind: 'gone' });
  });

  it('B7: of an idle session changes nothing', async () => {
    const { sessionId, state } = await bench.done('anthropic', [says('Done.')]);
    await bench.runner.interrupt(sessionId);
    expect((await bench.state(sessionId)).head).toBe(state.head);
  });
});

describe('E4: a call that is asked for', () => {
  it('runs when it is allowed, and the second answer is told that it came too late', async () => {
    bench.models.script('may I once', [shell('echo once >> once.txt'), says('Done.')]);
    const sessionId = await bench.session('asking');
    const turnId = await bench.ask(sessionId, 'may I once');
    const { permissions } = await bench.until(sessionId, ({ status }) => status === 'waiting');
    const [question] = permissions.values();
    expect(question).toMatchObject({ tool: 'run_command', subject: 'sh: echo once >> once.txt' });
    const answers = ['allow', 'deny'].map((decision) =>
      bench.runner.answer(sessionId, question?.permissionId ?? '', decision as 'allow' | 'deny'),
    );
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const state = await bench.ended(sessionId, turnId);
    expect(results(state)).toMatchObject([{ status: 'ok' }]);
    expect(readFileSync(join(bench.project, 'once.txt'), 'utf8')).toBe('once\n');
  });

  it('is not asked for again when it was allowed for always, but another one is', async () => {
    const again = shell('echo always >> always.txt');
    bench.models.script('may I always', [again, again, shell('echo other'), says('Done.')]);
    const sessionId = await bench.session('asking');
    const turnId = await bench.ask(sessionId, 'may I always');
    const first = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.answer(sessionId, [...first.permissions.keys()][0] ?? '', 'always');
    const other = await bench.until(sessionId, ({ permissions }) =>
      [...permissions.values()].some(({ subject }) => subject === 'sh: echo other'),
    );
    expect(readFileSync(join(bench.project, 'always.txt'), 'utf8')).toBe('always\nalways\n');
    await bench.runner.answer(sessionId, [...other.permissions.keys()][0] ?? '', 'deny');
    const state = await bench.ended(sessionId, turnId);
    expect(
      results(state)
        .map(({ text }) => text)
        .at(-1),
    ).toMatch(/person said no/);
    expect(outcomeOf(state, turnId)).toBe('complete');
  });

  it.each([
    ['stops with the server', async () => bench.runner.stop()],
    ['is dropped where its server is killed', async () => undefined],
  ])('waits on where its turn %s, and runs exactly once when a new server is told yes', async (name, end) => {
    bench.models.script(`restart: ${name}`, [
      shell('echo restarted >> restarted.txt; wc -l < restarted.txt'),
      says('Done.'),
    ]);
    const sessionId = await bench.session('asking');
    const turnId = await bench.ask(sessionId, `restart: ${name}`);
    const { permissions } = await bench.until(sessionId, ({ status }) => status === 'waiting');
    await end();
    await bench.newRunner().recover();
    const open = await bench.state(sessionId);
    expect([...open.permissions.keys()]).toEqual([...permissions.keys()]);
    const before = existsSync(join(bench.project, 'restarted.txt'))
      ? readFileSync(join(bench.project, 'restarted.txt'), 'utf8')
      : '';
    await bench.runner.answer(sessionId, [...permissions.keys()][0] ?? '', 'allow');
    const state = await bench.ended(sessionId, turnId);
    expect(outcomeOf(state, turnId)).toBe('complete');
    expect(readFileSync(join(bench.project, 'restarted.txt'), 'utf8')).toBe(`${before}restarted\n`);
    expect(results(state)).toHaveLength(1);
  });
});
