/** MCP servers in the settings of a real server: how they stand, a test of them, and changes that count at once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeMcpConfig } from '@taffrail/testing';
import type { McpServerSetting, McpTest } from '@taffrail/wire';
import { v7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { SettingsServer, until } from './server-for-tests.js';

let server: SettingsServer;
afterEach(() => server.close());

const secret = 'mcp-secret-77f0a1';
const models = () => `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${server.models.url}/v1"
env = "MAIN_KEY"
[[agents]]
name = "default"
models = ["main/model-a"]
permissions = { "mcp__*" = "allow" }
[[agents]]
name = "without"
models = ["main/model-a"]
mcp = []
`;

async function open(config: string): Promise<void> {
  server = await SettingsServer.open('', { MAIN_KEY: 'main-key-secret', MCP_SECRET: secret });
  await change(config);
}

/** Taken up before anything else is asked. */
async function change(config: string): Promise<void> {
  server.write(`${models()}\n${config}`);
  await server.settings();
}

async function shown(name = 'fake'): Promise<McpServerSetting> {
  const found = (await server.settings()).mcp.find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

const tested = async (name: string): Promise<McpTest> =>
  (await (await server.order('POST', `/settings/mcp/${name}/test`)).json()) as McpTest;

/** A turn in a session of its own that calls a tool of the server; its session. */
async function called(tool: string, input: Record<string, unknown>): Promise<string> {
  const [id, prompt] = [v7(), v7()];
  const call = { parts: [{ toolCall: { name: `mcp__fake__${tool}`, input } }] };
  server.models.script(prompt, [call, { parts: [{ text: 'Done.' }] }]);
  await server.session(id);
  await server.ask(id, prompt);
  expect(await server.status(id, 'idle')).toMatchObject({ status: 'idle' });
  return id;
}

/** Of the programs that run for this server. */
function running(): number {
  const folder = join(server.folder, 'data/processes');
  return existsSync(folder) ? readdirSync(folder).length : 0;
}

test('E-beyond: a server that nobody has wanted yet is not started, and is shown with who uses it', async () => {
  await open(fakeMcpConfig('fake', '', 'env_from = ["MCP_SECRET"]'));
  expect(await shown()).toMatchObject({ state: 'unused', problem: null, tools: null, agents: ['default'] });
  expect((await shown()).reached).toContain('mcp-server/main.ts');
  expect(running()).toBe(0);
});

test('E-beyond: a test connects once, apart from any session, and leaves nothing behind', async () => {
  await open(
    `${fakeMcpConfig('fake', 'odd')}\n${fakeMcpConfig('bad', 'broken')}\n[mcp.none]\ncommand = "no-such-program"`,
  );
  expect(await tested('fake')).toMatchObject({ ok: true, message: '16 tools, 9 left out' });
  expect(await tested('bad')).toMatchObject({ ok: false, message: expect.stringContaining('no such database') });
  expect(await tested('none')).toMatchObject({
    ok: false,
    message: expect.stringContaining('there is no such program'),
  });
  expect((await shown()).tools).toContainEqual({ name: 'large', why: 'its schema is too large' });
  expect(running()).toBe(0);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('taffrail-mcp-'))).toEqual([]);
  expect(await server.refused('POST', '/settings/mcp/unknown/test')).toEqual([404, expect.stringContaining('unknown')]);
});

test('E-beyond: a change of config.toml counts at once: the old connection ends, the next call takes the new one', async () => {
  await open(fakeMcpConfig('fake', '', 'env_from = ["MCP_SECRET"]'));
  const first = await called('secret', { name: 'MCP_SECRET' });
  expect(await shown()).toMatchObject({ state: 'connected', connections: 1 });
  expect(await server.texts(first)).toContain('MCP_SECRET is [redacted MCP_SECRET]');
  expect(running()).toBe(1);
  server.write(`${models()}\n${fakeMcpConfig('fake', 'odd')}`);
  expect(
    await until(
      async () => running(),
      (count) => count === 0,
    ),
  ).toBe(0);
  expect(await shown()).toMatchObject({ state: 'unused', tools: null });
  expect(await server.texts(await called('secret', { name: 'MCP_SECRET' }))).toContain('MCP_SECRET is not there');
  server.write(`${models()}\n${fakeMcpConfig('fake', 'odd', 'enabled = false')}`);
  expect(
    await until(
      async () => running(),
      (count) => count === 0,
    ),
  ).toBe(0);
  expect(await shown()).toMatchObject({ state: 'off', agents: [] });
});

test('E-beyond: what is missing or wrong is said before anything is started', async () => {
  await open(fakeMcpConfig('fake', '', 'env_from = ["NOT_SET"]'));
  expect(await shown()).toMatchObject({ state: 'failed', problem: expect.stringContaining('NOT_SET is neither set') });
  server.write(`${models()}\n[mcp.fake]\nargs = []`);
  expect((await server.settings()).problem).toMatch(/mcp\.fake: it needs either a command or a url/);
});

test('E-beyond: rules for many tools, and which servers an agent uses, survive a change of the agent in Settings', async () => {
  await open(`${fakeMcpConfig('fake')}`);
  const { agents } = await server.settings();
  const [agent] = agents;
  expect(agent?.permissions).toEqual({ 'mcp__*': 'allow' });
  const { models: used, tools, permissions } = agent ?? { models: [], tools: [], permissions: {} };
  const change = { models: used, tools, permissions: { ...permissions, 'mcp__fake__*': 'ask' } };
  await server.ordered('PUT', '/settings/agents/default', change);
  await server.ordered('PUT', '/settings/agents/without', { models: used, tools, effort: 'low' });
  expect(readFileSync(server.configPath, 'utf8')).toContain('mcp = []');
  expect((await server.settings()).agents[0]?.permissions).toEqual({ 'mcp__*': 'allow', 'mcp__fake__*': 'ask' });
  expect((await shown()).agents).toEqual(['default']);
});
