/** The web app in a real browser, on the built program and logs as agents write them. */
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type RunningServer, startServer, taffrail, until } from './support/program.js';

const answer = (id: string, text: string, output: number): Answer => ({ id, text, input: 1000, output });

/** What a log can say to harm its reader, if its reader were naive. */
const hostile = [
  '<script>window.__ran = 1</script>',
  '<img src=x onerror="window.__ran = 1">',
  '<svg onload="window.__ran = 1"><script>window.__ran = 1</script></svg>',
  '[click](javascript:window.__ran=1) ![pixel](https://tracker.example/pixel.png)',
  '<iframe src="https://tracker.example/"></iframe><style>body{display:none}</style>',
  '\u001b[31mred\u001b[0m \u001b]8;;https://tracker.example\u0007link\u001b]8;;\u0007',
  '```html\n<script>window.__ran = 1</script>\n```',
].join('\n\n');

const folder = mkdtempSync(join(tmpdir(), 'taffrail-web-'));
const dataDir = join(folder, 'data');
let browser: Browser;
let server: RunningServer;
let visitor: Visit;

async function open(path: string): Promise<Page> {
  const page = await visitor.context.newPage();
  await page.goto(`${server.url}${path}`);
  return page;
}

beforeAll(async () => {
  writeClaudeLog(
    folder,
    'voyage',
    claudeLines('voyage', [answer('one', 'The **capstan** turns', 111), answer('two', 'The windlass too', 222)]),
  );
  writeClaudeLog(folder, 'hostile', claudeLines('hostile', [answer('evil', `${hostile}\n\nThe end of it`, 333)]));
  server = await startServer({ dataDir, home: folder });
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl);
  await until(
    async () => (await (await server.get('/sessions')).json()) as { sessions: object[] },
    (list) => list.sessions.length === 2,
  );
});

afterAll(async () => {
  await browser.close();
  await server.kill();
});

describe('the archive in a browser', () => {
  it('F6: the list shows each session with its tokens, and a reload shows them again', async () => {
    const page = await open('/sessions');
    await page.getByText('Ask for one').first().waitFor();
    expect(await page.locator('body').innerText()).toContain('333');
    await page.reload();
    await page.getByText('Ask for one').first().waitFor();
    await page.close();
  });

  it('a session reads as it was said, with what it spent beside it', async () => {
    const page = await open('/s/voyage');
    await page.getByText('The windlass too').waitFor();
    expect(await page.locator('strong, b, [data-streamdown="strong"]').filter({ hasText: 'capstan' }).count()).toBe(1);
    await page.getByText('2 requests').first().waitFor();
    await page.close();
  });

  it('F-beyond: search finds what was said and leads to its place', async () => {
    const page = await open('/sessions');
    await page.getByText('Ask for one').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('windlass');
    await page.locator('mark', { hasText: 'windlass' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/s\/voyage/);
    await page.getByText('The windlass too').waitFor();
    await page.close();
  });

  it('F5: analytics, list and command line give one number', async () => {
    const total = JSON.parse((await taffrail(['usage', 'total', '--json', '--data-dir', dataDir])).stdout) as {
      inputTokens: number;
      outputTokens: number;
    };
    expect(total).toMatchObject({ inputTokens: 3000, outputTokens: 666 });
    const page = await open('/analytics?range=all');
    await page.getByText('666').first().waitFor();
    await page.getByText('3.0k').first().waitFor();
    await page.close();
  });

  it('F1: what an agent adds appears without a reload', async () => {
    const page = await open('/sessions');
    await page.getByText('Ask for one').first().waitFor();
    writeClaudeLog(folder, 'fresh', claudeLines('fresh', [answer('new', 'Anchor aweigh', 10)]));
    await page.getByText('Ask for new').first().waitFor();
    await page.close();
  });

  it('F1: an open session grows as its log does', async () => {
    const page = await open('/s/voyage');
    await page.getByText('The windlass too').waitFor();
    const more = claudeLines('voyage', [answer('three', 'And the mizzen', 5)]);
    appendFileSync(
      join(folder, '.claude/projects/-home-dev-demo/voyage.jsonl'),
      more.map((line) => `${line}\n`).join(''),
    );
    await page.getByText('And the mizzen').waitFor();
    await page.close();
  });

  it('what stands in a log is never run, and reaches nobody', async () => {
    const page = await open('/s/hostile');
    await page.getByText('The end of it').waitFor();
    for (const link of await page.getByRole('link', { name: 'click' }).all()) await link.click({ trial: true });
    expect(await page.evaluate(() => (window as unknown as { __ran?: number }).__ran)).toBeUndefined();
    expect(await page.locator('a[href^="javascript"], iframe, main script, main svg script').count()).toBe(0);
    expect(visitor.strangers).toEqual([]);
    await page.close();
  });

  it('settings name every root and what was found there', async () => {
    const page = await open('/settings');
    await page.getByText(join(folder, '.claude/projects')).first().waitFor();
    await page.close();
  });

  it('nothing is wider than a phone', async () => {
    const phone = await visit(browser, server.signInUrl, { viewport: { width: 360, height: 780 } });
    for (const path of ['/sessions', '/s/voyage', '/analytics', '/settings', '/search?q=capstan']) {
      const page = await phone.context.newPage();
      await page.goto(`${server.url}${path}`);
      await page.waitForLoadState('networkidle');
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 360]);
      await page.close();
    }
    await phone.context.close();
  });

  it('a visitor without the sign-in link is told how to sign in', async () => {
    const stranger = await browser.newContext();
    const page = await stranger.newPage();
    await page.goto(`${server.url}/sessions`);
    await page.getByText('taffrail serve').first().waitFor();
    await stranger.close();
  });

  it('B1: a killed server is said in a thin bar, and the page goes on by itself when it is back', async () => {
    const page = await open('/sessions');
    await page.getByText('Ask for one').first().waitFor();
    const port = Number(new URL(server.url).port);
    await server.kill();
    await page
      .getByText(/reconnecting/i)
      .first()
      .waitFor();
    await page.getByText('Ask for one').first().waitFor();
    server = await startServer({ dataDir, home: folder, port });
    await page
      .getByText(/reconnecting/i)
      .first()
      .waitFor({ state: 'detached' });
    await page.close();
  });

  it('no page complained', () => {
    const expected = /Failed to load resource|ERR_CONNECTION_REFUSED|WebSocket/;
    expect(visitor.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  });
});
