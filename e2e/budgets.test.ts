/** H6: budgets as a person meets them: warned, stopped before the money is gone, and gone on when they are raised. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launch, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;

const configPath = () => join(folder.dataDir, 'config.toml');
const budgets = (session: string) => `\n[budgets]\nsession = ${session}\nday = { money = 20.0 }\n`;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  writeFileSync(configPath(), readFileSync(configPath(), 'utf8') + budgets('{ money = 0.5, tokens = 900_000 }'));
  server = await startServer(folder);
  browser = await launch(inject('browserPath'));
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

const lists = (inputTokens: number) => ({
  parts: [{ text: 'I look around.' }, { toolCall: { name: 'list', input: {} } }],
  usage: { inputTokens, outputTokens: 1_000 },
});

it('H6: warns in the session, stops before the request that would be too much, and goes on when it is raised', async () => {
  model.script('spend it', [lists(60_000), lists(90_000), lists(20_000), { parts: [{ text: 'All is bought.' }] }]);
  await server.order('POST', '/sessions', { id: 'spender', cwd: folder.work('spender') });
  const visitor = await visit(browser, server.signInUrl);
  const page = await visitor.context.newPage();
  await page.goto(`${server.url}/?s=spender`);
  await page.locator('[data-composer]').fill('spend it');
  await page.locator('[data-composer]').press('Enter');
  const transcript = page.getByRole('log', { name: 'Transcript' });
  await transcript.getByText('Stopped by a budget').waitFor();
  // 170,000 tokens in at $3 and 3,000 out at $15 a million.
  await transcript.getByText('The session’s budget of $0.50 is spent: $0.56 so far.').waitFor();
  await transcript.getByText('The session’s budget is 96% spent: $0.48 of $0.50.').waitFor();
  await page.locator('.meter', { hasText: 'Budget spent: $0.56 of $0.50' }).waitFor();
  const panel = page.getByRole('region', { name: 'Budgets' });
  await panel.getByText('This session, cost').waitFor();
  expect(await panel.getByText('Today, cost').count()).toBe(1);
  expect(model.served).toHaveLength(3);
  await page.getByRole('img', { name: /^Stopped by a budget\. .*is spent: \$0\.56/ }).waitFor();
  await transcript.getByRole('link', { name: 'Budgets' }).click();
  await page.getByRole('button', { name: 'Change Session, cost' }).click();
  const form = page.getByRole('form', { name: 'Change the budget of Session' });
  for (const wrong of ['a lot', '', '-1', '0', '1,5']) {
    await form.getByLabel('Limit in dollars').fill(wrong);
    await form.getByRole('button', { name: 'Save budget' }).click();
    await form.getByText('The limit is an amount of dollars, such as 5 or 0.50.').waitFor();
  }
  await form.getByLabel('Limit in dollars').fill('0.60');
  await form.getByRole('button', { name: 'Save budget' }).click();
  await page.getByText('$0.60', { exact: true }).waitFor();
  expect(readFileSync(configPath(), 'utf8')).toContain('session = { tokens = 900000, money = 0.6 }');
  await page.getByRole('img', { name: /^A budget is nearly spent\. .*92% spent/ }).waitFor();
  await page.goto(`${server.url}/?s=spender`);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('log', { name: 'Transcript' }).getByText('All is bought.').waitFor();
  expect(model.served).toHaveLength(4);
  expect(visitor.complaints).toEqual([]);
}, 120_000);

it('H6: a budget is added and removed in Settings, and what holds for all is changed', async () => {
  const visitor = await visit(browser, server.signInUrl);
  const page = await visitor.context.newPage();
  await page.goto(`${server.url}/settings?section=budgets`);
  await page.getByRole('button', { name: 'Add budget' }).click();
  const form = page.getByRole('form', { name: 'Add a budget' });
  await form.getByRole('button', { name: 'A project' }).click();
  await form.getByRole('button', { name: 'Tokens' }).click();
  await form.getByLabel('Limit in tokens, in and out').fill('20M');
  await form.getByRole('button', { name: 'per day' }).click();
  await form.getByRole('button', { name: 'Add budget' }).click();
  await page.getByText('20,000,000 tokens').waitFor();
  const written = () => readFileSync(configPath(), 'utf8');
  expect(written()).toContain('[budgets.project]\ntokens = 20000000\nper = "day"\n');
  expect(written()).toContain('day = { money = 20.0 }');
  await page.getByRole('button', { name: 'Change what holds for all budgets' }).click();
  const rules = page.getByRole('form', { name: 'What holds for all budgets' });
  await rules.getByLabel('Warn at, in percent').fill('50');
  await rules.getByRole('button', { name: 'Save' }).click();
  await page.getByText('warn at 50%').waitFor();
  await page.getByRole('button', { name: 'Remove Project, per day, tokens' }).click();
  await page.getByText('Remove the budget of 20,000,000 tokens?').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('20,000,000 tokens', { exact: true }).waitFor({ state: 'detached' });
  expect(written()).not.toContain('project');
  expect(written()).toContain('warn = 0.5');
  expect(visitor.complaints).toEqual([]);
});
