/** A store that fails: it is told, only those are hit whom it concerns, and later orders work. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Batch, Bench, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const full = new Error('database or disk is full');
const holds = (batch: Batch, kind: string) => batch.appends.some(({ rows }) => rows.some((row) => row.kind === kind));
const isOf = (batch: Batch, sessionId: string) => batch.appends.some((append) => append.sessionId === sessionId);

/** Throws at the first batch that is meant. */
function failingOnce(isMeant: (batch: Batch) => boolean): (batch: Batch) => void {
  let isLeft = true;
  return (batch) => {
    if (!isLeft || !isMeant(batch)) return;
    isLeft = false;
    throw full;
  };
}

it.each(['text.appended', 'usage.recorded', 'span.started', 'turn.completed'])(
  'B-beyond: a full disk at %s ends the turn, is reported, and the next order works',
  async (kind) => {
    bench.newRunner(bench.watched(failingOnce((batch) => holds(batch, kind))));
    const prompt = `full at ${kind}`;
    bench.models.script(prompt, [says('word '.repeat(100), { delayMs: 5 }), says('It works again.')]);
    const sessionId = await bench.session();
    const turnId = await bench.ask(sessionId, prompt);
    await expect.poll(async () => bench.runner.running(sessionId), { timeout: 10_000 }).toBeNull();
    expect(bench.reports.at(-1)).toMatch(new RegExp(`${sessionId}.*disk is full`));
    const next = await bench.ask(sessionId, 'once more');
    const state = await bench.ended(sessionId, next);
    expect(['failed', 'interrupted']).toContain(outcomeOf(state, turnId));
    expect(outcomeOf(state, next)).toBe('complete');
    expect(itemsOf(state).filter((item) => 'streaming' in item)).toEqual([]);
    expect((await bench.rows(sessionId)).filter(({ kind }) => kind === 'turn.completed')).toHaveLength(2);
    expect(lines(state).at(-1)).toMatch(/^message: (word|It works again)/);
  },
);

it('B-beyond: an order that cannot be stored says so, and may be given again', async () => {
  bench.newRunner(bench.watched(failingOnce((batch) => holds(batch, 'turn.started'))));
  const sessionId = await bench.session();
  const order = { id: 'not-stored', input: 'try again', mode: 'queue' } as const;
  await expect(bench.runner.startTurn(sessionId, order)).rejects.toThrow('disk is full');
  await bench.runner.interrupt(sessionId);
  await bench.runner.startTurn(sessionId, order);
  expect(lines(await bench.ended(sessionId, order.id))).toEqual(['message: try again', 'message: echo: try again']);
});

it('B6: rows of one session that cannot be stored do not harm another one of the same commit', async () => {
  const bad = await bench.session();
  const good = await bench.session();
  bench.newRunner(
    bench.watched((batch) => {
      if (isOf(batch, bad) && holds(batch, 'text.appended')) throw full;
    }),
  );
  bench.models.script('good and bad', [says('word '.repeat(200), { delayMs: 2 })], { atEnd: 'repeat' });
  const [badTurn, goodTurn] = await Promise.all([bench.ask(bad, 'good and bad'), bench.ask(good, 'good and bad')]);
  const state = await bench.ended(good, goodTurn);
  expect([outcomeOf(state, goodTurn), lines(state).at(-1)]).toEqual(['complete', `message: ${'word '.repeat(200)}`]);
  expect(outcomeOf(await bench.ended(bad, badTurn), badTurn)).toBe('failed');
});

it('E5: an order that comes while a turn’s end is being stored is not left behind', async () => {
  let sessionId = '';
  const late = { id: 'just-then', input: 'just then', mode: 'queue' } as const;
  let given: Promise<unknown> | undefined;
  const runner = bench.newRunner(
    bench.watched((batch) => {
      if (!given && isOf(batch, sessionId) && holds(batch, 'turn.completed')) given = runner.startTurn(sessionId, late);
    }),
  );
  sessionId = await bench.session();
  await bench.ask(sessionId, 'end soon');
  const state = await bench.ended(sessionId, late.id);
  expect(await given).toMatchObject({ queued: true });
  expect([outcomeOf(state, late.id), state.queue.size]).toEqual(['complete', 0]);
});

it('E4: an answer that could not be stored leaves the question to the next order', async () => {
  bench.newRunner(bench.watched(failingOnce((batch) => holds(batch, 'permission.answered'))));
  bench.models.script('ask on a full disk', [shell('echo no'), says('Done.')]);
  const sessionId = await bench.session('asking');
  const turnId = await bench.ask(sessionId, 'ask on a full disk');
  const { permissions } = await bench.until(sessionId, ({ status }) => status === 'waiting');
  await expect(bench.runner.answer(sessionId, [...permissions.keys()][0] ?? '', 'allow')).rejects.toThrow('full');
  const state = await bench.ended(sessionId, turnId);
  expect([state.permissions.size, outcomeOf(state, turnId)]).toEqual([0, 'failed']);
});

it('B-beyond: a fork is stored whole or not at all, so that the same order again makes it whole', async () => {
  const { sessionId } = await bench.done('anthropic', [says('The history.')]);
  // Wherever a second commit would be, the disk is full.
  bench.newRunner(bench.watched(failingOnce((batch) => isOf(batch, 'the-fork') && holds(batch, 'item.recorded'))));
  const fork = () => bench.runner.fork(sessionId, { id: 'the-fork' });
  await expect(fork()).rejects.toThrow(/disk is full/);
  expect(await bench.store.place('the-fork')).toBeNull();
  await fork();
  await fork();
  expect(lines(await bench.state('the-fork')).at(-1)).toBe('message: The history.');
  const { open } = await bench.store.queries
    .selectFrom('sessions')
    .select('open')
    .where('id', '=', 'the-fork')
    .executeTakeFirstOrThrow();
  expect(open).toBe(1);
});

it('B-beyond: the end of a turn and the beginning of the one that waits for it are stored together', async () => {
  bench.models.script('one by one', [says('One.', { gates: [{ at: 'end', name: 'next' }] }), says('Two.')]);
  const together: boolean[] = [];
  bench.newRunner(
    bench.watched((batch) => holds(batch, 'turn.completed') && together.push(holds(batch, 'turn.started'))),
  );
  const sessionId = await bench.session();
  await bench.ask(sessionId, 'one by one');
  await bench.models.gate('next').reached;
  const second = await bench.ask(sessionId, 'right after');
  bench.models.gate('next').open();
  await bench.ended(sessionId, second);
  expect(together).toEqual([true, false]);
});
