/** Compaction: a summary takes the older context's place, in time and when asked; nothing is lost from log or count. */
import type { SessionState } from '@taffrail/session';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, formats, itemsOf, lines, outcomeOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const nearlyFull = { usage: { inputTokens: 170_000, outputTokens: 100 } };
const small = { usage: { inputTokens: 900, outputTokens: 10 } };
const compactions = (state: SessionState) => itemsOf(state).filter(({ type }) => type === 'compaction');
const sent = () => JSON.stringify(bench.models.served.at(-1)?.body);

describe('E5: compaction near the window', () => {
  it.each(formats)('%s: comes in the middle of a turn, which goes on from the summary', async (format) => {
    const { turnId, prompt, state } = await bench.done(format, [
      { ...shell('echo the-output'), ...nearlyFull },
      says('SUMMARY: the output was seen', small),
      says('Done from the summary.', small),
    ]);
    const summary = { trigger: 'auto', tokensBefore: 170_100, text: 'SUMMARY: the output was seen' };
    expect(compactions(state)).toMatchObject([summary]);
    expect([outcomeOf(state, turnId), lines(state).at(-1)]).toEqual(['complete', 'message: Done from the summary.']);
    expect(sent()).toContain('SUMMARY: the output was seen');
    expect(sent()).toContain(prompt);
    expect(sent()).not.toContain('the-output');
    expect(state.totals).toMatchObject({ requests: 3, inputTokens: 171_800 });
    expect(bench.models.totals(prompt)).toMatchObject({ inputTokens: 171_800 });
  });

  it('is not asked for where the window has room', async () => {
    const { state } = await bench.done('anthropic', [{ ...shell('true'), ...small }, says('Done.', small)]);
    expect(compactions(state)).toEqual([]);
  });

  it('comes where only the provider knows that it is too long, and of less where even that is too long', async () => {
    const tooLong = { fail: { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' } };
    const { state, turnId } = await bench.done('anthropic', [
      shell('yes abcdefgh | head -c 20000'),
      tooLong,
      tooLong,
      says('SUMMARY, short', small),
      says('Done.', small),
    ]);
    expect([outcomeOf(state, turnId), lines(state).at(-1)]).toEqual(['complete', 'message: Done.']);
    expect(compactions(state)).toMatchObject([{ text: 'SUMMARY, short' }]);
    const asked = bench.models.served.at(-2)?.body;
    expect(JSON.stringify(asked).length).toBeLessThan(15_000);
  });

  it('ends the turn with the reason where no summary comes, and does not go round in circles', async () => {
    const { state, turnId } = await bench.done('anthropic', [{ ...shell('true'), ...nearlyFull }, says('  ', small)]);
    const reason = 'The context could not be made smaller: the model wrote no summary';
    expect(state.turns.get(turnId)).toMatchObject({ outcome: 'failed', reason });
    expect(itemsOf(state).at(-1)).toMatchObject({ type: 'error', text: reason });
    expect(state.totals?.requests).toBe(2);
  });
});

describe('E5: compaction when asked', () => {
  it('is a turn of its own, whose summary begins all that follows', async () => {
    const name = v7();
    bench.models.script(name, [says('I know the secret word: heron.', small), says('SUMMARY: heron', small)]);
    const sessionId = await bench.session();
    await bench.ended(sessionId, await bench.ask(sessionId, name));
    const id = v7();
    await Promise.all([1, 2].map(() => bench.runner.compact(sessionId, id)));
    const state = await bench.ended(sessionId, id);
    expect(state.turns.get(id)).toMatchObject({ compacts: true, outcome: 'complete' });
    expect(compactions(state)).toMatchObject([{ trigger: 'manual', text: 'SUMMARY: heron', tokensBefore: 910 }]);
    expect(itemsOf(state)).toHaveLength(3);
    expect(state.totals).toMatchObject({ requests: 2, inputTokens: 1_800 });
    const next = await bench.ask(sessionId, 'what was it?');
    await bench.ended(sessionId, next);
    expect(sent()).toMatch(/SUMMARY: heron.*what was it/);
    expect(sent()).not.toContain('I know');
    await bench.runner.stop();
    const later = await bench.newRunner().startTurn(sessionId, { id: v7(), input: 'after a restart', mode: 'queue' });
    await bench.ended(sessionId, later.turnId);
    expect(sent()).toMatch(/SUMMARY: heron.*after a restart/);
  });

  it('is refused where there is nothing to summarise, twice in a row, and while a turn runs', async () => {
    const empty = await bench.session();
    await expect(bench.runner.compact(empty, v7())).rejects.toMatchObject({ kind: 'gone' });
    const { sessionId } = await bench.done('anthropic', [says('Something.'), says('SUMMARY')]);
    const id = v7();
    await bench.runner.compact(sessionId, id);
    await expect(bench.runner.compact(sessionId, v7())).rejects.toMatchObject({ kind: 'busy' });
    await bench.ended(sessionId, id);
    await expect(bench.runner.compact(sessionId, v7())).rejects.toMatchObject({ kind: 'gone' });
  });

  it('B-beyond: one that was cut off by a dead server changes nothing of the context', async () => {
    const name = v7();
    bench.models.script(name, [
      says('First.'),
      says('SUMM', { gates: [{ at: 'end', name: 'compacting' }] }),
      says('Still all.'),
    ]);
    const sessionId = await bench.session();
    await bench.ended(sessionId, await bench.ask(sessionId, name));
    const id = v7();
    await bench.runner.compact(sessionId, id);
    await bench.models.gate('compacting').reached;
    await bench.newRunner().recover();
    const state = await bench.state(sessionId);
    expect([outcomeOf(state, id), compactions(state).length, state.openSpans.size]).toEqual(['interrupted', 0, 0]);
    bench.models.gate('compacting').open();
    await bench.ended(sessionId, await bench.ask(sessionId, 'go on'));
    expect(sent()).toContain('First.');
  });
});

describe('C7: titles', () => {
  it('come with the first answer and cost no request of their own', async () => {
    const { state, sessionId } = await bench.done('anthropic', [
      { parts: [{ text: 'It is mended.' }, { toolCall: { name: 'title', input: { title: 'Mend the parser' } } }] },
    ]);
    expect(state.description).toMatchObject({ title: 'Mend the parser', titledBy: 'model' });
    expect(state.totals?.requests).toBe(1);
    expect(state.status).toBe('idle');
    await bench.ended(sessionId, await bench.ask(sessionId, 'and now?'));
  });

  it('given by a person stand', async () => {
    const name = v7();
    const named = { parts: [{ text: 'Yes.' }, { toolCall: { name: 'title', input: { title: 'Another' } } }] };
    bench.models.script(name, [named]);
    const sessionId = await bench.session();
    await bench.runner.patch(sessionId, { title: 'Mine' });
    const state = await bench.ended(sessionId, await bench.ask(sessionId, name));
    expect(state.description.title).toBe('Mine');
  });

  it('are the first line of what was asked where no model finds one', async () => {
    const { state } = await bench.done('anthropic', [says('Yes.')], 'a first line\nand more');
    expect(state.description).toMatchObject({ title: 'a first line', titledBy: 'input' });
  });
});
