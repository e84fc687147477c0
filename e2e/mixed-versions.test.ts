/** F7: a page of today with a server of yesterday: what it cannot serve is hidden and never asked for, and comes back. */
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Browser } from 'playwright-core';
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

const lacks = ['metric.output_tokens', 'metric.cost', 'attachments', 'budgets', 'settings', 'compact', 'live'];

beforeEach(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
  older = await olderServer(server, lacks);
  model.script('say something', [{ parts: [{ text: 'Something.' }], usage: { inputTokens: 120, outputTokens: 7 } }]);
  await server.order('POST', '/sessions', { id: 'talk', cwd: folder.work('talk') });
  await server.order('POST', '/sessions/talk/turns', { input: 'say something' });
  await model.waitFor((served) => served[0]?.outcome === 'finished');
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, older.signInUrl);
});

afterEach(async () => {
  await browser.close();
  older.close();
  await server.kill();
  await model.close();
  folder.remove();
});

it('F7: a metric from a link gives way before any request, and comes back when the server can', async () => {
  const page = await visitor.context.newPage();
  await page.goto(`${older.url}/analytics?metric=output_tokens`);
  await page.locator('.tile').first().waitFor();
  const tiles = () => page.locator('.tile').allInnerTexts();
  expect((await tiles()).join(' ')).not.toMatch(/Output tokens|Cost/);
  expect(await page.locator('.tile[aria-pressed=true]').innerText()).toContain('Sessions');
  await page.getByText('Calendar').first().waitFor();
  const metricsAsked = () => older.asked.flatMap((path) => /analytics\/.*[?&]metric=(\w+)/.exec(path)?.[1] ?? []);
  expect(metricsAsked()).not.toContain('output_tokens');
  expect(metricsAsked()).toContain('sessions');
  expect(new URL(page.url()).searchParams.get('metric')).toBe('output_tokens');
  older.upgrade();
  await page.locator('.tile[aria-pressed=true]', { hasText: 'Output tokens' }).waitFor();
  await expect.poll(metricsAsked).toContain('output_tokens');
});

it('F7: controls that the server cannot serve are hidden and their routes not asked for, until it can', async () => {
  const page = await visitor.context.newPage();
  await page.goto(`${older.url}/settings?section=keys`);
  await page.getByRole('heading', { name: 'Import roots' }).waitFor();
  expect(await page.getByRole('heading', { name: /^(Keys|Agents|Budgets)/ }).count()).toBe(0);
  await page.goto(`${older.url}/?s=new`);
  await page.getByText('This server runs no agents').waitFor();
  expect(await page.getByRole('link', { name: 'New session' }).count()).toBe(0);
  expect(older.asked.filter((path) => /^\/api\/v1\/(choices|budgets|settings)\b/.test(path))).toEqual([]);
  older.upgrade();
  await page.getByRole('link', { name: 'New session' }).waitFor();
  await page.getByText('This server runs no agents').waitFor({ state: 'detached' });
  await page.goto(`${older.url}/settings?section=budgets`);
  await page.getByRole('heading', { name: 'Budgets' }).waitFor();
  expect(visitor.complaints.filter((text) => !text.includes('WebSocket'))).toEqual([]);
});
