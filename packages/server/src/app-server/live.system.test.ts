/** Threads over a real socket: what is told, in which order, and to whom. */
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says, shell } from '../runner/runner-for-tests.js';
import { asked, figures, started, threadWith } from './asking-for-tests.js';
import { AppBench, input } from './bench-for-tests.js';
import type { Message } from './client-for-tests.js';

let app: AppBench;
beforeAll(async () => {
  app = await AppBench.open();
});
afterAll(() => app.close());

describe('a turn', () => {
  it('G1: is told from its start to its end, with every piece of text once', async () => {
    const client = await app.client();
    const prompt = v7();
    app.bench.models.script(prompt, [
      { parts: [{ thinking: 'Well then.' }, { text: 'One, two, three and four.' }], ...figures(100, 20), chunkSize: 5 },
    ]);
    const threadId = await started(client);
    const mark = client.mark;
    const clientUserMessageId = v7();
    await client.ask('turn/start', { threadId, input: input(prompt), clientUserMessageId });
    await client.notified('turn/completed', mark);
    const told = client.told(mark);
    expect(told.filter((name) => !name.endsWith('elta'))).toEqual([
      '=3',
      'thread/status/changed',
      'turn/started',
      'item/started',
      'item/completed',
      'item/started',
      'item/reasoning/summaryPartAdded',
      'item/started',
      'item/completed',
      'item/completed',
      'thread/tokenUsage/updated',
      'thread/status/changed',
      'turn/completed',
    ]);
    const after = client.messages.slice(mark);
    const pieces = after.flatMap(({ method, params }) => (method === 'item/agentMessage/delta' ? [params.delta] : []));
    expect(pieces.join('')).toBe('One, two, three and four.');
    expect(after.find(({ params }) => params?.item?.type === 'userMessage')?.params.item).toMatchObject({
      clientId: clientUserMessageId,
      content: [{ text: prompt }],
    });
    expect(after.findLast(({ method }) => method === 'thread/tokenUsage/updated')?.params.tokenUsage).toMatchObject({
      total: { totalTokens: 120, inputTokens: 100, cachedInputTokens: 10, outputTokens: 20, reasoningOutputTokens: 3 },
    });
  });

  it('G1: a command is one item, from its call to its exit code', async () => {
    const client = await app.client();
    const mark = client.mark;
    await threadWith(app, client, [shell('echo out; exit 3'), says('Done.')]);
    const items = client.messages
      .slice(mark)
      .flatMap(({ method, params }) => (params?.item?.type === 'commandExecution' ? [{ method, ...params.item }] : []));
    expect(items.map(({ method, status, exitCode }) => [method, status, exitCode])).toEqual([
      ['item/started', 'inProgress', null],
      ['item/completed', 'failed', 3],
    ]);
    expect(items[1]?.aggregatedOutput).toContain('out');
  });

  it('G1: may be asked with an image, by its bytes', async () => {
    const client = await app.client();
    const prompt = v7();
    app.bench.models.script(prompt, [says('A dot.')]);
    const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const threadId = await started(client);
    const image = { type: 'image', url: `data:image/png;base64,${dot}` };
    await client.ask('turn/start', { threadId, input: [...input(prompt), image] });
    await client.notified('turn/completed');
    const asked = [...(await app.bench.state(threadId)).items.values()][0]?.item;
    expect(asked).toMatchObject({ text: prompt, attachments: [{ mediaType: 'image/png' }] });
  });

  it('G1: that fails says why, and leaves the thread able to go on', async () => {
    const client = await app.client();
    const mark = client.mark;
    const { threadId } = await threadWith(app, client, [
      { fail: { status: 400, message: 'no such thing' } },
      says('Now.'),
    ]);
    const failed = await client.notified('turn/completed', mark);
    expect(failed.params.turn).toMatchObject({ status: 'failed' });
    expect((await client.notified('error', mark)).params).toMatchObject({ threadId, willRetry: false });
    expect(client.messages.findLast(({ method }) => method === 'thread/status/changed')?.params.status).toEqual({
      type: 'systemError',
    });
    await asked(client, threadId, 'Again.');
    expect(client.messages.at(-1)?.params.turn.status).toBe('completed');
  });

  it('G1: is interrupted by its id, and by no other', async () => {
    const client = await app.client();
    const prompt = v7();
    app.bench.models.script(prompt, [{ parts: [{ text: 'Never done' }], stallAfter: 'end' }]);
    const threadId = await started(client);
    expect((await client.ask('turn/interrupt', { threadId, turnId: v7() })).error?.message).toBe(
      'no active turn to interrupt',
    );
    const mark = client.mark;
    const { result } = await client.ask('turn/start', { threadId, input: input(prompt) });
    await client.notified('item/agentMessage/delta', mark);
    const other = v7();
    expect((await client.ask('turn/interrupt', { threadId, turnId: other })).error?.message).toBe(
      `expected active turn id ${other} but found ${result.turn.id}`,
    );
    await client.ask('turn/interrupt', { threadId, turnId: result.turn.id });
    expect((await client.notified('turn/completed', mark)).params.turn.status).toBe('interrupted');
  });

  it('G1: takes a steer on its way, and names the turn that took it', async () => {
    const client = await app.client();
    const prompt = v7();
    const gate = app.bench.models.gate(prompt);
    app.bench.models.script(prompt, [
      { ...shell('true'), gates: [{ at: 'end', name: prompt }] },
      says('With that in mind.'),
    ]);
    const threadId = await started(client);
    const { result } = await client.ask('turn/start', { threadId, input: input(prompt) });
    await gate.reached;
    const steered = await client.ask('turn/steer', {
      threadId,
      input: input('Mind that.'),
      expectedTurnId: result.turn.id,
    });
    expect(steered.result).toEqual({ turnId: result.turn.id });
    gate.open();
    await client.notified('turn/completed');
    const said = client.messages.flatMap(({ method, params }) =>
      method === 'item/completed' && params.item.type === 'userMessage' ? [params.item.content[0]?.text] : [],
    );
    expect(said).toEqual([prompt, 'Mind that.']);
  });
});

describe('two clients on one thread', () => {
  it('G1: see the same turn, and a status goes to all', async () => {
    const [client, follower, stranger] = [await app.client(), await app.client(), await app.client()];
    const { threadId } = await threadWith(app, client, [says('One.'), says('Two.')]);
    await follower.ask('thread/resume', { threadId });
    const marks = [client.mark, follower.mark, stranger.mark] as const;
    await asked(client, threadId, 'again');
    await follower.notified('turn/completed', marks[1]);
    const ofThread = (names: string[]) => names.filter((name) => !name.startsWith('='));
    expect(ofThread(follower.told(marks[1]))).toEqual(ofThread(client.told(marks[0])));
    await stranger.until(({ params }) => params?.status?.type === 'idle', marks[2]);
    expect(new Set(stranger.told(marks[2]))).toEqual(new Set(['thread/status/changed']));
  });

  it('G1: a question is asked again under its number when somebody rejoins; the first answer counts', async () => {
    const [client, late] = [await app.client(), await app.client()];
    const { sessionId: threadId } = await app.bench.done('asking', [says('Hi.'), shell('echo yes'), says('Ran.')]);
    await client.ask('thread/resume', { threadId });
    await client.ask('turn/start', { threadId, input: input('run it') });
    const asks = ({ method }: Pick<Message, 'method'>) => method === 'item/commandExecution/requestApproval';
    const question = await client.until(asks);
    const resumed = await late.ask('thread/resume', { threadId });
    expect(resumed.result.thread.status).toEqual({ type: 'active', activeFlags: ['waitingOnApproval'] });
    const again = await late.until(asks);
    expect(again).toEqual(question);
    expect(question.params.command).toContain('echo yes');
    late.say({ id: question.id, result: { decision: 'accept' } });
    client.say({ id: question.id, result: { decision: 'decline' } });
    for (const each of [client, late]) {
      expect((await each.notified('serverRequest/resolved')).params).toEqual({ threadId, requestId: question.id });
      await each.notified('turn/completed');
    }
    const ran = late.messages.findLast(({ params }) => params?.item?.type === 'commandExecution');
    expect(ran?.params.item).toMatchObject({ status: 'completed', exitCode: 0 });
  });

  it('G1: what is declined does not run; what is cancelled ends the turn; what nobody understands answers nothing', async () => {
    const client = await app.client();
    const { sessionId: threadId } = await app.bench.done('asking', [
      says('Hi.'),
      shell('touch ran'),
      says('Not then.'),
      shell('touch ran'),
    ]);
    await client.ask('thread/resume', { threadId });
    const asks = ({ method }: Pick<Message, 'method'>) => method === 'item/commandExecution/requestApproval';
    let mark = client.mark;
    await client.ask('turn/start', { threadId, input: input('run it') });
    const first = await client.until(asks, mark);
    client.say({ id: first.id, result: { decision: 'shrug' } });
    client.say({ id: first.id, result: 7 });
    client.say({ id: 99, result: { decision: 'accept' } });
    client.say({ id: first.id, result: { decision: 'decline' } });
    await client.notified('turn/completed', mark);
    expect(
      client.messages.findLast(({ params }) => params?.item?.type === 'commandExecution')?.params.item.status,
    ).toBe('declined');
    mark = client.mark;
    await client.ask('turn/start', { threadId, input: input('again') });
    const second = await client.until(asks, mark);
    client.say({ id: second.id, result: { decision: 'cancel' } });
    expect((await client.notified('turn/completed', mark)).params.turn.status).toBe('interrupted');
  });
});

describe('keeping threads', () => {
  it('G1: they are listed, read, named, put away and taken back', async () => {
    const [client, other] = [await app.client(), await app.client()];
    const { threadId, prompt } = await threadWith(app, client, [says('Yes.')]);
    const ids = async (params: object) => (await client.ask('thread/list', params)).result.data.map(({ id }) => id);
    expect(await ids({ searchTerm: prompt.slice(0, 20) })).toEqual([threadId]);
    await client.ask('thread/name/set', { threadId, name: ' My own name ' });
    expect((await other.notified('thread/name/updated')).params).toEqual({ threadId, threadName: 'My own name' });
    const read = (await client.ask('thread/read', { threadId, includeTurns: true })).result.thread;
    expect([read.name, read.preview, read.turns.length]).toEqual(['My own name', prompt, 1]);
    await client.ask('thread/archive', { threadId });
    await other.notified('thread/archived');
    expect(await ids({ searchTerm: 'My own' })).toEqual([]);
    expect(await ids({ searchTerm: 'My own', archived: true })).toEqual([threadId]);
    expect((await client.ask('thread/resume', { threadId })).error?.message).toContain(`${threadId} is archived`);
    await client.ask('thread/unarchive', { threadId });
    await other.notified('thread/unarchived');
    expect((await client.ask('thread/resume', { threadId })).result.thread.id).toBe(threadId);
  });

  it('G1: pages follow their cursors, in both directions', async () => {
    const client = await app.client();
    const { threadId, turnId } = await threadWith(app, client, [says('One.'), says('Two.'), says('Three.')]);
    const later = [await asked(client, threadId, 'b'), await asked(client, threadId, 'c')];
    const first = (await client.ask('thread/turns/list', { threadId, limit: 2 })).result;
    expect(first.data.map(({ id }) => id)).toEqual(later.toReversed());
    const rest = (await client.ask('thread/turns/list', { threadId, limit: 2, cursor: first.nextCursor })).result;
    expect([rest.data.map(({ id }) => id), rest.nextCursor]).toEqual([[turnId], null]);
    const items = (await client.ask('thread/items/list', { threadId, turnId, sortDirection: 'asc' })).result;
    expect(items.data.map(({ item }) => item.type)).toEqual(['userMessage', 'agentMessage']);
    expect((await client.ask('thread/turns/list', { threadId, cursor: 'garbage' })).error?.message).toBe(
      'invalid cursor: garbage',
    );
  });

  it('G1: a compaction is a turn of its own, with what it cost', async () => {
    const client = await app.client();
    const { threadId } = await threadWith(app, client, [
      { ...says('One.'), ...figures(100, 20) },
      { ...says('The summary.'), ...figures(50, 5) },
    ]);
    const mark = client.mark;
    await client.ask('thread/compact/start', { threadId });
    const { params } = await client.notified('turn/completed', mark);
    expect(client.told(mark)).toContain('thread/compacted');
    const later = client.mark;
    await client.ask('thread/resume', { threadId });
    expect((await client.notified('thread/tokenUsage/updated', later)).params.turnId).toBe(params.turn.id);
  });

  it('G1: who unsubscribes is told nothing more of it', async () => {
    const [client, other] = [await app.client(), await app.client()];
    const { threadId } = await threadWith(app, client, [says('One.'), says('Two.')]);
    await other.ask('thread/resume', { threadId });
    expect((await client.ask('thread/unsubscribe', { threadId })).result.status).toBe('unsubscribed');
    expect((await client.ask('thread/unsubscribe', { threadId })).result.status).toBe('notSubscribed');
    const mark = client.mark;
    await asked(other, threadId, 'again');
    await client.ask('thread/loaded/list', {});
    expect(client.told(mark).filter((name) => name.startsWith('item/') || name.startsWith('turn/'))).toEqual([]);
  });
});
