/** A server that dies in the middle of a turn: the old runner is dropped where it stands, a new one takes over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { priceTable, Traces } from '@taffrail/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

it('B-beyond: keeps the text so far, says interrupted once, and hears nothing more of the old writer', async () => {
  bench.models.script('die in the text', [says('word '.repeat(60), { gates: [{ at: 3, name: 'dying' }] })]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'die in the text');
  await bench.models.gate('dying').reached;
  const before = await bench.until(sessionId, (state) => lines(state).at(-1)?.startsWith('message: word') ?? false);
  await bench.newRunner().recover();
  const state = await bench.state(sessionId);
  expect([state.status, outcomeOf(state, turnId)]).toEqual(['interrupted', 'interrupted']);
  expect(
    itemsOf(state)
      .at(-1)
      ?.text.startsWith(itemsOf(before).at(-1)?.text ?? ''),
  ).toBe(true);
  expect(itemsOf(state).at(-1)).not.toHaveProperty('streaming');
  expect(state.openSpans.size).toBe(0);
  bench.models.gate('dying').open();
  await bench.models.waitFor((served) => served.at(-1)?.outcome !== null);
  await sleep(200);
  expect((await bench.state(sessionId)).head).toBe(state.head);
  expect((await bench.rows(sessionId)).filter(({ kind }) => kind === 'turn.completed')).toHaveLength(1);
  expect(bench.reports.join()).toMatch(/run by another taffrail/);
});

it('B-beyond: calls that had begun are reported as interrupted and never run again; later ones did not run', async () => {
  bench.models.script('die in the tool', [
    {
      parts: [
        ...(shell('echo begun >> begun.txt; echo begun; sleep 1; echo ended >> begun.txt').parts ?? []),
        ...(shell('echo later >> begun.txt').parts ?? []),
      ],
    },
    says('I look what was done.'),
  ]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'die in the tool');
  await bench.until(sessionId, (state) => lines(state).at(-1) === 'tool_result: begun\n');
  await bench.newRunner().recover();
  const state = await bench.state(sessionId);
  expect(outcomeOf(state, turnId)).toBe('interrupted');
  expect(itemsOf(state).filter(({ type }) => type === 'tool_result')).toMatchObject([
    { status: 'interrupted', text: expect.stringMatching(/^begun\n.*was not run again/s) },
    { status: 'interrupted', text: expect.stringMatching(/^Not run: the server stopped/) },
  ]);
  await sleep(1_500);
  expect(
    readFileSync(join(bench.project, 'begun.txt'), 'utf8')
      .split('\n')
      .filter((line) => line === 'begun'),
  ).toHaveLength(1);
  expect(readFileSync(join(bench.project, 'begun.txt'), 'utf8')).not.toContain('later');
  const again = await bench.ask(sessionId, 'and now?');
  expect(lines(await bench.ended(sessionId, again)).at(-1)).toBe('message: I look what was done.');
});

it('B-beyond: what waited in the queue waits still, and a new order runs before it', async () => {
  bench.models.script('die with a queue', [
    says('word '.repeat(20), { gates: [{ at: 1, name: 'queue' }] }),
    says('First.'),
    says('Second.'),
  ]);
  const sessionId = await bench.session();
  await bench.ask(sessionId, 'die with a queue');
  await bench.models.gate('queue').reached;
  const queued = await bench.ask(sessionId, 'I wait');
  await bench.newRunner().recover();
  expect([...(await bench.state(sessionId)).queue.keys()]).toEqual([queued]);
  const next = await bench.ask(sessionId, 'I go first');
  const state = await bench.ended(sessionId, queued);
  expect([outcomeOf(state, next), outcomeOf(state, queued)]).toEqual(['complete', 'complete']);
  expect(state.queue.size).toBe(0);
  bench.models.gate('queue').open();
});

it('B-beyond: a server that is stopped in good order says so, and stores all text first', async () => {
  bench.models.script('stop the server', [says('word '.repeat(60), { gates: [{ at: 3, name: 'stopping' }] })]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'stop the server');
  await bench.models.gate('stopping').reached;
  await bench.until(sessionId, (state) => lines(state).at(-1)?.startsWith('message: word') ?? false);
  await bench.runner.stop();
  const state = await bench.state(sessionId);
  expect(state.turns.get(turnId)).toMatchObject({ outcome: 'interrupted', reason: 'the server stopped' });
  expect(itemsOf(state).at(-1)).not.toHaveProperty('streaming');
  await bench.newRunner().recover();
  expect((await bench.state(sessionId)).head).toBe(state.head);
});

it('B-beyond: a stop that finds a dead turn ends it', async () => {
  bench.models.script('dead turn', [says('word '.repeat(20), { gates: [{ at: 1, name: 'dead' }] })]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'dead turn');
  await bench.models.gate('dead').reached;
  bench.newRunner();
  await bench.runner.interrupt(sessionId);
  expect(outcomeOf(await bench.state(sessionId), turnId)).toBe('interrupted');
  bench.models.gate('dead').open();
});

it('B2: a session whose log is longer than one reading is known whole before anything is done to it', async () => {
  // So that no summary is asked for.
  const usage = { inputTokens: 10, outputTokens: 1 };
  const yes = says('Yes.', { usage });
  const last = says('word '.repeat(20), { usage, gates: [{ at: 1, name: 'long' }] });
  bench.models.script('a long log', [yes, yes, yes, yes, last, yes]);
  const sessionId = await bench.session();
  const text = 'x'.repeat(3_000_000);
  for (const at of [1, 2, 3, 4]) await bench.ended(sessionId, await bench.ask(sessionId, `a long log ${at} ${text}`));
  const cut = await bench.ask(sessionId, 'cut this off');
  await bench.models.gate('long').reached;
  await bench.newRunner().recover();
  expect(outcomeOf(await bench.state(sessionId), cut)).toBe('interrupted');
  bench.models.gate('long').open();
  await bench.ended(sessionId, await bench.ask(sessionId, 'the last'));
  const sent = JSON.stringify(bench.models.served.at(-1)?.body);
  expect(sent).toContain('the last');
  expect(sent.match(/a long log \d/g)).toEqual([1, 2, 3, 4].map((at) => `a long log ${at}`));
});

it('B-beyond: an input that waits after a finished turn is begun by the next server, which nobody needs to ask', async () => {
  bench.models.script('finished', [says('Done.'), says('Begun by itself.')]);
  const sessionId = await bench.session();
  await bench.ended(sessionId, await bench.ask(sessionId, 'finished'));
  const dropped = { inputId: 'taken-back', mode: 'queue', text: 'not this' } as const;
  const waiting = { inputId: 'left-behind', mode: 'queue', text: 'this one' } as const;
  const at = Date.now();
  const rows = [
    { key: 'queued:taken-back', at, kind: 'input.queued', data: dropped },
    { key: 'dropped:taken-back', at, kind: 'input.dropped', data: { inputId: 'taken-back' } },
    { key: 'queued:left-behind', at, kind: 'input.queued', data: waiting },
  ] as const;
  const append = { sessionId, agent: 'taffrail', origin: 'live', mappingVersion: 0, rows } as const;
  await bench.store.commit({ appends: [append], index: 'now' });
  await bench.newRunner().recover();
  const state = await bench.ended(sessionId, 'left-behind');
  expect(lines(state).slice(-2)).toEqual(['message: this one', 'message: Begun by itself.']);
  expect(state.turns.size).toBe(2);
});

it('D2: a turn whose server died took no time but that until its last words, and its trace says that this is inferred', async () => {
  bench.models.script('die for long', [says('word '.repeat(20), { gates: [{ at: 2, name: 'away' }] })]);
  const sessionId = await bench.session();
  const turnId = await bench.ask(sessionId, 'die for long');
  await bench.models.gate('away').reached;
  await bench.until(sessionId, (state) => lines(state).at(-1)?.startsWith('message: word') ?? false);
  const before = await bench.rows(sessionId);
  await sleep(700);
  await bench.newRunner().recover();
  const added = (await bench.rows(sessionId)).slice(before.length);
  expect(new Set(added.map(({ at }) => at))).toEqual(new Set([before.at(-1)?.at]));
  const page = await new Traces(bench.store.queries, priceTable()).page({ sessionId, limit: 10 });
  expect(page?.spans.map(({ id, kind, status, inferred }) => [kind, id === turnId, status, inferred])).toEqual([
    ['turn', true, 'interrupted', true],
    ['model', false, 'interrupted', true],
  ]);
  bench.models.gate('away').open();
});
