/** Sub-agents in a real browser and in all sums: seen, asked and answered where they are awaited, counted once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelServer, type Reply, startModelServer } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer, taffrail, until } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;
let visitor: Visit;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  const config = join(folder.dataDir, 'config.toml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('run_command = "allow"', 'run_command = "ask"'));
  server = await startServer(folder);
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl);
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

const usage = { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 500, cacheWriteTokens: 7 };
const tasks = ['sound the depth', 'trim the sails', 'keep a lookout'] as const;

/** Three sub-agents: one writes until a gate opens, one asks, one is done at once. */
function scriptVoyage(): void {
  const parts: Reply['parts'] = tasks.map((task) => ({
    toolCall: { name: 'agent', input: { task, title: `We ${task}` } },
  }));
  model.script('set sail', [
    { parts, usage },
    { parts: [{ text: 'The voyage went well.' }], usage },
  ]);
  const [depth, sails, lookout] = tasks;
  const slow = { chunkSize: 14, gates: [{ at: 2, name: 'depth' }] };
  model.script(depth, [{ parts: [{ text: 'Ten fathoms here. Nine fathoms there.' }], usage, ...slow }]);
  model.script(sails, [
    { parts: [{ toolCall: { name: 'run_command', input: { command: 'echo trimmed', shell: true } } }], usage },
    { parts: [{ text: 'The sails are trimmed.' }], usage },
  ]);
  model.script(lookout, [{ parts: [{ text: 'Nothing in sight.' }], usage }]);
}

const transcript = (page: Page) => page.getByRole('log', { name: 'Transcript' });
const shows = (page: Page, text: string) => transcript(page).getByText(text).first().waitFor();

interface Summed {
  id: string;
  status: string;
  usage: { requests: number; inputTokens: number } | null;
  usageWithSubAgents: { requests: number; inputTokens: number } | null;
}

const ask = async <Answer>(path: string): Promise<Answer> => (await (await server.get(path)).json()) as Answer;

describe('sub-agents in a browser', () => {
  it('E5, E4, D5: are seen at work, watched, and asked where they are awaited, also by a server that was killed meanwhile', async () => {
    scriptVoyage();
    await server.order('POST', '/sessions', { id: 'voyage', cwd: folder.work('voyage') });
    await server.order('POST', '/sessions/voyage/turns', { input: 'set sail' });
    const page = await visitor.context.newPage();
    await page.goto(`${server.url}/?s=voyage`);
    for (const task of tasks) await shows(page, `We ${task}`);
    await shows(page, 'Ten fathoms here');
    await page.getByText('asked by the sub-agent').waitFor();
    const timeline = await visitor.context.newPage();
    await timeline.goto(`${server.url}/?s=voyage&panel=timeline`);
    await timeline.locator('.tl-turn', { hasText: 'set sail' }).getByText('waiting for you').waitFor();
    await timeline.close();
    await page.getByRole('button', { name: /We sound the depth/ }).click();
    await page.getByText('Open the sub-agent’s session').first().click();
    await shows(page, 'Ten fathoms here');
    await page.getByText('A sub-agent at work.').waitFor();
    model.gate('depth').open();
    await shows(page, 'Nine fathoms there.');
    await page.getByRole('navigation', { name: 'Started by' }).getByRole('link').click();
    await page.locator('[data-composer]').waitFor();
    expect(
      await page.getByRole('navigation', { name: 'Open sessions' }).getByRole('link', { name: 'set sail' }).count(),
    ).toBe(1);
    await server.kill();
    server = await startServer({ ...folder, port: Number(new URL(server.url).port) });
    await page.reload();
    await page.getByText('asked by the sub-agent').waitFor();
    await page.getByRole('button', { name: /^Allow once/ }).click();
    await shows(page, 'The voyage went well.');
    await page.close();
  });

  it('rule 15: are counted once in list, session, analytics and command line, and that is what was served', async () => {
    const served = model.served.filter(({ outcome }) => outcome === 'finished');
    const inputTokens = served.reduce((sum, request) => sum + (request.usageServed.inputTokens ?? 0), 0);
    expect(served).toHaveLength(6);
    const whole = { requests: 6, inputTokens };
    const { sessions } = await until(
      () => ask<{ sessions: Summed[] }>('/sessions?roots=true'),
      (list) => list.sessions[0]?.usageWithSubAgents?.requests === 6,
    );
    expect(sessions).toMatchObject([{ id: 'voyage', usage: { requests: 2 }, usageWithSubAgents: whole }]);
    expect(await ask<Summed>('/sessions/voyage/usage')).toMatchObject({ usageWithSubAgents: whole });
    const children = await ask<{ sessions: Summed[] }>('/sessions?parentId=voyage');
    expect(children.sessions.map((child) => child.usage?.requests).sort()).toEqual([1, 1, 2]);
    const summary = await ask<{ usage: Summed['usage'] }>('/analytics/summary');
    expect(JSON.stringify(summary)).toContain(`"inputTokens":${inputTokens}`);
    const { stdout } = await taffrail(['usage', 'session', '--json', '--data-dir', folder.dataDir]);
    const report = JSON.parse(stdout) as { rows: (Summed['usage'] & { key: string })[]; total: Summed['usage'] };
    expect(report.rows).toMatchObject([{ key: 'voyage', ...whole }]);
    expect(report.total).toMatchObject(whole);
  });

  it('complains of nothing', () => {
    const lineLost = /WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/;
    expect(visitor.complaints.filter((complaint) => !lineLost.test(complaint))).toEqual([]);
  });
});
