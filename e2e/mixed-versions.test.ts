/** F7: a page of today with a server of yesterday: what it cannot serve is hidden and never asked for, and comes back. */
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { type Capability, capabilities } from '@taffrail/wire';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type OlderServer, olderServer } from './support/older-server.js';
import { type RunningServer, startServer } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let older: OlderServer;
let browser: Browser;
let visitor: Visit;

/** What the first server could do. */
const first: readonly Capability[] = ['archive', 'metric.sessions', 'metric.messages', 'metric.input_tokens'];
const sinceThen = capabilities.filter((name) => !first.includes(name));
/** Runs sessions, and none of what came to them later. */
const aroundSessions = sinceThen.filter((name) => name !== 'live');

beforeEach(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
  model.script('say something', [
    { parts: [{ text: 'Something.' }], usage: { inputTokens: 120, outputTokens: 7 } },
    { parts: [{ text: 'More.' }], usage: { inputTokens: 130, outputTokens: 3 } },
  ]);
  await server.order('POST', '/sessions', { id: 'talk', cwd: folder.work('talk') });
  await server.order('POST', '/sessions/talk/turns', { input: 'say something' });
  await model.waitFor((served) => served[0]?.outcome === 'finished');
  browser = await launch(inject('browserPath'));
});

afterEach(async () => {
  await browser.close();
  older.close();
  await server.kill();
  await model.close();
  folder.remove();
});

async function opened(lacks: readonly Capability[], path: string): Promise<Page> {
  older = await olderServer(server, lacks);
  visitor = await visit(browser, older.signInUrl);
  const page = await visitor.context.newPage();
  await page.goto(`${older.url}${path}`);
  return page;
}

/** The inspector's panels, without what they count. */
async function panelNames(page: Page): Promise<string[]> {
  const names = await page.locator('.panels [role=tab]').allInnerTexts();
  return names.map((name) => name.replace(/\W*\d.*$/s, ''));
}

it('F7: a metric from a link gives way before any request, and comes back when the server can', async () => {
  const page = await opened(sinceThen, '/analytics?metric=output_tokens');
  await page.locator('.tile').first().waitFor();
  const tiles = () => page.locator('.tile').allInnerTexts();
  expect((await tiles()).join(' ')).not.toMatch(/Output tokens|Cost|Cache/);
  expect(await page.locator('.tile[aria-pressed=true]').innerText()).toContain('Sessions');
  await page.getByRole('region', { name: 'Models' }).locator('tbody tr').first().waitFor();
  const columns = await page.getByRole('region', { name: 'Models' }).locator('th').allInnerTexts();
  expect(columns.filter(Boolean)).toEqual(['Model', 'Sessions', 'Input']);
  const statusBar = page.locator('footer.status');
  await expect.poll(() => statusBar.innerText()).toMatch(/Today\s+120\s+in/);
  expect(await statusBar.innerText()).not.toMatch(/out|\$/);
  expect(await page.getByRole('region', { name: 'What is not known' }).innerText()).not.toMatch(/cost/i);
  expect(older.missed).toEqual([]);
  expect(new URL(page.url()).searchParams.get('metric')).toBe('output_tokens');
  older.exchange([]);
  await page.locator('.tile[aria-pressed=true]', { hasText: 'Output tokens' }).waitFor();
  await expect.poll(() => older.asked.some((path) => path.includes('metric=output_tokens'))).toBe(true);
  await expect.poll(() => statusBar.innerText()).toMatch(/7\s+out\s+<\$0\.001/);
});

it('F7: controls that the server cannot serve are hidden and their routes not asked for, until it can', async () => {
  const page = await opened(sinceThen, '/settings?section=keys');
  await page.getByRole('heading', { name: 'Import roots' }).waitFor();
  expect(await page.getByRole('heading', { name: /^(Keys|Agents|Budgets)/ }).count()).toBe(0);
  await page.goto(`${older.url}/?s=new`);
  await page.getByText('This server runs no agents').waitFor();
  expect(await page.getByRole('link', { name: 'New session' }).count()).toBe(0);
  await page.goto(`${older.url}/search?q=something&scope=message`);
  await page.getByRole('heading', { name: 'Search' }).waitFor();
  expect(await page.getByRole('button', { name: 'Tool output' }).count()).toBe(0);
  expect(older.missed).toEqual([]);
  older.exchange([]);
  await page.getByRole('link', { name: 'New session' }).waitFor();
  await page.locator('.pal-i.two').first().waitFor();
  await page.goto(`${older.url}/settings?section=budgets`);
  await page.getByRole('heading', { name: 'Budgets' }).waitFor();
  expect(visitor.complaints.filter((text) => !text.includes('WebSocket'))).toEqual([]);
});

it('F7: a session from a link is read where nothing runs, and goes on when a server comes that runs it', async () => {
  const page = await opened(sinceThen, '/?s=talk&panel=trace');
  await page.waitForURL('**/s/talk**');
  await page.getByText('Something.').waitFor();
  expect(await panelNames(page)).toEqual(['Usage', 'Timeline']);
  expect(await page.getByRole('button', { name: /Reopen|Continue here/ }).count()).toBe(0);
  expect(older.missed).toEqual([]);
  expect(older.followed).toEqual([]);
  older.exchange([]);
  await page.getByLabel('Message').waitFor();
  expect(older.followed).toEqual(['talk']);
});

it('F7: an open session loses what an older server lacks the moment it takes over, and asks it for none of it', async () => {
  const page = await opened([], '/?s=talk&panel=changes');
  await page.getByRole('button', { name: 'Attach files' }).waitFor();
  expect(await panelNames(page)).toContain('Changes');
  older.exchange(aroundSessions);
  await page.getByRole('button', { name: 'Attach files' }).waitFor({ state: 'detached' });
  expect(await panelNames(page)).toEqual(['Usage', 'Timeline', 'Tasks']);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Rename', 'Close and archive']);
  await page.keyboard.press('Escape');
  await page.getByLabel('Message').fill('/compact');
  await page.getByLabel('Message').press('Enter');
  await page.getByText('This server cannot compact a context.').waitFor();
  await page.getByLabel('Message').fill('read @some');
  expect(await page.getByLabel('What to do with turn 1').count()).toBe(0);
  expect(older.missed).toEqual([]);
  older.exchange([]);
  await page.getByRole('button', { name: 'Attach files' }).waitFor();
  expect(await panelNames(page)).toContain('Changes');
  expect(visitor.complaints.filter((text) => !text.includes('WebSocket'))).toEqual([]);
});

it('F7: files of a draft wait while the server takes none, and the message goes without them', async () => {
  const page = await opened([], '/?s=talk');
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await chosen).setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') });
  await page.getByRole('list', { name: 'Attached files' }).getByText('6 B').waitFor();
  older.exchange(aroundSessions);
  await page.getByRole('list', { name: 'Attached files' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByLabel('Message').fill('and more');
  const ordered = page.waitForRequest((request) => request.url().endsWith('/sessions/talk/turns'));
  await page.getByLabel('Message').press('Enter');
  expect((await ordered).postDataJSON()).toMatchObject({ input: 'and more', attachments: [] });
  await page.getByText('More.').waitFor();
  expect(older.missed).toEqual([]);
  older.exchange([]);
  await page.getByRole('list', { name: 'Attached files' }).getByText('note.txt').waitFor();
});
