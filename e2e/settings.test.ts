/** Settings in a real browser: a key is added, tested and used; agents and permissions are changed. The model is a fake server. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer } from './support/program.js';

const secret = 'sk-entered-in-a-browser-5ad1c07e';
let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;
let visitor: Visit;
let page: Page;

beforeAll(async () => {
  model = await startModelServer({ models: ['claude-sonnet-4-5', 'claude-haiku-4-5'] });
  folder = modelFolder(model.url);
  writeFileSync(configPath(), '# mine\n');
  server = await startServer(folder);
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl);
  page = await visitor.context.newPage();
  await page.goto(`${server.url}/settings`);
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

const configPath = () => join(folder.dataDir, 'config.toml');
const config = () => readFileSync(configPath(), 'utf8');
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

async function ask(prompt: string): Promise<void> {
  await page.locator('[data-composer]').fill(prompt);
  await page.locator('[data-composer]').press('Enter');
}

const shows = (text: string) => page.getByRole('log', { name: 'Transcript' }).getByText(text).first().waitFor();

describe('settings in a browser', () => {
  it('A3: take a key with the keyboard alone, test it, and never show it again', async () => {
    await page.getByText('No key yet').waitFor();
    await button('Add key').focus();
    await page.keyboard.press('Enter');
    const form = page.getByRole('form', { name: 'Add a key' });
    await form.getByLabel('Name').fill('main');
    await form.getByLabel('Address, where it is not the usual one').fill(model.url);
    await form.getByLabel('The secret itself').fill(secret);
    await page.keyboard.press('Enter');
    const row = page.getByRole('row', { name: /^main Anthropic/ });
    await row.getByText(/^Works, 2 models, tested/).waitFor();
    await row.getByText('stored on the server').waitFor();
    await page.reload();
    await row.getByText(/^Works, 2 models/).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(config()).toBe(`# mine\n\n[[keys]]\nid = "main"\nprovider = "anthropic"\nbase_url = "${model.url}"\n`);
    expect(readFileSync(join(folder.dataDir, 'secrets.json'), 'utf8')).toContain(secret);
  });

  it('A3: start a session with it, which answers', async () => {
    await page.goto(`${server.url}/?s=new`);
    await page.getByLabel('Folder to work in, absolute').fill(folder.work('boat'));
    await page.getByText('main/claude-sonnet-4-5').waitFor();
    await button('Start').click();
    await page.locator('[data-composer]').waitFor();
    await ask('are you there?');
    await shows('echo: are you there?');
    expect(model.served.at(-1)?.apiKey).toBe(secret);
  });

  it('A3: say why a key fails, and let a session that waits for it go on when it is mended', async () => {
    const lift = model.limit(secret, { status: 401, message: `Invalid key ${secret}` });
    await ask('and now?');
    const status = async () => ((await (await server.get('/sessions?open=true')).json()) as List).sessions[0]?.status;
    await expect.poll(status, { timeout: 15_000 }).toBe('waiting');
    const session = page.url();
    await page.goto(`${server.url}/settings`);
    await button('Test main').click();
    const reason = page
      .getByText(/^401: Invalid key \[redacted key main\]$/)
      .or(page.getByText(/main\/.*401: Invalid key/));
    await reason.first().waitFor();
    expect(await page.content()).not.toContain(secret);
    await button('More for main').click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await page.getByRole('form', { name: 'Change main' }).getByLabel('The secret itself').fill('sk-better-91be2f44');
    await button('Save and test').click();
    await page
      .getByRole('row', { name: /^main Anthropic/ })
      .getByText(/^Works/)
      .waitFor();
    lift();
    await page.goto(session);
    await shows('echo: and now?');
    expect(model.served.at(-1)?.apiKey).toBe('sk-better-91be2f44');
  });

  it('E4: the section that a link names is in sight when all above it has come, until a person scrolls', async () => {
    await page.goto(`${server.url}/settings?section=mcp`);
    await page.getByRole('row', { name: /^main Anthropic/ }).waitFor();
    const offset = () =>
      page.evaluate(() => {
        const [body, section] = ['.set-body', '#mcp'].map((one) => document.querySelector(one));
        return Math.abs((section?.getBoundingClientRect().top ?? 9_999) - (body?.getBoundingClientRect().top ?? 0));
      });
    await expect.poll(offset).toBeLessThan(60);
    await page.locator('.set-body').hover();
    await page.mouse.wheel(0, -5_000);
    await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor();
    await expect.poll(offset).toBeGreaterThan(300);
  });

  it('E4: change an agent and what it may do, beside what a person wrote', async () => {
    await page.goto(`${server.url}/settings?section=agents`);
    await button('Change default').click();
    const form = page.getByRole('form', { name: 'Change default' });
    await form.getByLabel('Another model').fill('main/claude-haiku-4-5');
    await form.getByLabel('Another model').press('Enter');
    await button('main/claude-haiku-4-5: earlier').click();
    await form.getByLabel('tasks').uncheck();
    await form.getByLabel('Check command').fill('true');
    await button('Save agent').click();
    await page.getByText('Agent default is saved.').waitFor();
    await button('Add a pattern for run_command').click();
    await page.getByLabel('Pattern 1 of run_command', { exact: true }).fill('sh: echo *');
    await page.getByRole('group', { name: 'write', exact: true }).getByRole('button', { name: 'Deny' }).click();
    await button('Save permissions').click();
    await page.getByText('Saved; in force').waitFor();
    expect(config()).toContain('models = ["main/claude-haiku-4-5", "main/claude-sonnet-4-5"]\n');
    expect(config()).toContain('check = "true"\n');
    expect(config()).toContain('[agents.permissions]\nwrite = "deny"\nrun_command = { "sh: echo *" = "allow" }\n');
    expect(config()).not.toContain('"tasks"');
    expect(config().startsWith('# mine\n')).toBe(true);
  });

  it('E4: ask before they remove, and say what stands in the way', async () => {
    await button('More for main').click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await button('Remove').click();
    await page.getByText('Agent default uses main.').waitFor();
    await button('Keep').click();
    await button('Remove default').click();
    await button('Remove').click();
    await page.getByText('Agent default is removed.').waitFor();
    await button('More for main').click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await button('Remove').click();
    await page.getByText('No key yet').waitFor();
    expect(config().trim()).toBe('# mine');
    expect(readFileSync(join(folder.dataDir, 'secrets.json'), 'utf8')).not.toContain('sk-');
  });

  it('A3: say what is wrong in config.toml, and write nothing over it', async () => {
    writeFileSync(configPath(), '# mine\n[[keys]]\nid = "a b"\n');
    await page.reload();
    await page
      .getByRole('alert')
      .getByText(/keys\.0\.id: letters, digits/)
      .waitFor();
    await button('Add key').click();
    await page.getByLabel('The secret itself').fill(secret);
    await button('Add and test').click();
    await page.getByText(/Mend that first/).waitFor();
    expect(await page.getByLabel('The secret itself').inputValue()).toBe(secret);
    expect(config()).toBe('# mine\n[[keys]]\nid = "a b"\n');
  });

  it('complain of nothing', () => {
    const refused = /Failed to load resource: the server responded with a status of 409/;
    expect(visitor.complaints.filter((complaint) => !refused.test(complaint))).toEqual([]);
    expect(visitor.strangers).toEqual([]);
  });
});

interface List {
  sessions: { status: string }[];
}
