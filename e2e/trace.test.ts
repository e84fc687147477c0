/** The trace in a real browser: bars of a session that runs, of one that is only read, and of very many spans. */
import { mkdirSync } from 'node:fs';
import { type Answer, claudeLines, type ModelServer, startModelServer, writeClaudeLog } from '@taffrail/testing';
import type { TracePage } from '@taffrail/wire';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer, until } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;
let visitor: Visit;

const long = 1700;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  mkdirSync(folder.home, { recursive: true });
  const answers = Array.from(
    { length: long },
    (_, index): Answer => ({ id: `m${index}`, text: `Answer ${index}`, input: 10, output: 1 }),
  );
  writeClaudeLog(folder.home, 'long', claudeLines('long', answers));
  server = await startServer(folder);
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl);
  await comes(
    async () => ((await (await server.get('/sessions/long')).json()) as { turnCount?: number }).turnCount,
    (turnCount) => turnCount === long,
  );
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

async function comes<Found>(ask: () => Promise<Found>, isRight: (found: Found) => boolean): Promise<void> {
  const found = await until(ask, isRight);
  expect(isRight(found), `it stays at ${String(found)}`).toBe(true);
}

const tree = (page: Page) => page.getByRole('tree', { name: 'Spans' });
const row = (page: Page, name: string) => page.getByRole('treeitem', { name }).first();
const selected = (page: Page) => page.locator('[role="treeitem"][aria-selected="true"]').getAttribute('aria-label');
const ruler = (page: Page) => page.locator('.wf-head .time').innerText();

describe('the trace in a browser', () => {
  it('D3: a running session’s bars come and grow by themselves; a click goes to the call in the transcript', async () => {
    const usage = { inputTokens: 900, outputTokens: 40, cacheReadTokens: 600, cacheWriteTokens: 200 };
    model.script('trace it', [
      { parts: [{ toolCall: { name: 'run_command', input: { command: 'echo sounded' } } }], usage },
      {
        parts: [{ text: `${'The lead goes down. '.repeat(200)}At last.` }],
        gates: [{ at: 1, name: 'sounding' }],
        chunkSize: 40,
      },
    ]);
    await server.order('POST', '/sessions', { id: 'sounding', cwd: folder.work('sounding') });
    const page = await visitor.context.newPage();
    await page.goto(`${server.url}/?s=sounding`);
    await page.locator('[data-composer]').fill('trace it');
    await page.locator('[data-composer]').press('Enter');
    await page.getByText('The lead goes').first().waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('t');
    await row(page, 'run_command echo sounded').waitFor();
    await comes(
      async () => row(page, 'turn 1').locator('.bar.open').count(),
      (count) => count === 1,
    );
    const before = await row(page, 'turn 1').getAttribute('aria-label');
    await comes(
      async () => row(page, 'turn 1').getAttribute('aria-label'),
      (label) => label !== before,
    );
    model.gate('sounding').open();
    await page.getByText('At last.').first().waitFor();
    await comes(
      async () => page.locator('.wf .bar.open').count(),
      (count) => count === 0,
    );
    await row(page, 'run_command echo sounded').click();
    const call = page.locator('.transcript .tool', { hasText: 'echo sounded' });
    await comes(
      async () => ((await call.count()) === 1 ? ((await call.boundingBox())?.y ?? -1) : -1),
      (top) => top > 0 && top < 300,
    );
    expect(new URL(page.url()).searchParams.get('seq')).not.toBeNull();
    await row(page, 'chat claude-sonnet-4-5').click();
    const split = await page.getByRole('region', { name: 'Selected span' }).innerText();
    for (const figure of ['Cache read 600', 'Cache write 200', 'Uncached input 100', 'Output 40', 'Reasoning —'])
      expect(split.replace(/\s+/g, ' ')).toContain(figure);
    await page.close();
  });

  it('D3: the keyboard moves, folds and zooms; another view and another scope are in the address', async () => {
    const page = await visitor.context.newPage();
    await page.goto(`${server.url}/s/long?panel=trace`);
    await page.getByText('3,400 spans').waitFor();
    await tree(page).focus();
    await page.keyboard.press('Home');
    const first = await selected(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await selected(page)).toMatch(/^chat /);
    await page.keyboard.press('ArrowLeft');
    expect(await selected(page)).toBe(first);
    const fitted = await ruler(page);
    for (let times = 0; times < 6; times += 1) await page.keyboard.press('+');
    await comes(
      () => ruler(page),
      (zoomed) => zoomed !== fitted,
    );
    await page.keyboard.press('End');
    await row(page, `turn ${long}`).locator('.bar').waitFor();
    await page.keyboard.press('0');
    await comes(
      () => ruler(page),
      (words) => words === fitted,
    );
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('button', { name: 'Out', exact: true }).click();
    expect(new URL(page.url()).searchParams.get('traceView')).toBe('table');
    await page.getByRole('button', { name: 'Trace of: Whole session' }).click();
    await page.getByRole('menuitemcheckbox', { name: /^1700/ }).click();
    await page.getByRole('button', { name: 'Bars' }).click();
    await row(page, `turn ${long}`).waitFor();
    await page.reload();
    await row(page, `turn ${long}`).waitFor();
    expect(await page.getByRole('treeitem').count()).toBe(2);
    await page.close();
  });

  it('D3: of thousands of spans only those on view are drawn, and the last is reached', async () => {
    const page = await visitor.context.newPage();
    await page.goto(`${server.url}/s/long?panel=trace`);
    await page.getByText('3,400 spans').waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
    await tree(page).focus();
    await page.keyboard.press('End');
    await row(page, `turn ${long}`).waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
    const last = (await (await server.get('/sessions/long/traces?limit=2000')).json()) as TracePage;
    expect(last.nextCursor).not.toBeNull();
    await page.close();
  });

  it('D3: fits a phone, in the dark', async () => {
    const small = await visit(browser, server.signInUrl, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    const page = await small.context.newPage();
    await page.goto(`${server.url}/s/long?panel=trace`);
    await row(page, 'turn 1').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await row(page, 'turn 1').click();
    await page.getByRole('region', { name: 'Selected span' }).waitFor();
    expect(small.complaints).toEqual([]);
    await small.context.close();
  });

  it('complains of nothing', () => {
    expect(visitor.complaints).toEqual([]);
    expect(visitor.strangers).toEqual([]);
  });
});
