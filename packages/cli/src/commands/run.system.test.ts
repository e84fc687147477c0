/** `taffrail run` with and without a server on its data folder. The server is a real one, its model a fake. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataHome, serve } from '@taffrail/server';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Budgets, Row, SessionSummary } from '@taffrail/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Captured, type Look, Place } from '../captured.js';

let model: ModelServer;
let place: Place;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  model = await startModelServer();
});
afterAll(() => model.close());

beforeEach(() => {
  place = new Place();
  mkdirSync(place.dataDir, { recursive: true });
  writeFileSync(join(place.dataDir, 'config.toml'), configFor(model.url));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  place.remove();
});

const configFor = (url: string) => `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${url}/v1"
[[agents]]
name = "default"
models = ["main/claude-sonnet-4-5"]
[agents.permissions]
run_command = "ask"
`;

interface Server {
  url: string;
  order(path: string, body: object): Promise<Response>;
  get<Answer>(path: string): Promise<Answer>;
}

async function served(): Promise<Server> {
  const stop = new AbortController();
  const home = dataHome(place.dataDir, {});
  const options = { home, host: '127.0.0.1', port: 0, watch: false, importHome: place.home, agents: [] };
  let done: Promise<void> = Promise.resolve();
  const url = await new Promise<string>((ready, failed) => {
    done = serve({ ...options, signal: stop.signal, onReady: (address) => ready(address.url) });
    done.catch(failed);
  });
  cleanups.push(async () => {
    stop.abort();
    await done;
  });
  const headers = { authorization: `Bearer ${home.token()}` };
  return {
    url,
    order: (path, body) => fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    get: async <Answer>(path: string) => (await (await fetch(`${url}/api/v1${path}`, { headers })).json()) as Answer,
  };
}

/** In a folder of its own; the words of the prompt are one word here. */
const run = (prompt: string, more = '', look: Look = {}): Promise<Captured> =>
  place.run(`run ${prompt} --cwd ${place.folder} ${more}`, look);

const sessionOf = ({ stderr }: Captured): string => /Session (\S+)/.exec(stderr)?.[1] ?? '';
const rowsOf = ({ stdout }: Captured): Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

const command = { parts: [{ toolCall: { name: 'run_command', input: { command: 'echo hoisted' } } }] };
const answer = { parts: [{ text: 'The flag is up.' }] };

describe('issue 3: a turn from the command line', () => {
  it.each([
    ['in a server that runs', true],
    ['in its own process where none runs', false],
  ])('says the same %s, as text and as rows', async (_where, hasServer) => {
    const prompt = `hoist-${hasServer}`;
    model.script(prompt, [answer, answer]);
    const server = hasServer ? await served() : null;
    const first = await run(prompt);
    expect([first.code, first.stdout]).toEqual([0, 'The flag is up.\n']);
    const again = await run('again', `--session ${sessionOf(first).slice(0, -1)} --json`);
    const rows = rowsOf(again);
    expect(rows.map(({ seq }) => seq)).toEqual([...rows.map(({ seq }) => seq)].sort((one, other) => one - other));
    expect(rows[0]).toMatchObject({ kind: 'turn.started' });
    expect(rows.at(-1)).toMatchObject({ kind: 'turn.completed', data: { outcome: 'complete' } });
    expect(rows.filter(({ kind }) => kind === 'usage.recorded').length).toBeGreaterThan(0);
    // Ordered there, it stands in the server's workbench.
    const open = server && (await server.get<{ sessions: SessionSummary[] }>('/sessions?open=true'));
    expect(open?.sessions.map(({ id, status }) => [id, status]) ?? []).toEqual(
      hasServer ? [[sessionOf(first), 'idle']] : [],
    );
  });

  it.each([[true], [false]])(
    'H6: says that a budget is near, and ends with it when it is spent (server: %s)',
    async (hasServer) => {
      const prompt = `spend-${hasServer}`;
      const budgets = '[budgets]\nsession = { tokens = 1_000 }\nday = { money = 5.0 }\n';
      writeFileSync(join(place.dataDir, 'config.toml'), configFor(model.url) + budgets);
      const lists = (inputTokens: number) => ({
        parts: [{ toolCall: { name: 'list', input: {} } }],
        usage: { inputTokens, outputTokens: 0 },
      });
      model.script(prompt, [lists(900), lists(300), answer]);
      const server = hasServer ? await served() : null;
      const spent = await run(prompt);
      expect(spent.code).toBe(1);
      expect(spent.stderr).toContain('The session’s budget is 90% spent: 900 tokens of 1,000 tokens.');
      expect(spent.stderr).toMatch(/^taffrail: The session’s budget of 1,000 tokens is spent: 1,200 tokens so far\./m);
      expect(model.served.filter(({ conversation }) => conversation === prompt)).toHaveLength(2);
      const told = await server?.get<Budgets>(`/budgets?session=${sessionOf(spent)}`);
      const standings = [
        ['session', 'tokens', 1_200, 'stop'],
        ['day', 'money', 3_600, 'ok'],
      ];
      expect(
        told?.budgets.map(({ scope, measure, spent: sum, verdict }) => [scope, measure, sum, verdict]) ?? standings,
      ).toEqual(standings);
      const ofDay = await server?.get<Budgets>('/budgets');
      expect(ofDay?.budgets.map(({ scope }) => scope) ?? ['day']).toEqual(['day']);
    },
  );

  it.each([[true], [false]])('gives files along (server: %s)', async (hasServer) => {
    const prompt = `look-${hasServer}`;
    model.script(prompt, [answer]);
    if (hasServer) await served();
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 3]);
    writeFileSync(join(place.folder, 'a.png'), png);
    writeFileSync(join(place.folder, 'notes.txt'), 'salt = 35');
    expect((await run(prompt, '--file a.png notes.txt')).code).toBe(0);
    const body = JSON.stringify(model.served.at(-1)?.body);
    expect(body).toContain(`"media_type":"image/png","data":"${png.toString('base64')}"`);
    expect(body).toContain('<file name=\\"notes.txt\\">\\nsalt = 35\\n</file>');
    writeFileSync(join(place.folder, 'a.zip'), Buffer.from([0x50, 0x4b, 3, 4, 0]));
    expect(await run(prompt, '--file a.zip')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a.zip is a ZIP archive'),
    });
    expect(await run(prompt, '--file nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere cannot be read'),
    });
  });

  it('E4: asks on the terminal; where a browser answers first, that counts', async () => {
    const server = await served();
    model.script('asked', [command, command, answer]);
    const asked: string[] = [];
    const ask = async (question: string, signal: AbortSignal) => {
      asked.push(question);
      if (asked.length === 1) return 'y';
      const { sessions } = await server.get<{ sessions: SessionSummary[] }>('/sessions?open=true');
      const id = sessions[0]?.id ?? '';
      const { state } = await server.get<{ state: { permissions: { permissionId: string }[] } }>(
        `/sessions/${id}/snapshot`,
      );
      await server.order(`/sessions/${id}/permissions/${state.permissions[0]?.permissionId}`, { decision: 'deny' });
      // Nobody types anything: the other answer ends the question.
      return new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    };
    const done = await run('asked', '', { ask });
    expect([done.code, done.stdout]).toEqual([0, 'The flag is up.\n']);
    expect(asked[0]).toContain('run_command: echo hoisted');
    expect(asked).toHaveLength(2);
    expect(done.stderr).toContain('the person said no');
  });

  it('E4: waits for another’s answer where nobody sits at the terminal, and says where it is awaited', async () => {
    const server = await served();
    model.script('elsewhere', [command, answer]);
    const running = run('elsewhere');
    const { sessions } = await until(
      () => server.get<{ sessions: SessionSummary[] }>('/sessions?open=true'),
      (list) => list.sessions[0]?.status === 'waiting',
    );
    const id = sessions[0]?.id ?? '';
    const { state } = await server.get<{ state: { permissions: { permissionId: string }[] } }>(
      `/sessions/${id}/snapshot`,
    );
    await server.order(`/sessions/${id}/permissions/${state.permissions[0]?.permissionId}`, { decision: 'allow' });
    const done = await running;
    expect(done).toMatchObject({ code: 0, stdout: 'The flag is up.\n' });
    expect(done.stderr).toContain(`echo hoisted: waits for an answer at ${server.url}/?s=${id}`);
  });

  it('issue 3: the first Ctrl-C stops the turn in the server, the second leaves it, and so does SIGTERM', async () => {
    const server = await served();
    const endless = { parts: [{ text: 'Half.' }], stallAfter: 1 };
    model.script('long', [endless]);
    const status = async (id: string) => (await server.get<SessionSummary>(`/sessions/${id}`)).status;
    const begun = () =>
      until(
        async () => model.served.at(-1)?.outcome,
        (outcome) => outcome === 'stalled',
      );
    const signalled = async (prompt: string, signals: NodeJS.Signals[]) => {
      model.script(prompt, [endless]);
      const signal = new Signals();
      const running = run(prompt, '', { untilStopped: signal.untilStopped });
      await begun();
      for (const name of signals) signal.send(name);
      return running;
    };
    const stopped = await signalled('stop-it', ['SIGINT']);
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('the turn was cancelled') });
    for (const signals of [['SIGINT', 'SIGINT'], ['SIGTERM']] as NodeJS.Signals[][]) {
      const left = await signalled(`leave-${signals.length}`, signals);
      expect(left.stderr).toMatch(/left; the turn goes on in the server at http/);
      expect(left.code).toBe(1);
    }
    const { sessions } = await server.get<{ sessions: SessionSummary[] }>('/sessions?open=true');
    expect(await status(sessions.at(-1)?.id ?? '')).toBe('running');
  });

  it('A6: waits where another turn runs in the session, and takes its order back when it is stopped', async () => {
    const server = await served();
    model.script('busy', [{ parts: [{ text: 'Half.' }], stallAfter: 1 }]);
    await server.order('/sessions', { id: 'busy-session', cwd: place.folder });
    await server.order('/sessions/busy-session/turns', { id: 'one', input: 'busy' });
    const signal = new Signals();
    const running = run('next', '--session busy-session', { untilStopped: signal.untilStopped });
    const queue = async () =>
      (await server.get<{ state: { queue: unknown[] } }>('/sessions/busy-session/snapshot')).state.queue.length;
    await until(queue, (length) => length === 1);
    signal.send('SIGINT');
    expect(await running).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Another turn runs in this session'),
    });
    expect(await queue()).toBe(0);
    expect((await server.get<SessionSummary>('/sessions/busy-session')).status).toBe('running');
  });

  it('H5: a file that a dead server left behind misleads nobody', async () => {
    model.script('alone', [answer]);
    writeFileSync(join(place.dataDir, 'server.json'), JSON.stringify({ url: model.url, pid: 1 }));
    expect(await run('alone')).toMatchObject({ code: 0, stdout: 'The flag is up.\n' });
    const server = await served();
    expect(JSON.parse(readFileSync(join(place.dataDir, 'server.json'), 'utf8'))).toEqual({
      url: server.url,
      pid: process.pid,
    });
  });

  it('H5: no server begins on a folder where another works, and each is told who that is', async () => {
    const server = await served();
    expect(await place.run('serve --no-open --no-import --port 0')).toEqual({
      code: 2,
      stdout: '',
      stderr: `taffrail: a server already runs on ${place.dataDir}: ${server.url} (process ${process.pid}); stop it first, or name another folder with --data-dir\n`,
    });
    await cleanups.pop()?.();
    model.script('at-work', [{ parts: [{ text: 'Half.' }], stallAfter: 1 }]);
    const signal = new Signals();
    const running = run('at-work', '', { untilStopped: signal.untilStopped });
    await until(
      async () => model.served.at(-1)?.outcome,
      (outcome) => outcome === 'stalled',
    );
    expect((await place.run('serve --no-open --no-import --port 0')).stderr).toBe(
      `taffrail: "taffrail run" or "taffrail app-server" is at work on ${place.dataDir}; wait for its end, or name another folder with --data-dir\n`,
    );
    signal.send('SIGINT');
    expect((await running).stderr).toContain('the turn was cancelled');
  });

  it('H5: of two turns in one session that no server keeps apart, the earlier one stops and says why', async () => {
    model.script('early', [
      { parts: [{ text: 'Half. And half.' }], chunkSize: 6, gates: [{ at: 1, name: 'early' }] },
      answer,
    ]);
    const early = run('early');
    await model.gate('early').reached;
    const rows = await until(
      () => place.json<{ sessions: SessionSummary[] }>('sessions'),
      ({ sessions }) => sessions.length === 1,
    );
    const late = await run('late', `--session ${rows.sessions[0]?.id}`);
    expect([late.code, late.stdout]).toEqual([0, 'The flag is up.\n']);
    model.gate('early').open();
    const { code, stderr } = await early;
    expect(code).toBe(1);
    expect(stderr).toContain('is run by another taffrail now');
  });

  it('B4: what --session begins must be one session', async () => {
    const server = await served();
    for (const id of ['twin-a', 'twin-b']) await server.order('/sessions', { id, cwd: place.folder });
    expect(await run('x', '--session twin')).toMatchObject({
      code: 2,
      stderr: 'taffrail: twin begins several session ids: twin-a, twin-b\n',
    });
    expect(await run('x', '--session nobody')).toMatchObject({ code: 1 });
  });
});

/** What a terminal hears of signals, given by hand. */
class Signals {
  readonly #stop = new AbortController();
  #again: () => void = () => undefined;

  readonly untilStopped = (again: () => void = () => undefined): AbortSignal => {
    this.#again = again;
    return this.#stop.signal;
  };

  send(name: NodeJS.Signals): void {
    if (this.#stop.signal.aborted) this.#again();
    else this.#stop.abort(name);
  }
}

async function until<Answer>(look: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const found = await look();
    if (holds(found)) return found;
    if (Date.now() > deadline) throw new Error(`it does not come to this: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
