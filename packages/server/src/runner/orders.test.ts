/** Orders to a session: each is carried out once, however often and however close together it is given. */
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const order = (id: string, input: string, mode: 'steer' | 'queue' = 'queue') => ({ id, input, mode });

/** A session whose first answer waits at a gate. */
async function held(name: string, ...replies: ReturnType<typeof says>[]) {
  bench.models.script(name, [says('First answer.', { gates: [{ at: 'end', name }] }), ...replies]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, name);
  await bench.models.gate(name).reached;
  return { sessionId, turnId, goOn: () => bench.models.gate(name).open() };
}

describe('the same order again', () => {
  it('E5: starts one turn, also when both come at once and when one comes after a restart', async () => {
    const sessionId = await bench.session();
    const id = v7();
    const asked = [1, 2, 3].map(() => bench.runner.startTurn(sessionId, order(id, 'only once')));
    expect(await Promise.all(asked)).toMatchObject([{ turnId: id }, { turnId: id }, { turnId: id }]);
    await bench.ended(sessionId, id);
    await bench.runner.startTurn(sessionId, order(id, 'only once'));
    await bench.runner.stop();
    await bench.newRunner().startTurn(sessionId, order(id, 'only once'));
    const state = await bench.state(sessionId);
    expect(lines(state)).toEqual(['message: only once', 'message: echo: only once']);
    expect([state.turns.size, state.queue.size, state.status]).toEqual([1, 0, 'idle']);
  });

  it('E5: waits once in the queue, and does not come back when it was taken out', async () => {
    const { sessionId, turnId, goOn } = await held('queue twice', says('Not this.'));
    const id = v7();
    await Promise.all([1, 2].map(() => bench.runner.startTurn(sessionId, order(id, 'I wait'))));
    expect([...(await bench.state(sessionId)).queue.keys()]).toEqual([id]);
    await bench.runner.dropInput(sessionId, id);
    await expect(bench.runner.dropInput(sessionId, id)).rejects.toMatchObject({ kind: 'gone' });
    goOn();
    await bench.ended(sessionId, turnId);
    await bench.runner.startTurn(sessionId, order(id, 'I wait'));
    const state = await bench.state(sessionId);
    expect([state.turns.size, state.queue.size]).toEqual([1, 0]);
  });

  it('E4: a fork keeps the agent that ran its parent, with what that one may do, and its effort', async () => {
    const sessionId = await bench.runner.create({ cwd: bench.project, agent: 'anthropic', effort: 'low' });
    const forkId = await bench.runner.fork(sessionId, {});
    const { profile, effort } = (await bench.state(forkId)).description;
    expect([profile, effort]).toEqual(['anthropic', 'low']);
  });

  it('B6: makes one session', async () => {
    const id = v7();
    const create = () => bench.runner.create({ id, cwd: bench.project });
    await Promise.all([create(), create()]);
    await create();
    expect((await bench.rows(id)).map(({ kind }) => kind)).toEqual(['session.described']);
  });
});

describe('what is said while a turn runs', () => {
  it('E5: is told at the next step of the turn when it steers', async () => {
    const { sessionId, turnId, goOn } = await held('steer me', says('As you say.'));
    expect(await bench.runner.startTurn(sessionId, order(v7(), 'go left', 'steer'))).toEqual({ turnId, queued: true });
    goOn();
    const state = await bench.ended(sessionId, turnId);
    expect(lines(state)).toEqual([
      'message: steer me',
      'message: First answer.',
      'message: go left',
      'message: As you say.',
    ]);
    expect([state.turns.size, state.queue.size]).toEqual([1, 0]);
  });

  it('E5: steers in the middle of calls, after the results', async () => {
    bench.models.script('steer calls', [shell('echo ready; sleep 1'), says('Turned.')]);
    const sessionId = await bench.session();
    const turnId = await bench.ask(sessionId, 'steer calls');
    await bench.until(sessionId, (state) => lines(state).at(-1) === 'tool_result: ready\n');
    await bench.ask(sessionId, 'turn round', 'steer');
    const state = await bench.ended(sessionId, turnId);
    expect(itemsOf(state).map(({ type }) => type)).toEqual([
      'message',
      'tool_call',
      'tool_result',
      'message',
      'message',
    ]);
    expect(lines(state).slice(-2)).toEqual(['message: turn round', 'message: Turned.']);
  });

  it('E5: runs as turns of its own, in the order it came, when it is queued', async () => {
    const { sessionId, goOn } = await held('queue two', says('To one.'), says('To two.'));
    const one = await bench.ask(sessionId, 'one');
    const two = await bench.ask(sessionId, 'two');
    goOn();
    const state = await bench.ended(sessionId, two);
    expect(lines(state).slice(2)).toEqual(['message: one', 'message: To one.', 'message: two', 'message: To two.']);
    expect([outcomeOf(state, one), outcomeOf(state, two)]).toEqual(['complete', 'complete']);
  });

  it('E5: waits after a stop until somebody gives an order', async () => {
    const { sessionId, goOn } = await held('stop and wait', says('Again.'), says('And the rest.'));
    const queued = await bench.ask(sessionId, 'later');
    await bench.runner.interrupt(sessionId);
    goOn();
    expect([...(await bench.state(sessionId)).queue.keys()]).toEqual([queued]);
    await bench.ask(sessionId, 'now');
    const state = await bench.ended(sessionId, queued);
    expect(lines(state).slice(-4)).toEqual([
      'message: now',
      'message: Again.',
      'message: later',
      'message: And the rest.',
    ]);
  });
});

const rewind = async (sessionId: string, turnId: string) => (await bench.runner.files(sessionId)).rewind(turnId, false);

describe('orders that cannot be carried out', () => {
  it.each([
    ['a folder that is not there', () => bench.runner.create({ cwd: '/no/such/folder' }), 'refused'],
    ['a relative folder', () => bench.runner.create({ cwd: 'here' }), 'refused'],
    ['an agent that is not there', () => bench.runner.create({ cwd: bench.project, agent: 'nobody' }), 'refused'],
    ['an input that asks nothing', async () => bench.ask(await bench.session(), ' \n'), 'refused'],
    ['a session that is not there', () => bench.ask('no-such-session', 'hello'), 'unknown'],
    ['an input that does not wait', async () => bench.runner.dropInput(await bench.session(), 'x'), 'gone'],
    ['a question that is not open', async () => bench.runner.answer(await bench.session(), 'x', 'allow'), 'gone'],
    ['a turn that is not there', async () => rewind(await bench.session(), 'x'), 'unknown'],
  ])('B6: %s: says so', async (_name, give, kind) => {
    await expect(give()).rejects.toMatchObject({ kind });
  });

  it('D5: a rewind while a turn runs is refused; afterwards what came later is no longer told', async () => {
    const { sessionId, turnId, goOn } = await held('rewind me', says('Second answer.'), says('Third answer.'));
    await expect(rewind(sessionId, turnId)).rejects.toMatchObject({ kind: 'busy' });
    goOn();
    await bench.ended(sessionId, turnId);
    const second = await bench.ask(sessionId, 'forget this');
    await bench.ended(sessionId, second);
    await rewind(sessionId, second);
    const third = await bench.ask(sessionId, 'go on');
    expect(lines(await bench.ended(sessionId, third)).slice(2)).toEqual(['message: go on', 'message: Third answer.']);
    expect(JSON.stringify(bench.models.served.at(-1)?.body)).not.toContain('forget this');
  });

  it('B4: closing stops the turn and takes the session from the workbench; it can be opened again', async () => {
    const { sessionId, turnId, goOn } = await held('close me');
    await bench.runner.close(sessionId);
    goOn();
    expect(outcomeOf(await bench.state(sessionId), turnId)).toBe('cancelled');
    const isOpen = () =>
      bench.store.queries.selectFrom('sessions').select('open').where('id', '=', sessionId).executeTakeFirst();
    expect(await isOpen()).toEqual({ open: 0 });
    await bench.runner.reopen(sessionId);
    expect(await isOpen()).toEqual({ open: 1 });
  });
});

it('B4: an order to a session that was closed opens it again, for nothing runs unseen', async () => {
  const { sessionId } = await bench.done('anthropic', [says('Before.'), says('After.')]);
  const isOpen = async () => {
    const { queries } = bench.store;
    return (await queries.selectFrom('sessions').select('open').where('id', '=', sessionId).executeTakeFirst())?.open;
  };
  await bench.runner.close(sessionId);
  expect(await isOpen()).toBe(0);
  await expect(bench.runner.startTurn(sessionId, { id: v7(), input: ' ', mode: 'queue' })).rejects.toThrow('Nothing');
  expect(await isOpen()).toBe(0);
  await bench.ended(sessionId, await bench.ask(sessionId, 'and after'));
  expect(await isOpen()).toBe(1);
});
