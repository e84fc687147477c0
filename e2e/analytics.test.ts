/** Analytics in a real browser: a reported 0 is not what nobody knows, and all of it is reached by keys and in files. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeLines, writeClaudeLog } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type RunningServer, startServer, until } from './support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-analytics-'));
let browser: Browser;
let server: RunningServer;
let visitor: Visit;

/**
 * On the 2nd cache reads were reported as 0, on the 3rd a session told nothing, on the 4th there was none; on the 5th a model
 * answered and its provider told no usage. A week later one session went on for two days, with two models.
 */
const range = 'since=2026-11-02&until=2026-11-04';
const [zeroDay, unknownDay, untoldDay] = ['2026-11-02', '2026-11-03', '2026-11-05'];

function written(id: string, day: string, project: string, lines: readonly string[]): void {
  const placed = lines.map((line) => line.replaceAll('2026-11-01', day).replaceAll('/home/dev/demo', project));
  writeClaudeLog(folder, id, placed);
}

/** pi writes 0 for what its provider did not tell. */
function writePiLog(): void {
  const logs = join(folder, '.pi/agent/sessions/--local--');
  const at = Date.parse(`${untoldDay}T09:00Z`);
  const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };
  const said = { role: 'assistant', content: [{ type: 'text', text: 'Aye.' }], stopReason: 'stop', timestamp: at };
  const message = { ...said, api: 'openai-completions', provider: 'local', model: 'local', usage };
  const timestamp = new Date(at).toISOString();
  const lines = [
    { type: 'session', version: 3, id: '01a1f839', timestamp, cwd: '/home/dev/local' },
    { type: 'message', id: '5cbd7f8c', timestamp, message },
  ];
  mkdirSync(logs, { recursive: true });
  writeFileSync(
    join(logs, '2026-11-05T09-00-00-000Z_01a1f839.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
}

beforeAll(async () => {
  written('zero', zeroDay, '/home/dev/known', claudeLines('zero', [{ id: 'a', text: 'Aye', input: 1000, output: 50 }]));
  const asked = claudeLines('silent', [{ id: 'b', text: 'Nothing', input: 1, output: 1 }]).slice(0, 1);
  written('silent', unknownDay, '/home/dev/silent', asked);
  const [first = [], second = []] = [
    { id: 'c', text: 'On', input: 10, output: 1 },
    { id: 'd', text: 'And on', input: 20, output: 2 },
  ].map((answer) => claudeLines('long', [answer]));
  const nextDay = second.map((line) =>
    line.replaceAll('2026-11-01', '2026-11-10').replaceAll('sonnet-4-5', 'haiku-4-5'),
  );
  written('long', '2026-11-09', '/home/dev/known', [...first, ...nextDay]);
  writePiLog();
  server = await startServer({ dataDir: join(folder, 'data'), home: folder });
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl, { acceptDownloads: true, timezoneId: 'UTC' });
  await until(
    async () => (await (await server.get('/sessions')).json()) as { sessions: object[] },
    (list) => list.sessions.length === 4,
  );
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(query: string): Promise<Page> {
  const page = await visitor.context.newPage();
  await page.goto(`${server.url}/analytics?${query}`);
  await page.locator('.tile').first().waitFor();
  await page.getByRole('region', { name: 'Projects' }).locator('tbody tr').first().waitFor();
  return page;
}

const tileOf = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name} `) }).innerText();

/** What the chart's tip says of the columns, from the last to the first. */
async function columnTips(page: Page, count: number): Promise<string[]> {
  const chart = page.getByRole('group', { name: /^Columns over time/ });
  await chart.focus();
  await page.keyboard.press('End');
  const tips: string[] = [];
  for (let at = 0; at < count; at += 1) {
    tips.push((await page.locator('.column-tip').innerText()).replaceAll(/\s*\n\s*/g, ' '));
    await page.keyboard.press('ArrowLeft');
  }
  return tips;
}

/** What the walked squares of a drawing say, from where the keys begin, each after its key. */
async function squares(page: Page, drawing: string, keys: readonly string[]): Promise<string[]> {
  await page.getByRole('group', { name: new RegExp(`^${drawing}`) }).focus();
  const said: string[] = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    said.push(await page.locator('.heat-said').innerText());
  }
  return said;
}

async function download(page: Page, cell: string, format: 'CSV' | 'JSON'): Promise<string> {
  await page
    .getByRole('region', { name: cell })
    .getByLabel(/^Download/)
    .click();
  const arrived = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: format }).click();
  return readFileSync(await (await arrived).path(), 'utf8');
}

it('F2: tiles and tables tell a reported 0 from an unknown', async () => {
  const page = await opened(`${range}&metric=cache_read_tokens`);
  expect(await tileOf(page, 'Cache hit rate')).toContain('0.0%');
  const rows = await page.getByRole('region', { name: 'Projects' }).locator('tbody tr').allInnerTexts();
  expect(rows.map((row) => row.split(/\s+/).slice(0, 3))).toEqual([
    ['known', '0', '1.0k'],
    ['silent', '—', '—'],
  ]);
  await page.goto(`${server.url}/analytics?since=${unknownDay}&until=${unknownDay}&metric=cache_read_tokens`);
  await expect.poll(() => tileOf(page, 'Cache hit rate')).toContain('—');
  expect(await tileOf(page, 'Input tokens')).toContain('—');
  expect(await tileOf(page, 'Input tokens')).toContain('none of 1 session reported it');
  await page.close();
});

it('F2: the chart tells a day of 0, a day that nobody knows, and a day without sessions', async () => {
  const page = await opened(`${range}&metric=cache_read_tokens&by=project`);
  const [last = '', unknown = '', zero = ''] = await columnTips(page, 3);
  expect(last).toMatch(/4 Nov.* no sessions$/);
  expect(unknown).toMatch(/3 Nov — silent — none of 1 session reported it$/);
  expect(zero).toMatch(/2 Nov 0 known 0 from 1 session$/);
  const feet = await page
    .locator('.chart svg path[stroke-width]')
    .evaluateAll((paths) => paths.map((path) => path.getAttribute('stroke-dasharray')));
  expect(feet).toEqual([null, '2 1.5']);
  await page.close();
});

it('F2: the calendar and the hours say the same, and are walked with keys', async () => {
  const page = await opened(`${range}&metric=cache_read_tokens`);
  expect(await squares(page, 'Figures per day', ['ArrowLeft', 'ArrowUp', 'ArrowUp'])).toEqual([
    expect.stringMatching(/4 Nov.*: no sessions/),
    expect.stringMatching(/3 Nov.*: not known, none of 1 session reported it/),
    expect.stringMatching(/2 Nov.*: 0 tokens/),
  ]);
  // A pointer that jumps from one square to the next, as quick ones do.
  for (const tip of [/2 Nov.*: 0 tokens/, /3 Nov.*: not known/]) {
    await page.locator(`.heat-day rect[data-tip*="${tip.source.slice(0, 5)}"]`).hover();
    await page.locator('.tip', { hasText: tip }).waitFor();
  }
  const dashed = await page.locator('.heat-unknown').count();
  expect(dashed).toBeGreaterThan(0);
  await page.keyboard.press('Enter');
  await page.waitForURL(/since=2026-11-02&until=2026-11-02/);
  // What is picked moves nothing: the days after it can be picked too.
  await page.locator('.heat-chosen').waitFor();
  await page.locator('.heat-day rect[data-tip*="4 Nov"]').click();
  await page.waitForURL(/since=2026-11-04&until=2026-11-04/);
  await page.close();
});

it('F2: CSV leaves the unknown blank and JSON says null, where a reported 0 is 0', async () => {
  const page = await opened(`${range}&metric=cache_read_tokens`);
  const [header = '', ...lines] = (await download(page, 'Projects', 'CSV')).trim().split('\r\n');
  const at = header.split(',').indexOf('usage.cacheReadTokens');
  expect(lines.map((line) => [line.split(',')[0], line.split(',')[at]])).toEqual([
    ['/home/dev/known', '0'],
    ['/home/dev/silent', ''],
  ]);
  const { rows } = JSON.parse(await download(page, 'Projects', 'JSON')) as { rows: { usage: unknown }[] };
  expect(rows.map(({ usage }) => usage)).toEqual([expect.objectContaining({ cacheReadTokens: 0 }), null]);
  expect(await download(page, 'Calendar', 'CSV')).toContain(`${zeroDay},0,1,1,1,1\r\n${unknownDay},,0,1,0,0`);
  expect(await download(page, 'Hour of the week', 'CSV')).toContain(
    'weekday,hour,value,requests,reportedRequests\r\n0,9,0,1,1\r\n1,9,,0,0\r\n',
  );
  await page.close();
});

it('F5: an answer that told no usage is named with its model, and every figure says that it is without it', async () => {
  const page = await opened(`since=${zeroDay}&until=${untoldDay}&metric=input_tokens&by=model`);
  const reasons = page.getByRole('region', { name: 'What is not known, and why' }).locator('tbody tr');
  const said = (await reasons.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim());
  expect(said.slice(0, 2)).toEqual([
    'Claude Code: no request in the log at this time all 1 session',
    'pi: local told no usage all 1 request',
  ]);
  expect(await tileOf(page, 'Input tokens')).toMatch(/1\.0k\s+from 1 of 2 requests/);
  expect(await tileOf(page, 'Cost')).toContain('1 request unpriced');
  const models = await page.getByRole('region', { name: 'Models' }).locator('tbody tr').allInnerTexts();
  expect(models.map((row) => row.split(/\s+/).slice(0, 2))).toEqual([
    ['claude-sonnet-4-5', '1.0k'],
    ['local', '—'],
  ]);
  const [untold = ''] = await columnTips(page, 1);
  expect(untold).toMatch(/5 Nov — local — 1 request told no usage$/);
  const [header = '', ...lines] = (await download(page, 'Models', 'CSV')).trim().split('\r\n');
  const at = header.split(',').indexOf('untoldRequests');
  expect(lines.map((line) => line.split(',')[at])).toEqual(['0', '1']);
  await page.close();
});

it('F5: a week counts a session once, however many days and models it went through', async () => {
  const page = await opened('since=2026-01-01&until=2026-11-15&metric=sessions&by=model');
  await page.getByText('Sessions per week').waitFor();
  const [twice, before] = await columnTips(page, 2);
  expect([twice, before]).toEqual([
    expect.stringMatching(
      /^9 Nov – 15 Nov 1 .*sonnet-4-5 1 .*haiku-4-5 1 a session may be in several parts, or in none$/,
    ),
    expect.stringMatching(/^2 Nov – 8 Nov 3 .*sonnet-4-5 1 local 1 a session may be in several parts, or in none$/),
  ]);
  await page.getByRole('button', { name: 'Agent', exact: true }).click();
  await page.getByRole('button', { name: 'Input', exact: true }).click();
  await expect.poll(async () => (await columnTips(page, 1))[0]).toMatch(/^9 Nov – 15 Nov 30 .* from 1 session$/);
  expect(await download(page, 'Input tokens per week', 'CSV')).toMatch(/\r\n2026-11-09,claude,1,1,/);
  await page.close();
});

it('F4: an address whose days stand the wrong way round shows what lies between them', async () => {
  const page = await opened(`since=${unknownDay}&until=${zeroDay}&metric=output_tokens`);
  expect(await tileOf(page, 'Output tokens')).toContain('50');
  expect(new URL(page.url()).search).toContain(`since=${zeroDay}&until=${unknownDay}`);
  await page.goto(`${server.url}/sessions?since=${unknownDay}&until=${zeroDay}`);
  await page.getByText('2 Nov – 3 Nov').waitFor();
  expect(visitor.complaints).toEqual([]);
  await page.close();
});

it('F4: names, legend and days filter the page, and its address holds all of it', async () => {
  const page = await opened(`${range}&metric=output_tokens&by=project`);
  await page.locator('.legend').getByRole('button', { name: 'known' }).click();
  await page.waitForURL(/project=%2Fhome%2Fdev%2Fknown/);
  await expect.poll(() => tileOf(page, 'Sessions')).toMatch(/Sessions\s+1\s/);
  await page.reload();
  await expect.poll(() => tileOf(page, 'Output tokens')).toContain('50');
  const link = page.getByRole('link', { name: 'Those sessions' });
  expect(await link.getAttribute('href')).toMatch(/since=2026-11-02.*project=%2Fhome%2Fdev%2Fknown.*usage=partial/);
  await page.close();
});

it('F4: a change names the days it is against, and Back takes a step back', async () => {
  const page = await opened('since=2026-11-05&until=2026-11-09');
  const change = page.getByRole('button', { name: /^Sessions / }).locator('.d');
  expect(await change.getAttribute('title')).toBe('against 31 Oct – 4 Nov');
  await page.getByRole('region', { name: 'Agents' }).getByRole('button', { name: 'Claude Code' }).click();
  await expect.poll(() => page.url()).toContain('agent');
  await page.goBack();
  await expect.poll(() => page.url()).not.toContain('agent');
  expect(page.url()).toContain('since=2026-11-05');
  await page.close();
});

it('F2, F5: days by kind tell what nobody reported from a 0, and the file says the same', async () => {
  const page = await opened(`${range}&by=kind`);
  expect((await columnTips(page, 3)).toReversed()).toEqual([
    expect.stringMatching(/2 Nov 1\.0k Cache read 0 Cache write 0 Fresh input 1\.0k from 1 session$/),
    expect.stringMatching(/3 Nov — none of 1 session reported it$/),
    expect.stringMatching(/4 Nov.* no sessions$/),
  ]);
  const [header = '', ...lines] = (await download(page, 'Input tokens per day', 'CSV')).trim().split('\r\n');
  const names = header.split(',');
  const kinds = names.flatMap((name, at) => (name.startsWith('kinds.') ? [at] : []));
  expect(kinds.map((at) => names[at]?.replace('kinds.', ''))).toEqual([
    ...['cacheReadTokens', 'cacheWriteTokens', 'freshInputTokens', 'undividedInputTokens'],
    ...['reasoningTokens', 'otherOutputTokens', 'undividedOutputTokens'],
  ]);
  expect(lines.map((line) => kinds.map((at) => line.split(',')[at]))).toEqual([
    ['0', '0', '1000', '', '', '', '50'],
    ['', '', '', '', '', '', ''],
  ]);
  expect(await page.getByRole('region', { name: 'Cache efficiency' }).innerText()).toMatch(/saved \$0\.00/);
  await page.getByRole('button', { name: 'Cost', exact: true }).click();
  await page.getByRole('button', { name: 'Kind', exact: true }).waitFor({ state: 'detached' });
  await page.close();
});

it('F4: on a phone one chip opens all filters as a sheet, and says how many are set', async () => {
  const page = await opened(range);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Filters' }).click();
  const sheet = page.getByRole('dialog', { name: 'Filters' });
  await sheet.getByRole('checkbox', { name: /known/ }).check({ force: true });
  await expect.poll(() => new URL(page.url()).searchParams.getAll('project')).toEqual(['/home/dev/known']);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Filters 1' }).click();
  await sheet.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.has('project')).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.close();
});

it('what nobody did is said, with a way on', async () => {
  const page = await visitor.context.newPage();
  await page.goto(`${server.url}/analytics?since=2025-01-01&until=2025-01-02`);
  await page.getByText('No session in this range').waitFor();
  await page.getByRole('button', { name: 'Show all time' }).click();
  await page.getByRole('region', { name: 'Projects' }).waitFor();
  expect(visitor.complaints).toEqual([]);
  await page.close();
});

it('F4: an archive without any session says so, and leads to where logs are looked for', async () => {
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  const empty = await startServer({ dataDir: join(bare, 'data'), home: bare });
  const guest = await visit(browser, empty.signInUrl);
  const page = await guest.context.newPage();
  await page.goto(`${empty.url}/analytics`);
  await page.getByText('Nothing to count yet').waitFor();
  await page.getByRole('link', { name: 'Where logs are looked for' }).click();
  await page.waitForURL(/settings\?section=import/);
  const columns = await (await empty.get('/analytics/tools?format=csv')).text();
  expect(columns).toBe('name,calls,errors,sessions,outputBytes,durationMs,timedCalls\r\n');
  await guest.context.close();
  await empty.kill();
});
