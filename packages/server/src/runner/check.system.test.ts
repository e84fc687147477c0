/** E3: the project's check after a turn that changed files. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, calls, itemsOf, lines, outcomeOf, says } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
  bench.file('check.sh', 'grep -q right answer.txt || { echo "answer.txt is wrong" >&2; exit 1; }\n');
});
afterAll(() => bench.close());

let files = 0;
const writes = (content: string) => calls('write', { path: `new-${files++}.txt`, content });
const told = (state: Parameters<typeof itemsOf>[0]) =>
  itemsOf(state).flatMap((item) => (item.type === 'message' && item.author === 'harness' ? [item.text] : []));

it('E3: what a failed check says is the next thing that the agent is told, and it goes on', async () => {
  bench.file('answer.txt', 'wrong');
  const { sessionId, state, turnId } = await bench.done('checking', [
    writes('one'),
    says('I think that is it.'),
    () => {
      bench.file('answer.txt', 'right');
      return writes('two');
    },
    says('Now it is.'),
  ]);
  expect(told(state)).toEqual([
    expect.stringMatching(/check `sh check\.sh` failed \(1 of 3\):.*answer\.txt is wrong/s),
  ]);
  expect(outcomeOf(state, turnId)).toBe('complete');
  expect(lines(state).at(-1)).toBe('message: Now it is.');
  const spans = (await bench.rows(sessionId)).flatMap((row) =>
    row.kind === 'span.started' && row.data.kind === 'check' ? [row.data.spanId] : [],
  );
  const ends = (await bench.rows(sessionId)).flatMap((row) =>
    row.kind === 'span.finished' && spans.includes(row.data.spanId) ? [row.data.status] : [],
  );
  expect(ends).toEqual(['error', 'ok']);
});

it('E3: it is told three times at most', async () => {
  bench.file('answer.txt', 'wrong');
  const round = [writes('x'), says('Perhaps now.')];
  const { state, turnId } = await bench.done(
    'checking',
    [...round, ...round, ...round, ...round, says('never')].map((reply, at) =>
      at % 2 === 0 ? writes(String(at)) : reply,
    ),
  );
  expect(told(state)).toHaveLength(3);
  expect(outcomeOf(state, turnId)).toBe('complete');
});

it('E3: nothing is checked where no file was changed', async () => {
  bench.file('answer.txt', 'wrong');
  const { state } = await bench.done('checking', [calls('read', { path: 'answer.txt' }), says('I only looked.')]);
  expect(told(state)).toEqual([]);
});

it('E3: files that were changed before a restart are checked after it', async () => {
  bench.file('answer.txt', 'wrong');
  const command = calls('run_command', { command: 'echo hello' });
  bench.models.script('check later', [writes('a'), command, says('Done?'), says('I leave it.')]);
  const sessionId = await bench.session('checking');
  const turnId = await bench.ask(sessionId, 'check later');
  const { permissions } = await bench.until(sessionId, ({ status }) => status === 'waiting');
  await bench.runner.stop();
  await bench.newRunner().recover();
  await bench.runner.answer(sessionId, [...permissions.keys()][0] ?? '', 'allow');
  expect(told(await bench.ended(sessionId, turnId))).toHaveLength(1);
});

it('E3: a stop ends a check that runs', async () => {
  bench.file('check.sh', 'sleep 60\n');
  bench.models.script('check for ever', [writes('a'), says('Done.')]);
  const sessionId = await bench.session('checking');
  const turnId = await bench.ask(sessionId, 'check for ever');
  await bench.until(sessionId, ({ openSpans }) => [...openSpans.values()].some(({ kind }) => kind === 'check'));
  await bench.runner.interrupt(sessionId);
  const state = await bench.state(sessionId);
  expect([outcomeOf(state, turnId), state.openSpans.size]).toEqual(['cancelled', 0]);
});
