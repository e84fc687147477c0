/** Tools of MCP servers in sessions: real processes and sockets, a real store, a model over real HTTP. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState } from '@taffrail/session';
import { fakeMcpConfig, serveFakeMcp } from '@taffrail/testing';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usualPatience } from '../mcp/patience.js';
import { Bench, calls, itemsOf, lines, outcomeOf, says, secrets } from './runner-for-tests.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const agent = (name: string, more: string) => `[[agents]]\nname = "${name}"\nmodels = ["anthropic/model-a"]\n${more}\n`;
const allowing = agent('mcp', 'permissions = { "mcp__*" = "allow" }');

function withServers(...lines: string[]): void {
  bench.more = [allowing, ...lines].join('\n');
  bench.newRunner();
}

const results = (state: SessionState) => itemsOf(state).filter((item) => item.type === 'tool_result');
const notes = (state: SessionState) =>
  itemsOf(state).flatMap((item) => (item.type === 'error' ? [[item.code, item.text]] : []));

/** The MCP tools that the model was told of, request by request. */
function toldTools(prompt: string): string[][] {
  return bench.models.served
    .filter(({ conversation }) => conversation === prompt)
    .map(({ body }) => (body?.['tools'] ?? []) as { name: string }[])
    .map((tools) => tools.map(({ name }) => name).filter((name) => name.startsWith('mcp__')));
}

/** The result of one call in a turn of its own. */
async function resultOf(tool: string, input: Record<string, unknown> = {}) {
  const { state } = await bench.done('mcp', [calls(`mcp__fake__${tool}`, input), says('done')]);
  return results(state)[0];
}

describe('E-beyond: a tool of an MCP server', () => {
  test('is told to the model, asked about, run, and answered from', async () => {
    withServers(fakeMcpConfig('fake'));
    const prompt = v7();
    bench.models.script(prompt, [calls('mcp__fake__echo', { text: 'hello' }), says('It said hello.')]);
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, prompt);
    const asking = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    const [question] = [...asking.permissions.values()];
    expect(question).toMatchObject({ tool: 'mcp__fake__echo', subject: '{"text":"hello"}', pattern: '*' });
    await bench.runner.answer(sessionId, question?.permissionId ?? '', 'allow');
    const state = await bench.ended(sessionId, turnId);
    expect(lines(state).slice(1)).toEqual([
      'tool_call: {"text":"hello"}',
      'tool_result: hello',
      'message: It said hello.',
    ]);
    expect(toldTools(prompt)[0]).toContain('mcp__fake__echo');
  });

  test('is allowed for the session, whatever its input, by the answer "always"', async () => {
    withServers(fakeMcpConfig('fake'));
    const prompt = v7();
    const call = (text: string) => calls('mcp__fake__echo', { text });
    bench.models.script(prompt, [call('one'), call('two'), says('done')]);
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, prompt);
    const { permissions } = await bench.until(sessionId, (state) => state.permissions.size === 1);
    await bench.runner.answer(sessionId, [...permissions.keys()][0] ?? '', 'always');
    const state = await bench.ended(sessionId, turnId);
    expect(results(state).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('works in the folder of the session, and is told of no other', async () => {
    withServers(fakeMcpConfig('fake'));
    expect((await resultOf('where'))?.text).toBe(`${bench.project} file://${bench.project}`);
  });

  test('shows the model images, and says the rest in words', async () => {
    withServers(fakeMcpConfig('fake'));
    const result = await resultOf('parts');
    expect(result?.attachments).toMatchObject([{ mediaType: 'image/png' }]);
    expect(result?.text.split('\n')).toEqual([
      'Look.',
      expect.stringContaining('it follows'),
      '(An image (image/png) of 12 bytes; it is not shown.)',
      '(Sound (audio/wav) of 3 bytes; it is not shown.)',
      '(A link to a.txt: file:///a.txt)',
      'note://1:',
      'Remember the milk.',
      '(The resource note://2, application/zip; it is not shown.)',
      '(Something that is not understood here; it is not shown.)',
    ]);
  });

  test.each([
    ['fail', 'error', /^It went wrong/],
    ['facts', 'ok', /"moons": 2/],
    ['crash', 'error', /gave no result: it ended with exit code 7; it said: out of cheese/],
    ['malformed', 'error', /gave no result/],
  ] as const)('that answers like %s gives a result of status %s', async (tool, status, text) => {
    withServers(fakeMcpConfig('fake'));
    expect(await resultOf(tool)).toMatchObject({ status, text: expect.stringMatching(text) });
  });

  test('is started again where it has died, for the next call', async () => {
    withServers(fakeMcpConfig('fake'));
    const replies = [calls('mcp__fake__crash', {}), calls('mcp__fake__echo', { text: 'again' }), says('done')];
    const { state } = await bench.done('mcp', replies);
    expect(results(state).map(({ status }) => status)).toEqual(['error', 'ok']);
  });

  test('that answers with much is kept aside', async () => {
    withServers(fakeMcpConfig('fake'));
    const replies = [calls('mcp__fake__huge', { bytes: 200_000 }), says('done')];
    const { state, sessionId } = await bench.done('mcp', replies);
    expect(results(state)[0]?.text.length).toBeLessThan(33_000);
    const [kept = ''] = readdirSync(join(bench.folder, 'outputs', sessionId));
    expect(readFileSync(join(bench.folder, 'outputs', sessionId, kept))).toHaveLength(200_000);
  });

  test('that answers with more than anybody can use costs its connection, not the server', async () => {
    withServers(fakeMcpConfig('fake'));
    const huge = calls('mcp__fake__huge', { bytes: 50_000_000 });
    const { state } = await bench.done('mcp', [huge, calls('mcp__fake__echo', { text: 'well' }), says('done')]);
    expect(results(state)).toMatchObject([
      { status: 'error', text: expect.stringContaining('a message of more than 16 MB') },
      { status: 'ok', text: 'well' },
    ]);
  });

  test('tells how far it is while it runs', async () => {
    withServers(fakeMcpConfig('fake'));
    const prompt = v7();
    bench.models.script(prompt, [calls('mcp__fake__slow', { seconds: 5 }), says('done')]);
    const sessionId = await bench.session('mcp');
    const turnId = await bench.ask(sessionId, prompt);
    const shown = async () =>
      lines((await bench.runner.running(sessionId))?.session.state ?? (await bench.state(sessionId)));
    await expect.poll(shown, { timeout: 10_000 }).toContainEqual(expect.stringContaining('step 1 (10 of 100)'));
    await bench.runner.interrupt(sessionId);
    const state = await bench.ended(sessionId, turnId);
    expect(results(state)[0]).toMatchObject({ status: 'interrupted' });
    // It was told to stop, and is there for the next one.
    await expect.poll(() => existsSync(join(bench.project, 'cancelled.txt'))).toBe(true);
  });

  test('that never answers is given up, and its session goes on', async () => {
    bench.patience = { ...usualPatience, callMs: 400 };
    withServers(fakeMcpConfig('fake'));
    expect(await resultOf('hang')).toMatchObject({
      status: 'error',
      text: expect.stringContaining('nothing was heard'),
    });
  });

  test('that tells of progress is waited for longer than one that does not', async () => {
    bench.patience = { ...usualPatience, callMs: 700 };
    withServers(fakeMcpConfig('fake'));
    expect(await resultOf('slow', { seconds: 2 })).toMatchObject({ status: 'ok', text: 'It is done.' });
  });

  test('makes the check run where it may have changed something, and not where it says it does not', async () => {
    bench.file('check.sh', 'echo checked >> checks.txt');
    withServers(fakeMcpConfig('fake'), agent('careful', 'check = "sh check.sh"\npermissions = { "mcp__*" = "allow" }'));
    await bench.done('careful', [calls('mcp__fake__echo', { text: 'x' }), says('done')]);
    expect(existsSync(join(bench.project, 'checks.txt'))).toBe(false);
    await bench.done('careful', [calls('mcp__fake__write_note', { text: 'x' }), says('done')]);
    expect(readFileSync(join(bench.project, 'checks.txt'), 'utf8')).toBe('checked\n');
  });
});

describe('E-beyond: secrets of an MCP server', () => {
  test('reach it, and nothing of them is stored', async () => {
    withServers(fakeMcpConfig('fake', '', 'env_from = ["SECOND_SECRET"]'));
    const { state, prompt } = await bench.done('mcp', [
      calls('mcp__fake__secret', { name: 'SECOND_SECRET' }),
      calls('mcp__fake__secret', { name: 'FIRST_SECRET' }),
      says('done'),
    ]);
    expect(results(state).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^SECOND_SECRET is \[redacted .+\]$/),
      'FIRST_SECRET is not there',
    ]);
    const told = JSON.stringify([state.items, bench.models.served.filter((one) => one.conversation === prompt)]);
    expect(told).not.toContain(secrets.second);
  });

  test('that are missing keep it from being started, and that is said', async () => {
    withServers(fakeMcpConfig('fake', '', 'env_from = ["NOBODY_SET_THIS"]'));
    const { state, prompt } = await bench.done('mcp', [says('done')]);
    expect(notes(state)).toEqual([['mcp', expect.stringContaining('NOBODY_SET_THIS is neither set')]]);
    expect(toldTools(prompt)).toEqual([[]]);
  });
});

describe('E-beyond: an MCP server that is not there', () => {
  test('does not hold up the turn; whoever watches is told once, and the model is not', async () => {
    withServers(fakeMcpConfig('fake', 'broken'));
    const { sessionId, state } = await bench.done('mcp', [says('first'), says('second')]);
    const why = 'Without fake: it ended with exit code 3; it said: warming up / no such database: customers.';
    expect(notes(state)).toEqual([['mcp', why]]);
    const after = await bench.ended(sessionId, await bench.ask(sessionId, 'and then?'));
    expect(notes(after)).toHaveLength(1);
    expect(JSON.stringify(bench.models.served.map(({ body }) => body))).not.toContain('no such database');
  });

  test('comes with its tools when it has started, in the middle of a turn', async () => {
    bench.patience = { ...usualPatience, startMs: 50 };
    withServers(fakeMcpConfig('fake', 'late'));
    const replies = [
      calls('run_command', { command: 'sleep 4' }),
      calls('mcp__fake__echo', { text: 'late' }),
      says('x'),
    ];
    bench.more += agent('patient', 'permissions = { "mcp__*" = "allow", run_command = "allow" }');
    bench.newRunner();
    const { state, prompt } = await bench.done('patient', replies);
    expect(toldTools(prompt)[0]).toEqual([]);
    expect(notes(state)).toEqual([['mcp', expect.stringContaining('it takes long to start')]]);
    expect(results(state).at(-1)).toMatchObject({ status: 'ok', text: 'late' });
  });

  test.each(['silent', 'endless'])('but %s is given up', async (behaviour) => {
    bench.patience = { ...usualPatience, startMs: 300, giveUpMs: 1_500 };
    withServers(fakeMcpConfig('fake', behaviour));
    const { state, turnId } = await bench.done('mcp', [says('done')]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    expect(notes(state)).toHaveLength(1);
  });

  test('is no matter for a turn that only makes the context smaller', async () => {
    withServers(fakeMcpConfig('fake', 'broken'));
    const { sessionId } = await bench.done('anthropic', [says('first'), says('a summary')]);
    const id = v7();
    await bench.runner.compact(sessionId, id);
    const state = await bench.ended(sessionId, id);
    expect(notes(state)).toHaveLength(1);
  });
});

describe('E-beyond: a connection to an MCP server', () => {
  const connected = () =>
    bench.runner.mcp.view({ name: 'fake' }).standings.filter(({ kind }) => kind === 'connected').length;

  test('is one for all sessions in a folder, and another in another folder', async () => {
    withServers(fakeMcpConfig('fake'));
    await bench.done('mcp', [says('one')]);
    await bench.done('mcp', [says('two')]);
    expect(connected()).toBe(1);
    const elsewhere = await bench.runner.create({ cwd: bench.folder, agent: 'mcp' });
    const prompt = v7();
    bench.models.script(prompt, [calls('mcp__fake__where', {}), says('three')]);
    const state = await bench.ended(elsewhere, await bench.ask(elsewhere, prompt));
    expect(results(state)[0]?.text).toBe(`${bench.folder} file://${bench.folder}`);
    expect(connected()).toBe(2);
  });

  test('is let go when nobody has used it for a while, and made anew for the next turn', async () => {
    bench.patience = { ...usualPatience, idleMs: 100 };
    withServers(fakeMcpConfig('fake'));
    await bench.done('mcp', [says('one')]);
    await expect.poll(connected, { timeout: 5_000 }).toBe(0);
    expect(await resultOf('echo', { text: 'here again' })).toMatchObject({ status: 'ok', text: 'here again' });
  });

  test('is never made for sessions that use no such server', async () => {
    withServers(fakeMcpConfig('fake'), agent('without', 'mcp = []'));
    await bench.done('without', [says('one')]);
    expect(bench.runner.mcp.view({ name: 'fake' }).standings).toEqual([]);
  });
});

describe('E-beyond: tools of an MCP server', () => {
  test('that it gets while a turn runs are there at the next step', async () => {
    withServers(fakeMcpConfig('fake'));
    const replies = [
      calls('mcp__fake__grow', {}),
      calls('mcp__fake__slow', { seconds: 0.5 }),
      calls('mcp__fake__grown', {}),
      says('done'),
    ];
    const { state, prompt } = await bench.done('mcp', replies);
    expect(results(state).at(-1)).toMatchObject({ status: 'ok', text: 'I came later.' });
    expect(toldTools(prompt)[0]).not.toContain('mcp__fake__grown');
  });

  test('are left out where there are too many, and it is said', async () => {
    withServers(fakeMcpConfig('one', 'many'), fakeMcpConfig('two', 'many'));
    const { state, prompt } = await bench.done('mcp', [says('done')]);
    expect(toldTools(prompt)[0]).toHaveLength(110);
    expect(notes(state)).toEqual([['mcp', expect.stringContaining('Without two: 90 of its tools are left out')]]);
  });

  test('with odd names and schemas do no harm', async () => {
    withServers(fakeMcpConfig('fake', 'odd noisy lying'));
    const { prompt, state } = await bench.done('mcp', [calls('mcp__fake__echo', { text: 'still me' }), says('done')]);
    expect(results(state)[0]).toMatchObject({ status: 'ok', text: 'still me' });
    const [names = []] = toldTools(prompt);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
    expect(names).toHaveLength(16);
  });

  test('are for the agents that use the server, and never for a sub-agent of one that does not', async () => {
    withServers(
      fakeMcpConfig('fake'),
      agent('without', 'mcp = []'),
      agent('bare', 'tools = []'),
      agent('other', 'permissions = { "mcp__*" = "allow" }'),
    );
    const none = await bench.done('without', [says('done')]);
    const bare = await bench.done('bare', [says('done')]);
    expect([toldTools(none.prompt), toldTools(bare.prompt)]).toEqual([[[]], [[]]]);
    const child = v7();
    bench.models.script(child, [calls('mcp__fake__echo', { text: 'x' }), says('I cannot.')]);
    await bench.done('without', [calls('agent', { task: child, agent: 'other' }), says('done')]);
    expect(toldTools(child)).toEqual([[], []]);
  });

  test('are a sub-agent’s too, by the strictest rule of all above it', async () => {
    withServers(
      fakeMcpConfig('fake'),
      agent('strict', 'permissions = { mcp__fake__fail = "deny", "mcp__*" = "allow" }'),
    );
    const child = v7();
    bench.models.script(child, [calls('mcp__fake__echo', { text: 'x' }), calls('mcp__fake__fail', {}), says('Done.')]);
    await bench.done('strict', [calls('agent', { task: child, agent: 'mcp' }), says('done')]);
    const asked = bench.models.served.filter(({ conversation }) => conversation === child).at(-1);
    expect(JSON.stringify(asked?.body)).toContain('the permissions deny mcp__fake__fail');
  });
});

describe('E-beyond: an MCP server over HTTP', () => {
  test('is given its headers, and one that forgets the connection is connected to anew', async () => {
    const fake = await serveFakeMcp(secrets.second);
    withServers(`[mcp.fake]\nurl = "${fake.url}"\nbearer_env = "SECOND_SECRET"\nheaders = { "x-team" = "blue" }`);
    expect(await resultOf('echo', { text: 'far' })).toMatchObject({ status: 'ok', text: 'far' });
    fake.forget();
    expect(await resultOf('echo', { text: 'farther' })).toMatchObject({ status: 'ok', text: 'farther' });
    expect(fake.seen[0]).toMatchObject({ 'x-team': 'blue', authorization: `Bearer ${secrets.second}` });
    await fake.close();
    expect(await resultOf('echo', { text: 'gone' })).toMatchObject({ status: 'error' });
  });

  test('that refuses the token is said not to be there, without the token', async () => {
    const fake = await serveFakeMcp('another token');
    withServers(`[mcp.fake]\nurl = "${fake.url}"\nbearer_env = "SECOND_SECRET"`);
    const { state } = await bench.done('mcp', [says('done')]);
    expect(notes(state)).toEqual([['mcp', expect.stringContaining('who are you?')]]);
    await fake.close();
  });
});
