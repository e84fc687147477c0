/** Sessions of hosted agents, with real programs that speak the protocol. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDo } from '@taffrail/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostBench, itemLines, itemsOf, secret } from './bench-for-tests.js';

let bench: HostBench;
beforeAll(() => {
  bench = new HostBench();
});
afterAll(() => bench.close());

describe('a turn of a hosted agent', () => {
  it('E-beyond: what it says and thinks comes piece by piece and stands whole', async () => {
    const sessionId = await bench.session('plain');
    const { turnId, state } = await bench.done(
      sessionId,
      toDo(
        { think: 'Hm.' },
        { say: 'Hello from the agent' },
        { title: 'A greeting' },
        { context: { used: 1200, size: 8000 } },
      ),
    );
    expect(itemLines(state).slice(1)).toEqual(['reasoning: Hm.', 'message: Hello from the agent']);
    expect(state.turns.get(turnId)).toMatchObject({
      outcome: 'complete',
      throughput: { contextTokens: 1200, contextWindow: 8000 },
    });
    expect(state.description).toMatchObject({
      title: 'A greeting',
      titledBy: 'model',
      profile: 'plain',
      agentVersion: '1.2.3',
      model: 'small',
      hosted: { agent: 'plain', models: [{ id: 'small' }, { id: 'large' }] },
    });
  });

  it('E-beyond: a call stands with its input, its span, its output and its diff', async () => {
    const sessionId = await bench.session('plain');
    const { state } = await bench.done(
      sessionId,
      toDo(
        { say: 'First' },
        { call: { name: 'shell', title: 'Run ls', input: { command: 'ls' }, shows: ['a', 'a\nb'], output: 'a\nb\n' } },
        { say: 'Then' },
        { call: { title: 'Edit', kind: 'edit', diff: { path: 'src/a.txt', before: 'old\n', after: 'new\n' } } },
        { call: { title: 'Fails', fails: true, output: 'no such file' } },
        { say: 'Last' },
      ),
    );
    const items = itemsOf(state);
    expect(items.find((item) => item.type === 'tool_call' && item.name === 'shell')).toMatchObject({
      text: '{"command":"ls"}',
    });
    const results = items.flatMap((item) => (item.type === 'tool_result' ? [item] : []));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'error']);
    expect(results[0]?.text).toBe('a\nb\n');
    expect(results[1]?.text).toContain('--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1,1 +1,1 @@\n-old\n+new');
    expect(state.openSpans.size).toBe(0);
    const steps = [...state.items.values()].map(({ step }) => step);
    expect(steps).toEqual([null, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
  });

  it('E-beyond: its plan is the task list, told again in place', async () => {
    const sessionId = await bench.session('plain');
    const { state } = await bench.done(
      sessionId,
      toDo(
        { plan: [{ content: 'Look', status: 'in_progress' }] },
        {
          plan: [
            { content: 'Look', status: 'completed' },
            { content: 'Mend', status: 'pending' },
          ],
        },
        { say: 'done' },
      ),
    );
    const lists = itemsOf(state).flatMap((item) => (item.type === 'tool_call' ? [item] : []));
    expect(lists).toHaveLength(1);
    expect(lists[0]).toMatchObject({ name: 'tasks' });
    expect(JSON.parse(lists[0]?.text ?? '')).toEqual({
      tasks: [
        { text: 'Look', status: 'done' },
        { text: 'Mend', status: 'pending' },
      ],
    });
  });

  it('E-beyond: it asks before it acts, and hears what a person says', async () => {
    const sessionId = await bench.session('plain');
    const steps = { title: 'Run touch', asks: true, writes: { path: 'made.txt', text: 'x' } };
    const turnId = await bench.ask(sessionId, toDo({ call: steps }));
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    const [question] = [...asked.permissions.values()];
    expect(question).toMatchObject({ subject: 'Run touch', tool: 'execute' });
    expect(asked.status).toBe('waiting');
    expect(existsSync(join(bench.project, 'made.txt'))).toBe(false);
    await bench.runner.answer(sessionId, question?.permissionId ?? '', 'allow');
    const state = await bench.ended(sessionId, turnId);
    expect(existsSync(join(bench.project, 'made.txt'))).toBe(true);
    expect(state.turns.get(turnId)).toMatchObject({ outcome: 'complete', before: { kind: 'copy' } });
    expect(state.changes?.files).toMatchObject([{ path: 'made.txt', status: 'added' }]);
  });

  it('E-beyond: what a person always allows is not asked again, what is denied is not done', async () => {
    const sessionId = await bench.session('plain');
    const call = { call: { title: 'Run it', asks: true } };
    const first = await bench.ask(sessionId, toDo(call));
    const asked = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.answer(sessionId, [...asked.permissions.keys()][0] ?? '', 'always');
    await bench.ended(sessionId, first);
    expect(readFileSync(join(bench.home, '.fake-agent', 'answers.txt'), 'utf8')).toContain('"always"');
    const second = await bench.done(sessionId, toDo(call));
    expect(second.state.turns.get(second.turnId)?.outcome).toBe('complete');
    const third = await bench.ask(sessionId, toDo({ call: { title: 'Run other', asks: true } }));
    const again = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.answer(sessionId, [...again.permissions.keys()][0] ?? '', 'deny');
    const state = await bench.ended(sessionId, third);
    expect(itemLines(state).at(-1)).toBe('tool_result: refused');
  });

  it('E-beyond: the configured rules answer by kind and by what is about to be done', async () => {
    const sessionId = await bench.session('ruled');
    const call = (title: string, kind: 'execute' | 'fetch') => ({
      call: { title, kind, asks: true, output: 'did it' },
    });
    const { state } = await bench.done(
      sessionId,
      toDo(call('Run npm test', 'execute'), call('Run rm -rf x', 'execute'), call('Fetch a page', 'fetch')),
    );
    const results = itemLines(state).filter((line) => line.startsWith('tool_result'));
    expect(results).toEqual(['tool_result: did it', 'tool_result: refused', 'tool_result: did it']);
  });

  it('E-beyond: no secret comes out of it, whole or in pieces', async () => {
    const sessionId = await bench.session('plain');
    await bench.done(
      sessionId,
      toDo(
        { say: `It is ${secret}, yes`, pieces: 9 },
        { call: { title: `Run ${secret}`, input: { key: secret }, output: `out ${secret}` } },
        { fail: `not with ${secret}` },
      ),
    );
    const rows = JSON.stringify((await bench.rows(sessionId)).slice(5));
    expect(rows).toContain('[redacted HOSTED_SECRET]');
    const told = rows.split('"author":"model"').slice(1).join('');
    expect(told).not.toContain(secret);
  });
});

describe('how a hosted turn ends', () => {
  it('E-beyond: a stop reaches the agent, and the turn is cancelled', async () => {
    const sessionId = await bench.session('plain');
    const turnId = await bench.ask(sessionId, toDo({ say: 'I begin.' }, { wait: 60_000 }, { say: 'never' }));
    await bench.until(sessionId, (state) => itemLines(state).includes('message: I begin.'));
    await bench.runner.interrupt(sessionId);
    const state = await bench.state(sessionId);
    expect(state.turns.get(turnId)?.outcome).toBe('cancelled');
    const { state: next } = await bench.done(sessionId, 'still there?');
    expect(itemLines(next).at(-1)).toBe('message: You said: still there?');
  });

  it('E-beyond: one that does not stop is ended by force, and the next prompt takes up its conversation', async () => {
    const sessionId = await bench.session('deaf');
    const turnId = await bench.ask(
      sessionId,
      toDo({ call: { title: 'Sleep' } }, { say: 'I begin.' }, { wait: 60_000 }),
    );
    await bench.until(sessionId, (state) => itemLines(state).includes('message: I begin.'));
    await bench.runner.interrupt(sessionId);
    expect((await bench.state(sessionId)).turns.get(turnId)?.outcome).toBe('cancelled');
    const { state } = await bench.done(sessionId, 'and now?');
    expect(itemLines(state).filter((line) => line === 'message: I begin.')).toHaveLength(1);
    expect(itemLines(state).at(-1)).toBe('message: You said: and now?');
  }, 60_000);

  it('E-beyond: where its program dies, the turn fails with its last words', async () => {
    const sessionId = await bench.session('plain');
    const { turnId, state } = await bench.done(sessionId, toDo({ say: 'half' }, { crash: 'out of luck' }));
    expect(state.turns.get(turnId)).toMatchObject({ outcome: 'failed' });
    expect(state.turns.get(turnId)?.reason).toMatch(/ended with code 3\. Its last words: out of luck$/);
    expect(itemLines(state)).toContain('message: half');
  });

  it('E-beyond: what is no message is passed over, and an error of the agent is said in its words', async () => {
    const sessionId = await bench.session('plain');
    const good = await bench.done(sessionId, toDo({ garbage: 'not json at all' }, { say: 'fine' }));
    expect(itemLines(good.state).at(-1)).toBe('message: fine');
    const bad = await bench.done(sessionId, toDo({ fail: 'the model is on holiday' }));
    expect(bad.state.turns.get(bad.turnId)?.reason).toContain('the model is on holiday');
  });

  it('E-beyond: a message without end costs no memory: its program is given up, and the next prompt goes on', async () => {
    const sessionId = await bench.session('plain');
    const { turnId, state } = await bench.done(sessionId, toDo({ say: 'Before it.' }, { flood: 17 }, { wait: 60_000 }));
    expect(state.turns.get(turnId)?.outcome).toBe('failed');
    const { state: next } = await bench.done(sessionId, 'and on');
    expect(itemLines(next).at(-1)).toBe('message: You said: and on');
  });

  it('E-beyond: a question that waits when the server stops is not answered later: the turn is interrupted', async () => {
    const sessionId = await bench.session('plain');
    const turnId = await bench.ask(sessionId, toDo({ call: { title: 'Run it', asks: true } }));
    await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    await bench.runner.stop();
    const runner = bench.newRunner();
    await runner.recover();
    const state = await bench.state(sessionId);
    expect(state.turns.get(turnId)?.outcome).toBe('interrupted');
    expect(state.permissions.size).toBe(0);
    const { state: next } = await bench.done(sessionId, 'and on');
    expect(itemLines(next).at(-1)).toBe('message: You said: and on');
  });

  it('E-beyond: a program that is not there and one that wants a login are named', async () => {
    const missing = await bench.done(await bench.session('missing'), 'hello');
    expect(missing.state.turns.get(missing.turnId)?.reason).toBe(
      'there is no program no-such-agent-here: install it, or name another in config.toml.',
    );
    const locked = await bench.done(await bench.session('locked'), 'hello');
    expect(locked.state.turns.get(locked.turnId)?.reason).toMatch(/not signed in: sign in with that program/);
  });

  it('E-beyond: a stop also ends the wait for a program that does not answer', async () => {
    const sessionId = await bench.session('silent');
    const turnId = await bench.ask(sessionId, 'hello');
    await bench.runner.interrupt(sessionId);
    expect((await bench.state(sessionId)).turns.get(turnId)?.outcome).toBe('cancelled');
  });

  it('E-beyond: a steer waits for the next turn, and a compaction is refused', async () => {
    const sessionId = await bench.session('plain');
    const turnId = await bench.ask(sessionId, toDo({ wait: 300 }, { say: 'one' }));
    await bench.ask(sessionId, 'two', 'steer');
    const state = await bench.until(sessionId, (now) => itemLines(now).includes('message: You said: two'));
    expect(state.turns.get(turnId)?.outcome).toBe('complete');
    await expect(bench.runner.compact(sessionId, 'compact')).rejects.toThrow('makes its context smaller by itself');
  });
});

describe('the conversation of a hosted session', () => {
  it('E-beyond: after a restart it is taken up, and what is told again is not written again', async () => {
    for (const agent of ['plain', 'resuming']) {
      const sessionId = await bench.session(agent);
      const first = await bench.done(sessionId, 'one');
      await bench.runner.stop();
      bench.newRunner();
      const { state } = await bench.done(sessionId, 'two');
      expect(state.description.hosted?.sessionId).toBe(first.state.description.hosted?.sessionId);
      expect(itemLines(state)).toEqual([
        'message: one',
        'message: You said: one',
        'message: two',
        'message: You said: two',
      ]);
      expect(bench.prompts().at(-1)?.prompt).toEqual([{ type: 'text', text: 'two' }]);
    }
  }, 60_000);

  it('E-beyond: one that cannot be taken up is told what was said, and the log says so', async () => {
    const sessionId = await bench.session('forgetful');
    const first = await bench.done(sessionId, 'my name is Ada');
    await bench.runner.stop();
    bench.newRunner();
    const { state } = await bench.done(sessionId, 'who am I?');
    expect(state.description.hosted?.sessionId).not.toBe(first.state.description.hosted?.sessionId);
    const [told, asked] = bench.prompts().at(-1)?.prompt ?? [];
    expect(told?.text).toContain('user: my name is Ada');
    expect(asked?.text).toBe('who am I?');
    expect(itemLines(state).some((line) => line.includes('could not take up its earlier conversation'))).toBe(true);
  }, 60_000);

  it('E-beyond: after a rewind it begins anew, told what was kept', async () => {
    const sessionId = await bench.session('plain');
    const first = await bench.done(sessionId, 'keep this');
    const second = await bench.done(sessionId, 'forget that');
    await (await bench.runner.files(sessionId)).rewind(second.turnId, false);
    const { state } = await bench.done(sessionId, 'and on');
    expect(state.description.hosted?.sessionId).not.toBe(first.state.description.hosted?.sessionId);
    const told = bench.prompts().at(-1)?.prompt[0]?.text ?? '';
    expect(told).toContain('keep this');
    expect(told).not.toContain('forget that');
    const { state: after } = await bench.done(sessionId, 'further');
    expect(after.description.hosted?.sessionId).toBe(state.description.hosted?.sessionId);
  });

  it('E-beyond: a fork is run by the same agent, in a conversation of its own', async () => {
    const sessionId = await bench.session('plain');
    const { state } = await bench.done(sessionId, 'before the fork');
    const forkId = await bench.runner.fork(sessionId, {});
    const { state: fork } = await bench.done(forkId, 'in the fork');
    expect(fork.description.profile).toBe('plain');
    expect(fork.description.hosted?.sessionId).not.toBe(state.description.hosted?.sessionId);
    expect(bench.prompts().at(-1)?.prompt[0]?.text).toContain('before the fork');
  });

  it('E-beyond: a model that is chosen is the agent’s from the next prompt on', async () => {
    const sessionId = await bench.session('plain');
    await bench.done(sessionId, 'one');
    await bench.runner.patch(sessionId, { model: 'large' });
    const { state } = await bench.done(sessionId, 'two');
    expect(bench.prompts().at(-1)?.model).toBe('large');
    expect(state.description.model).toBe('large');
  });

  it('E-beyond: pictures are shown where the agent takes them, else it is told of them', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    for (const [agent, type] of [
      ['seeing', 'image'],
      ['plain', 'text'],
    ] as const) {
      const sessionId = await bench.session(agent);
      const files = [{ mediaType: 'image/png', name: 'dot.png', bytes: png }];
      await bench.runner.startTurn(sessionId, { id: `${agent}-turn`, input: 'look', mode: 'queue', files });
      await bench.ended(sessionId, `${agent}-turn`);
      const prompt = bench.prompts().at(-1)?.prompt ?? [];
      expect(prompt.map((block) => block.type)).toContain(type);
      expect(prompt.at(-1)?.text ?? 'dot.png').toContain('dot.png');
    }
    writeFileSync(join(bench.project, 'done.txt'), '');
  });

  it('E-beyond: it gets the variables that are named for it, and no other secret', async () => {
    const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8');
    await bench.done(await bench.session('given'), 'hello');
    expect(environmentOf(bench.prompts().at(-1)?.pid ?? 0)).toContain(`HOSTED_SECRET=${secret}`);
    await bench.done(await bench.session('plain'), 'hello');
    const plain = environmentOf(bench.prompts().at(-1)?.pid ?? 0);
    expect(plain).not.toContain(secret);
    expect(plain).toContain(bench.owner);
  });
});

describe('MCP servers of a hosted agent', () => {
  const notes = { name: 'notes', command: 'notes-server', args: ['--quiet'], env: [{ name: 'PLACE', value: 'here' }] };
  const headers = [{ name: 'Authorization', value: `Bearer ${secret}` }];
  const far = { type: 'http', name: 'far', url: 'https://far.example/mcp', headers };
  const toldOf = async (agent: string) => {
    const sessionId = await bench.session(agent);
    await bench.done(sessionId, 'hello');
    return { sessionId, servers: bench.prompts().at(-1)?.servers };
  };

  it('E-beyond: it is told of those that config.toml names for it, as far as they can be used', async () => {
    const { sessionId, servers } = await toldOf('served');
    expect(servers).toEqual([notes, far]);
    expect(JSON.stringify(await bench.rows(sessionId))).not.toContain(secret);
    bench.newRunner();
    await bench.done(sessionId, 'and again');
    expect(bench.prompts().at(-1)?.servers).toEqual([notes, far]);
  });

  it('E-beyond: of those over HTTP only where it can reach them, and of none where none is named', async () => {
    expect((await toldOf('near')).servers).toEqual([notes]);
    expect((await toldOf('plain')).servers).toEqual([]);
  });
});
