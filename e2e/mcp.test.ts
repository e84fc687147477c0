/** E-beyond: MCP servers of the built program, when it is killed and when it is stopped. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeMcpConfig, type ModelServer, startModelServer } from '@taffrail/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer, until } from './support/program.js';

let models: ModelServer;
let folder: ModelFolder;
let server: RunningServer;

beforeAll(async () => {
  models = await startModelServer();
  folder = modelFolder(models.url);
  const path = join(folder.dataDir, 'config.toml');
  const config = `${readFileSync(path, 'utf8')}"mcp__*" = "allow"\n${fakeMcpConfig('fake')}`;
  writeFileSync(path, config);
  server = await startServer(folder);
});
afterAll(async () => {
  await server.stop();
  await models.close();
  folder.remove();
});

interface Shown {
  items: { item: { type: string; text: string; status?: string } }[];
}

const results = async (id: string) =>
  ((await (await server.get(`/sessions/${id}/items`)).json()) as Shown).items.flatMap(({ item }) =>
    item.type === 'tool_result' ? [item] : [],
  );

/** The leaders of the groups that the server has started. */
function started(): number[] {
  const processes = join(folder.dataDir, 'processes');
  return existsSync(processes) ? readdirSync(processes).map((name) => Number.parseInt(name, 10)) : [];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function ask(name: string, input: string, tool: string): Promise<string> {
  const call = { parts: [{ toolCall: { name: `mcp__fake__${tool}`, input: { text: 'hello' } } }] };
  models.script(input, [call, { parts: [{ text: 'Done.' }] }]);
  const { id } = await server.order<{ id: string }>('POST', '/sessions', { cwd: folder.work(name) });
  await server.order('POST', `/sessions/${id}/turns`, { input });
  return id;
}

test('E-beyond: kill -9 in the middle of a call leaves an interrupted result, and no program behind', async () => {
  const id = await ask('killed', 'a call that is cut off', 'hang');
  const [pid = 0] = await until(
    async () => ((await results(id)).length > 0 ? started() : []),
    (pids) => pids.length > 0,
  );
  expect(isAlive(pid)).toBe(true);
  await server.kill();
  server = await startServer(folder);
  // It is ended before the server listens; whoever has taken it in may collect it a little later.
  const isGone = await until(
    async () => !isAlive(pid),
    (gone) => gone,
  );
  expect(isGone).toBe(true);
  expect(await results(id)).toMatchObject([
    { status: 'interrupted', text: expect.stringContaining('was not run again') },
  ]);
});

test('E-beyond: a server that is stopped takes its MCP servers with it', async () => {
  const id = await ask('stopped', 'a call that is done', 'echo');
  expect(
    await until(
      () => results(id),
      ([result]) => result?.status === 'ok' && result.text !== '',
    ),
  ).toMatchObject([{ text: 'hello' }]);
  const [pid = 0] = started();
  expect(isAlive(pid)).toBe(true);
  expect(await server.stop()).toBe(0);
  expect(isAlive(pid)).toBe(false);
  expect(started()).toEqual([]);
  server = await startServer(folder);
});
