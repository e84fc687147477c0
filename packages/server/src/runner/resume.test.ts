/** Going on with a turn that was cut off: nothing is asked anew, nothing is done twice. */
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

it('B-beyond: an interrupted turn is resumed by a turn that names it, with all that it had done', async () => {
  bench.models.script('cut off', [
    shell('echo begun; sleep 30'),
    ({ toolResults }) => says(`I see: ${toolResults.at(-1)?.text.includes('was not run again') ?? false}`),
  ]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'cut off');
  await bench.until(sessionId, (state) => lines(state).at(-1) === 'tool_result: begun\n');
  await bench.newRunner().recover();
  const id = v7();
  const orders = [1, 2].map(() => bench.runner.resume(sessionId, id));
  expect(await Promise.all(orders)).toMatchObject([{ turnId: id }, { turnId: id }]);
  const state = await bench.ended(sessionId, id);
  expect(state.turns.get(id)).toMatchObject({ resumes: turnId, outcome: 'complete' });
  expect(lines(state).at(-1)).toBe('message: I see: true');
  expect(itemsOf(state).filter((item) => item.type === 'message' && item.author === 'human')).toHaveLength(1);
  await bench.runner.resume(sessionId, id);
  expect((await bench.state(sessionId)).turns.size).toBe(2);
});

it('B-beyond: text that broke off is gone on with', async () => {
  bench.models.script('half a text', [
    says('word '.repeat(60), { gates: [{ at: 3, name: 'half' }] }),
    says('The rest.'),
  ]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'half a text');
  await bench.models.gate('half').reached;
  await bench.until(sessionId, (state) => lines(state).at(-1)?.startsWith('message: word') ?? false);
  await bench.runner.interrupt(sessionId);
  expect(outcomeOf(await bench.state(sessionId), turnId)).toBe('cancelled');
  const id = v7();
  await bench.runner.resume(sessionId, id);
  expect(lines(await bench.ended(sessionId, id)).at(-1)).toBe('message: The rest.');
  expect(JSON.stringify(bench.models.served.at(-1)?.body)).toMatch(/word word.*Go on where you stopped/);
  bench.models.gate('half').open();
});

it('B-beyond: there is nothing to resume in a finished turn, nor while one runs', async () => {
  const { sessionId } = await bench.done('anthropic', [says('Finished.')]);
  await expect(bench.runner.resume(sessionId, v7())).rejects.toMatchObject({ kind: 'gone' });
  bench.models.script('still running', [says('word', { gates: [{ at: 'end', name: 'running' }] })]);
  const running = await bench.session();
  const turnId = await bench.ask(running, 'still running');
  await bench.models.gate('running').reached;
  await expect(bench.runner.resume(running, v7())).rejects.toMatchObject({ kind: 'busy' });
  bench.models.gate('running').open();
  await bench.ended(running, turnId);
});
