/** Sub-agents: sessions of their own, which a call starts and waits for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, calls, lines, outcomeOf, says, secrets, shell } from './runner-for-tests.js';
import { begun, childrenOf, gated, gives, parent, questionsOf, results } from './sub-agents-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

describe('E5: a sub-agent', () => {
  it('works in a session of its own, which knows its parent, and its last word is the result', async () => {
    const task = `${v7()}: find the bug`;
    bench.file('bug.txt', 'here\n');
    bench.models.script(task, [
      { parts: [{ text: 'I look.' }, { toolCall: { name: 'read', input: { path: 'bug.txt' } } }] },
      says('It is in line one.'),
    ]);
    const { sessionId, turnId, prompt } = await parent(bench, 'anthropic', { task, title: 'Find it' });
    const state = await bench.ended(sessionId, turnId);
    expect(lines(state).slice(-2)).toEqual(['tool_result: It is in line one.', 'message: All is done.']);
    const [childId = ''] = childrenOf(state);
    const child = await bench.state(childId);
    expect(child.description).toMatchObject({ parentId: sessionId, title: 'Find it', cwd: bench.project });
    expect([child.status, lines(child).at(-1)]).toEqual(['idle', 'message: It is in line one.']);
    const row = await bench.store.queries
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', childId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ parent_id: sessionId, origin: 'live', open: 0, agent: 'taffrail' });
    const spans = (await bench.rows(sessionId)).filter(({ kind }) => kind === 'span.started');
    expect(spans.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ kind: 'agent', name: 'agent', parentId: turnId, childSessionId: childId }),
    );
    const sent = bench.models.served.filter(({ conversation }) => conversation === prompt).at(-1);
    expect(JSON.stringify(sent?.body)).toContain('It is in line one.');
    expect(JSON.stringify(sent?.body)).not.toContain('I look.');
  });

  it('rule 15: counts what it used as its own, and its parent as its own', async () => {
    const task = v7();
    bench.models.script(task, [says('Done.', { usage: { inputTokens: 900, outputTokens: 11 } })]);
    const { sessionId, turnId, prompt } = await parent(bench, 'anthropic', task);
    const state = await bench.ended(sessionId, turnId);
    const child = await bench.state(childrenOf(state)[0] ?? '');
    for (const [own, name] of [
      [state.totals, prompt],
      [child.totals, task],
    ] as const) {
      const { requests, inputTokens, outputTokens } = bench.models.totals(name);
      expect(own).toMatchObject({ requests, inputTokens, outputTokens });
    }
    expect(child.totals?.inputTokens).toBe(900);
  });

  it('works at the same time as its neighbours, and their results stand in the order of their calls', async () => {
    const tasks = ['one', 'two', 'three'].map((name) => `${name} ${v7()}`);
    for (const task of tasks) bench.models.script(task, [gated(`done ${task}`, task)]);
    const { sessionId, turnId, prompt } = await parent(bench, 'anthropic', ...tasks);
    await Promise.all(tasks.map((task) => bench.models.gate(task).reached));
    expect((await bench.state(sessionId)).status).toBe('running');
    for (const task of tasks.toReversed()) {
      bench.models.gate(task).open();
      await bench.until(sessionId, (state) => results(state).some(({ text }) => text === `done ${task}`));
    }
    const state = await bench.ended(sessionId, turnId);
    expect(results(state).map(({ text }) => text)).toEqual(tasks.map((task) => `done ${task}`));
    const sent = JSON.stringify(bench.models.served.findLast(({ conversation }) => conversation === prompt)?.body);
    const places = tasks.map((task) => sent.indexOf(`done ${task}`));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it('that fails is told as failed, with its reason, and the others are not harmed', async () => {
    const [good, bad] = [v7(), v7()];
    bench.models.script(good, [says('Good.')]);
    bench.models.script(bad, [{ fail: { status: 400, message: 'no such thing' } }]);
    const { sessionId, turnId } = await parent(bench, 'anthropic', bad, good);
    const state = await bench.ended(sessionId, turnId);
    expect(results(state)).toMatchObject([
      { status: 'error', text: expect.stringMatching(/^The sub-agent failed: .*no such thing/) },
      { status: 'ok', text: 'Good.' },
    ]);
    expect(outcomeOf(state, turnId)).toBe('complete');
  });

  it('A3: that waits for a key goes on by itself, and its parent waits for it without an end', async () => {
    const task = v7();
    bench.models.script(task, [says('Here I am.')]);
    const prompt = v7();
    const lift: (() => void)[] = [];
    bench.models.script(prompt, [
      () => {
        lift.push(bench.models.limit(secrets.first, { status: 429, headers: { 'retry-after': '1' } }));
        return gives(task);
      },
      says('All is done.'),
    ]);
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, prompt);
    const [childId = ''] = await begun(bench, sessionId, 1);
    await bench.until(childId, ({ status }) => status === 'waiting');
    expect(await bench.state(sessionId)).toMatchObject({ status: 'running', waiting: null });
    lift[0]?.();
    expect(results(await bench.ended(sessionId, turnId))).toMatchObject([{ status: 'ok', text: 'Here I am.' }]);
  });

  it('may start sub-agents, and those may start none', async () => {
    const [child, grandchild, last] = [v7(), v7(), v7()];
    bench.models.script(child, [gives(grandchild), says('Child.')]);
    bench.models.script(grandchild, [gives(last), says('Grandchild.')]);
    const { sessionId, turnId } = await parent(bench, 'anthropic', child);
    const state = await bench.ended(sessionId, turnId);
    const below = await bench.state(childrenOf(state)[0] ?? '');
    const lowest = await bench.state(childrenOf(below)[0] ?? '');
    expect(results(lowest)).toMatchObject([{ status: 'error', text: expect.stringMatching(/no tool called agent/) }]);
    expect(bench.models.served.some(({ conversation }) => conversation === last)).toBe(false);
    const offered = (name: string) =>
      JSON.stringify(bench.models.served.find(({ conversation }) => conversation === name)?.body?.['tools']);
    expect([child, grandchild].map((name) => offered(name).includes('"agent"'))).toEqual([true, false]);
  });

  it('works by another agent where one is named, with that agent’s model', async () => {
    const [named, unknown] = [v7(), v7()];
    bench.models.script(named, [says('By another.')]);
    const { sessionId, turnId } = await parent(
      bench,
      'anthropic',
      { task: named, agent: 'openai' },
      { task: unknown, agent: 'nobody' },
    );
    const state = await bench.ended(sessionId, turnId);
    expect(results(state)).toMatchObject([
      { text: 'By another.' },
      { status: 'error', text: expect.stringMatching(/agent/) },
    ]);
    expect(bench.models.served.find(({ conversation }) => conversation === named)).toMatchObject({
      format: 'responses',
      model: 'model-of-openai',
    });
  });
});

describe('E4: what a sub-agent may do', () => {
  it.each([
    ['denying', 'anthropic', /permissions deny run_command/],
    ['looking', 'anthropic', /no tool called run_command/],
  ])('is never more than its parent may (%s starts %s)', async (above, agent, refusal) => {
    const task = v7();
    bench.models.script(task, [shell('echo wide > wide.txt'), says('Done.')]);
    const { sessionId, turnId } = await parent(bench, above, { task, agent });
    const child = await bench.state(childrenOf(await bench.ended(sessionId, turnId))[0] ?? '');
    expect(results(child)).toMatchObject([{ status: 'error', text: expect.stringMatching(refusal) }]);
  });

  it('is asked for in its parent, which waits until the last question is answered in either of them', async () => {
    const tasks = ['left', 'right'].map((name) => `${name} ${v7()}`);
    for (const task of tasks) {
      const name = task.slice(0, 4).trim();
      bench.models.script(task, [shell(`echo ${name} >> asked-${name}.txt`), says(`${name} is done.`)]);
    }
    const { sessionId, turnId } = await parent(bench, 'asking', ...tasks);
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 2);
    const children = childrenOf(asked);
    expect(asked.status).toBe('waiting');
    const [left, right] = questionsOf(asked).toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
    expect([left, right]).toMatchObject([
      { tool: 'run_command', subject: 'sh: echo left >> asked-left.txt', childSessionId: children[0] },
      { childSessionId: children[1] },
    ]);
    expect(
      questionsOf(asked)
        .map(({ callId }) => callId)
        .sort(),
    ).toEqual(
      results(asked)
        .map(({ callId }) => callId)
        .sort(),
    );
    await bench.runner.answer(sessionId, left?.permissionId ?? '', 'allow');
    const one = await bench.until(children[0] ?? '', ({ status }) => status === 'idle');
    expect(results(one)).toMatchObject([{ status: 'ok' }]);
    expect(await bench.state(sessionId)).toMatchObject({ status: 'waiting' });
    await bench.runner.answer(children[1] ?? '', right?.permissionId ?? '', 'deny');
    const state = await bench.ended(sessionId, turnId);
    expect(results(state).map(({ text }) => text)).toEqual(['left is done.', 'righ is done.']);
    const late = bench.runner.answer(sessionId, left?.permissionId ?? '', 'allow');
    await expect(late).rejects.toMatchObject({ kind: 'gone' });
  });

  it('is allowed for all of the family when it is allowed for always', async () => {
    const tasks = [v7(), v7()];
    const again = shell('echo family >> family.txt');
    for (const task of tasks) bench.models.script(task, [again, says('Done.')]);
    const prompt = v7();
    bench.models.script(prompt, [gives(tasks[0] ?? ''), gives(tasks[1] ?? ''), again, says('All is done.')]);
    const sessionId = await bench.session('asking');
    const turnId = await bench.ask(sessionId, prompt);
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.answer(sessionId, questionsOf(asked)[0]?.permissionId ?? '', 'always');
    expect(outcomeOf(await bench.ended(sessionId, turnId), turnId)).toBe('complete');
    expect(readFileSync(join(bench.project, 'family.txt'), 'utf8')).toBe('family\n'.repeat(3));
    expect((await bench.rows(sessionId)).filter(({ kind }) => kind === 'permission.asked')).toHaveLength(1);
  });

  it('is asked for from two levels above, and answered there', async () => {
    const [child, grandchild] = [v7(), v7()];
    bench.models.script(child, [gives(grandchild), says('Child.')]);
    bench.models.script(grandchild, [shell('echo deep > deep.txt'), says('Grandchild.')]);
    const { sessionId, turnId } = await parent(bench, 'asking', child);
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    const between = await bench.state(childrenOf(asked)[0] ?? '');
    expect(questionsOf(asked)).toMatchObject([{ childSessionId: childrenOf(between)[0] }]);
    await bench.runner.answer(sessionId, questionsOf(asked)[0]?.permissionId ?? '', 'allow');
    await bench.ended(sessionId, turnId);
    expect(readFileSync(join(bench.project, 'deep.txt'), 'utf8')).toBe('deep\n');
    expect(await bench.state(childrenOf(asked)[0] ?? '')).toMatchObject({ status: 'idle', permissions: new Map() });
  });
});

it('E3: the check runs once all sub-agents are done, and what it says is the parent’s to mend', async () => {
  bench.file('check.sh', 'echo checked >> checks.txt\n');
  const tasks = [v7(), v7()];
  for (const [index, task] of tasks.entries())
    bench.models.script(task, [calls('write', { path: `made-${index}.txt`, content: 'made\n' }), says('Written.')]);
  const { sessionId, turnId } = await parent(bench, 'checking', ...tasks);
  await bench.ended(sessionId, turnId);
  expect(readFileSync(join(bench.project, 'checks.txt'), 'utf8')).toBe('checked\n');
});

describe('B4: stopping', () => {
  it('the parent stops its sub-agents, each with its end in its log', async () => {
    const tasks = [v7(), v7()];
    for (const task of tasks) bench.models.script(task, [gated('word '.repeat(20), task)]);
    const { sessionId, turnId } = await parent(bench, 'anthropic', ...tasks);
    const children = await begun(bench, sessionId, 2);
    await Promise.all(tasks.map((task) => bench.models.gate(task).reached));
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect(outcomeOf(state, turnId)).toBe('cancelled');
    expect(results(state).map(({ status, childSessionId }) => [status, childSessionId])).toEqual(
      children.map((id) => ['interrupted', id]),
    );
    for (const id of children) {
      const child = await bench.state(id);
      expect([...child.turns.values()].map(({ outcome }) => outcome)).toEqual(['cancelled']);
      expect([child.status, child.openSpans.size]).toEqual(['idle', 0]);
    }
    for (const task of tasks) bench.models.gate(task).open();
  });

  it('one sub-agent lets its parent and the others go on', async () => {
    const [stopped, other] = [v7(), v7()];
    bench.models.script(stopped, [gated('word '.repeat(20), stopped)]);
    bench.models.script(other, [gated('Here.', other)]);
    const { sessionId, turnId } = await parent(bench, 'anthropic', stopped, other);
    const [childId = ''] = await begun(bench, sessionId, 2);
    await bench.models.gate(stopped).reached;
    await bench.runner.interrupt(childId);
    for (const task of [stopped, other]) bench.models.gate(task).open();
    const state = await bench.ended(sessionId, turnId);
    expect(outcomeOf(state, turnId)).toBe('complete');
    expect(results(state)).toMatchObject([
      { status: 'interrupted', text: expect.stringMatching(/^The sub-agent was stopped/) },
      { status: 'ok', text: 'Here.' },
    ]);
  });

  it('for good archives the sub-agents too, and lets their questions expire', async () => {
    const task = v7();
    bench.models.script(task, [shell('echo closed > closed.txt')]);
    const { sessionId } = await parent(bench, 'asking', task);
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.close(sessionId);
    const [childId = ''] = childrenOf(asked);
    const rows = await bench.store.queries
      .selectFrom('sessions')
      .select(['open', 'status'])
      .where('id', 'in', [sessionId, childId])
      .execute();
    expect(rows).toEqual(Array(2).fill({ open: 0, status: 'archived' }));
    for (const id of [sessionId, childId]) expect((await bench.state(id)).permissions.size).toBe(0);
  });
});
