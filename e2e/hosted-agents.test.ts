/** A hosted agent in the built program: killed with its server, it is ended, gone on with, and counted once. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeAgentCommand, fakePrompts, toDo } from '@taffrail/testing';
import type { SessionList, SessionSnapshot, SessionSummary } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer, taffrail, until } from './support/program.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-hosted-')));
const [dataDir, home, project] = ['data', 'home', 'project'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
let server: RunningServer;

beforeAll(async () => {
  for (const path of [dataDir, home, project]) mkdirSync(path);
  const acp = JSON.stringify(fakeAgentCommand('claude-agent-acp'));
  writeFileSync(join(dataDir, 'config.toml'), `[[agents]]\nname = "claude"\nacp = ${acp}\n`);
  server = await startServer({ dataDir, home });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const snapshot = async (id: string): Promise<SessionSnapshot> =>
  ((await (await server.get(`/sessions/${id}/snapshot`)).json()) as { state: SessionSnapshot }).state;
const sessions = async (): Promise<SessionSummary[]> =>
  ((await (await server.get('/sessions')).json()) as SessionList).sessions;
const texts = ({ items }: SessionSnapshot) => items.map(({ item }) => item.text);

/** What has ended and waits to be collected by nobody is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\S+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a hosted agent whose server is killed', () => {
  it('E-beyond: its turn says so, its program is ended, its conversation is taken up, and its usage is counted once', async () => {
    const { id } = await server.order<{ id: string }>('POST', '/sessions', { cwd: project, agent: 'claude' });
    const steps = toDo(
      { say: 'I begin with it.' },
      { request: { id: 'msg_before', input: 100, output: 10, text: 'before' } },
      { call: { title: 'Run touch', writes: { path: 'once.txt', text: 'x' } } },
      { wait: 60_000 },
      { call: { title: 'Never', writes: { path: 'twice.txt', text: 'x' } } },
    );
    await server.order('POST', `/sessions/${id}/turns`, { input: steps });
    await until(
      () => snapshot(id),
      ({ items }) => items.some(({ item }) => item.type === 'tool_result' && item.text === 'done'),
    );
    const pid = fakePrompts(home)[0]?.pid ?? 0;
    await server.kill();
    server = await startServer({ dataDir, home });
    expect(isAlive(pid)).toBe(false);
    const after = await snapshot(id);
    expect(after.turns.at(-1)).toMatchObject({ outcome: 'interrupted' });

    await server.order('POST', `/sessions/${id}/turns`, {
      input: toDo({ say: 'And on.' }, { request: { id: 'msg_after', input: 7, output: 1, text: 'after' } }),
    });
    const end = await until(
      () => snapshot(id),
      ({ status, turns }) => status === 'idle' && turns.at(-1)?.outcome === 'complete',
    );
    expect(texts(end).filter((text) => text === 'I begin with it.')).toHaveLength(1);
    expect(end.description.hosted?.sessionId).toBe(fakePrompts(home)[0]?.sessionId);
    const list = await until(sessions, (all) => all[0]?.usage?.requests === 2);
    expect(list).toMatchObject([
      { id, agent: 'claude', origin: 'live', usage: { requests: 2, inputTokens: 107, outputTokens: 11 } },
    ]);
    const again = await taffrail(['import', '--data-dir', dataDir, '--home', home], { HOME: home });
    expect(again.code).toBe(0);
    expect(await sessions()).toMatchObject([{ id, usage: { requests: 2, inputTokens: 107 } }]);
  });

  it('E-beyond: a question is answered in another client, and the agent is let go when its session is closed', async () => {
    const { id } = await server.order<{ id: string }>('POST', '/sessions', { cwd: project, agent: 'claude' });
    await server.order('POST', `/sessions/${id}/turns`, {
      input: toDo({ call: { title: 'Run it', asks: true, writes: { path: 'asked.txt', text: 'x' } } }),
    });
    const asked = await until(
      () => snapshot(id),
      ({ permissions }) => permissions.length === 1,
    );
    await server.order('POST', `/sessions/${id}/permissions/${asked.permissions[0]?.permissionId}`, {
      decision: 'allow',
    });
    await until(
      () => snapshot(id),
      ({ status }) => status === 'idle',
    );
    const pid = fakePrompts(home).at(-1)?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    await server.order('DELETE', `/sessions/${id}`);
    expect(isAlive(pid)).toBe(false);
  });
});
