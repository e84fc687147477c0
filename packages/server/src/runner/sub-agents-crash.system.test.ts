/** Sub-agents whose server dies, or cannot store what they say: settled from below, nothing run twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState } from '@taffrail/session';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, lines, outcomeOf, says, shell } from './runner-for-tests.js';
import { begun, gated, parent, questionsOf, results } from './sub-agents-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

describe('B-beyond: a server that dies', () => {
  it('in the middle of sub-agents ends all of their turns as interrupted, and the parent can be gone on with', async () => {
    const tasks = [v7(), v7()];
    const [first = '', second = ''] = tasks;
    bench.models.script(first, [shell('echo begun >> begun.txt'), gated('word '.repeat(20), first)]);
    bench.models.script(second, [gated('word '.repeat(20), second)]);
    const { sessionId, turnId, prompt } = await parent(bench, 'anthropic', ...tasks);
    const children = await begun(bench, sessionId, 2);
    const hasSaid = (state: SessionState) => lines(state).at(-1)?.startsWith('message: word') ?? false;
    await Promise.all(children.map((id) => bench.until(id, hasSaid)));
    await bench.newRunner().recover();
    const state = await bench.state(sessionId);
    expect([state.status, outcomeOf(state, turnId)]).toEqual(['interrupted', 'interrupted']);
    expect(results(state)).toMatchObject(
      children.map((childSessionId) => ({
        status: 'interrupted',
        childSessionId,
        text: expect.stringMatching(/^The sub-agent was interrupted.*word word/s),
      })),
    );
    for (const id of children) {
      const child = await bench.state(id);
      expect([...child.turns.values()].map(({ outcome }) => outcome)).toEqual(['interrupted']);
      expect(child.openSpans.size).toBe(0);
    }
    for (const task of tasks) bench.models.gate(task).open();
    const again = await bench.ask(sessionId, 'Go on where you stopped.');
    expect(lines(await bench.ended(sessionId, again)).at(-1)).toBe('message: All is done.');
    expect(bench.models.served.filter(({ conversation }) => conversation === prompt)).toHaveLength(2);
    expect(readFileSync(join(bench.project, 'begun.txt'), 'utf8')).toBe('begun\n');
  });

  it.each([
    ['is stopped in good order', async () => bench.runner.stop()],
    ['is killed', async () => undefined],
  ])(
    'while a sub-agent asks, and %s: the question is still open, and its answer lets both go on',
    async (name, end) => {
      const [asking, working] = [`asks ${v7()}`, `works ${v7()}`];
      bench.models.script(asking, [shell(`echo survived >> '${name}.txt'`), says('It was allowed.')]);
      bench.models.script(working, [gated('word '.repeat(20), working)]);
      const { sessionId, turnId } = await parent(bench, 'asking', asking, working);
      await bench.models.gate(working).reached;
      const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
      await end();
      await bench.newRunner().recover();
      bench.models.gate(working).open();
      const open = await bench.state(sessionId);
      expect([open.status, ...open.permissions.keys()]).toEqual(['waiting', ...asked.permissions.keys()]);
      await bench.runner.answer(sessionId, [...open.permissions.keys()][0] ?? '', 'allow');
      const state = await bench.ended(sessionId, turnId);
      expect(outcomeOf(state, turnId)).toBe('complete');
      expect(results(state)).toMatchObject([
        { status: 'ok', text: 'It was allowed.' },
        { status: 'interrupted', text: expect.stringMatching(/It had said|Nothing of it was run again/) },
      ]);
      expect(readFileSync(join(bench.project, `${name}.txt`), 'utf8')).toBe('survived\n');
      expect(bench.models.served.filter(({ conversation }) => conversation === working)).toHaveLength(1);
    },
  );
});

it('B-beyond: what a sub-agent has said is told, though its parent could not store it before it died', async () => {
  const task = v7();
  bench.models.script(task, [says('It is in line one.')]);
  const isResult = (row: { kind: string; data?: unknown }) =>
    row.kind === 'item.recorded' && JSON.stringify(row.data).includes('It is in line one.');
  bench.newRunner(
    bench.watched(({ appends }) => {
      if (appends.some(({ rows }) => rows.some((row) => isResult(row) && row.key.startsWith('result:'))))
        throw new Error('database or disk is full');
    }),
  );
  const { sessionId, turnId } = await parent(bench, 'anthropic', task);
  await expect.poll(async () => bench.runner.running(sessionId), { timeout: 10_000 }).toBeNull();
  await bench.newRunner().recover();
  const state = await bench.state(sessionId);
  expect(outcomeOf(state, turnId)).toMatch(/failed|interrupted/);
  expect(results(state)).toMatchObject([{ status: 'ok', text: 'It is in line one.' }]);
  expect(bench.models.served.filter(({ conversation }) => conversation === task)).toHaveLength(1);
});

it('E4: a question and its answer are stored with the sub-agent’s and the parent’s log, or with neither', async () => {
  const task = v7();
  bench.models.script(task, [shell('echo together'), says('Done.')]);
  const batches: [string, string[]][] = [];
  bench.newRunner(
    bench.watched(({ appends }) => {
      for (const kind of ['permission.asked', 'permission.answered']) {
        const ids = appends.flatMap(({ sessionId, rows }) =>
          rows.some((row) => row.kind === kind) ? [sessionId] : [],
        );
        if (ids.length > 0) batches.push([kind, ids.sort()]);
      }
    }),
  );
  const { sessionId, turnId } = await parent(bench, 'asking', task);
  const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
  const [question] = questionsOf(asked);
  await bench.runner.answer(sessionId, question?.permissionId ?? '', 'allow');
  await bench.ended(sessionId, turnId);
  const both = [sessionId, question?.childSessionId ?? ''].sort();
  expect(batches).toEqual([
    ['permission.asked', both],
    ['permission.answered', both],
  ]);
});
