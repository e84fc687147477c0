/** Usage told again over a real socket: when, in which order, to whom, and whose turn it names. */
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says, shell } from '../runner/runner-for-tests.js';
import { asked, figures, started, threadWith } from './asking-for-tests.js';
import { AppBench, input } from './bench-for-tests.js';

let app: AppBench;
beforeAll(async () => {
  app = await AppBench.open();
});
afterAll(() => app.close());

describe('the replay of usage', () => {
  it('G2: comes right after the result, whatever is left out of it, and only to who asked', async () => {
    const [client, other] = [await app.client(), await app.client()];
    const { threadId, turnId } = await threadWith(app, client, [{ ...says('Yes.'), ...figures(100, 20) }]);
    await other.ask('thread/resume', { threadId, excludeTurns: true });
    const marks = [client.mark, other.mark] as const;
    const id = client.send('thread/resume', { threadId, excludeTurns: true });
    await client.answerTo(id);
    await client.notified('thread/tokenUsage/updated', marks[0]);
    expect(client.told(marks[0])).toEqual([`=${id}`, 'thread/tokenUsage/updated']);
    expect(client.messages.at(-1)?.params).toMatchObject({
      threadId,
      turnId,
      tokenUsage: { total: { totalTokens: 120 } },
    });
    await other.ask('thread/loaded/list', {});
    expect(other.told(marks[1])).toEqual([expect.stringMatching(/^=/)]);
  });

  it('G2: pipelined requests are each followed by their own', async () => {
    const client = await app.client();
    const { threadId } = await threadWith(app, client, [{ ...says('Yes.'), ...figures(100, 20) }, says('More.')]);
    const mark = client.mark;
    const ids = [
      client.send('thread/resume', { threadId }),
      client.send('thread/resume', { threadId, excludeTurns: true }),
      client.send('thread/fork', { threadId }),
      client.send('thread/resume', { threadId }),
      client.send('turn/start', { threadId, input: input('more') }),
    ] as const;
    await client.notified('turn/completed', mark);
    const usage = 'thread/tokenUsage/updated';
    expect(client.told(mark).slice(0, 10)).toEqual([
      ...[`=${ids[0]}`, usage, `=${ids[1]}`, usage],
      ...[`=${ids[2]}`, usage, 'thread/started'],
      ...[`=${ids[3]}`, usage, `=${ids[4]}`],
    ]);
  });

  it('G2: nothing where no usage is known, where it failed, and for who opted out', async () => {
    const client = await app.client({ optOutNotificationMethods: ['thread/tokenUsage/updated'] });
    const bare = await app.client();
    const prompt = v7();
    app.bench.models.script(prompt, [{ ...says('Yes.'), usage: null }]);
    const silent = 'compatible/model-of-compatible';
    const threadId = (await bare.ask('thread/start', { model: silent })).result.thread.id;
    await asked(bare, threadId, prompt);
    const told = await threadWith(app, client, [{ ...says('Yes.'), ...figures(100, 20) }]);
    await bare.ask('thread/resume', { threadId });
    await bare.ask('thread/resume', { threadId: v7() });
    await client.ask('thread/resume', { threadId: told.threadId });
    await client.ask('thread/loaded/list', {});
    await bare.ask('thread/loaded/list', {});
    const all = [...client.told(), ...bare.told()];
    expect(all).not.toContain('thread/tokenUsage/updated');
    expect((await app.bench.state(threadId)).status).toBe('idle');
  });

  it('G3: writes nothing, and counts nothing twice', async () => {
    const client = await app.client();
    const { threadId } = await threadWith(app, client, [{ ...says('Yes.'), ...figures(100, 20) }]);
    const before = await app.bench.rows(threadId);
    for (let time = 0; time < 3; time += 1) await client.ask('thread/resume', { threadId });
    expect(await app.bench.rows(threadId)).toEqual(before);
    const replays = client.messages.filter(({ method }) => method === 'thread/tokenUsage/updated');
    expect(new Set(replays.map(({ params }) => JSON.stringify(params))).size).toBe(1);
    expect(replays).toHaveLength(4);
  });

  it('G3: while a turn runs that has used something, it is the one before that is named', async () => {
    const client = await app.client();
    const prompt = v7();
    const gate = app.bench.models.gate(prompt);
    app.bench.models.script(prompt, [
      { ...says('One.'), ...figures(100, 20) },
      { ...shell('true'), ...figures(200, 30) },
      { ...says('Two.'), gates: [{ at: 0, name: prompt }], ...figures(300, 40) },
    ]);
    const threadId = await started(client);
    const first = await asked(client, threadId, prompt);
    const { result } = await client.ask('turn/start', { threadId, input: input('go on') });
    await gate.reached;
    const rejoined = await app.client();
    const { result: resumed } = await rejoined.ask('thread/resume', { threadId });
    expect(resumed.thread.turns.map(({ status }) => status)).toEqual(['completed', 'inProgress']);
    const { params } = await rejoined.notified('thread/tokenUsage/updated');
    expect([params.turnId, params.tokenUsage.total.totalTokens]).toEqual([first, 350]);
    const fork = await rejoined.ask('thread/fork', { threadId });
    expect(fork.result.thread.turns.map(({ status }) => status)).toEqual(['completed', 'interrupted']);
    gate.open();
    await client.until(({ method, params: told }) => method === 'turn/completed' && told.turn.id === result.turn.id);
    const mark = client.mark;
    await client.ask('thread/resume', { threadId });
    expect((await client.notified('thread/tokenUsage/updated', mark)).params.turnId).toBe(result.turn.id);
  });

  it('G3: a turn that failed before it used anything leaves it with the one before', async () => {
    const client = await app.client();
    const { threadId, turnId } = await threadWith(app, client, [
      { ...says('One.'), ...figures(100, 20) },
      { fail: { status: 400, message: 'no' } },
    ]);
    await asked(client, threadId, 'again');
    const mark = client.mark;
    await client.ask('thread/resume', { threadId });
    expect((await client.notified('thread/tokenUsage/updated', mark)).params.turnId).toBe(turnId);
  });

  it('G3: a fork up to a turn has that turn’s figures; what is rolled back stays spent', async () => {
    const client = await app.client();
    const { threadId, turnId } = await threadWith(app, client, [
      { ...says('One.'), ...figures(100, 20) },
      { ...says('Two.'), ...figures(200, 30) },
    ]);
    await asked(client, threadId, 'again');
    const mark = client.mark;
    await client.ask('thread/fork', { threadId, lastTurnId: turnId });
    const forked = (await client.notified('thread/tokenUsage/updated', mark)).params;
    expect([forked.turnId, forked.tokenUsage.total.totalTokens]).toEqual([turnId, 120]);
    await client.ask('thread/rollback', { threadId, numTurns: 1 });
    const later = client.mark;
    await client.ask('thread/resume', { threadId });
    const { params } = await client.notified('thread/tokenUsage/updated', later);
    expect([params.turnId, params.tokenUsage.total.totalTokens]).toEqual([turnId, 350]);
  });

  it('G3: a fork of a fork goes on from all figures, and its own turns add to them', async () => {
    const client = await app.client();
    const { threadId } = await threadWith(app, client, [
      { ...says('One.'), ...figures(100, 20) },
      { ...says('Two.'), ...figures(200, 30) },
    ]);
    const fork = (await client.ask('thread/fork', { threadId })).result.thread.id;
    const turnId = await asked(client, fork, 'again');
    const mark = client.mark;
    await client.ask('thread/resume', { threadId: fork });
    const { params } = await client.notified('thread/tokenUsage/updated', mark);
    expect([params.turnId, params.tokenUsage.total.totalTokens]).toEqual([turnId, 350]);
    expect((await app.bench.state(fork)).totals?.inputTokens).toBe(200);
  });
});
