/** The timeline of a long session of another agent, in the built program and a real browser. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer, until } from './support/program.js';

const turns = 600;
let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;
let address: string;

/** A log as Claude Code writes it: each turn edits one file more than the one before, up to five. */
function log(): string {
  const lines: string[] = [];
  const put = (type: 'user' | 'assistant', content: unknown) => {
    const uuid = `u${lines.length}`;
    const asked = {
      id: `m${uuid}`,
      type: 'message',
      model: 'claude-sonnet-4-5',
      usage: { input_tokens: 9, output_tokens: 4 },
    };
    const message = { role: type, content, ...(type === 'assistant' ? asked : {}) };
    const parentUuid = lines.length === 0 ? null : `u${lines.length - 1}`;
    const timestamp = new Date(Date.UTC(2026, 2, 3, 10) + lines.length * 1000).toISOString();
    const place = {
      sessionId: 'long',
      cwd: '/home/dev/quay',
      version: '2.0.0',
      isSidechain: false,
      userType: 'external',
    };
    lines.push(JSON.stringify({ type, message, uuid, parentUuid, timestamp, requestId: `r${uuid}`, ...place }));
  };
  for (let turn = 0; turn < turns; turn += 1) {
    put('user', `Question ${turn}`);
    for (let file = 0; file < turn % 6; file += 1) {
      const id = `t${turn}-${file}`;
      const input = { file_path: `/home/dev/quay/src/deep/file-${file}.ts`, old_string: 'a', new_string: 'b\nc' };
      put('assistant', [{ type: 'tool_use', id, name: 'Edit', input }]);
      put('user', [{ type: 'tool_result', tool_use_id: id, content: 'The file has been updated.' }]);
    }
    put('assistant', [{ type: 'text', text: `Answer ${turn}` }]);
  }
  return `${lines.join('\n')}\n`;
}

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  const logs = join(folder.home, '.claude/projects/-home-dev-quay');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, 'long.jsonl'), log());
  server = await startServer(folder);
  const { sessions } = await until(
    async () =>
      (await (await server.get('/sessions?agent=claude')).json()) as { sessions: { id: string; turnCount: number }[] },
    (list) => list.sessions[0]?.turnCount === turns,
  );
  address = `${server.url}/s/${sessions[0]?.id}?panel=timeline`;
  browser = await launch(inject('browserPath'));
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

async function opened(viewport: { width: number; height: number }) {
  const { context, complaints } = await visit(browser, server.signInUrl, { viewport });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('.tl-row').nth(5).waitFor();
  return { page, complaints };
}
const rowOf = (page: Page, turn: number) =>
  page.locator('.tl-turn').filter({ has: page.getByText(`Question ${turn}`, { exact: true }) });
const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

describe('D5: the timeline of a long session', () => {
  it('names the files that calls wrote, says that this is inferred, and nothing where none is known', async () => {
    const { page, complaints } = await opened({ width: 1440, height: 900 });
    const files = (turn: number) => rowOf(page, turn).locator('.tl-files');
    await files(5).waitFor();
    expect(await files(0).count()).toBe(0);
    expect((await files(5).innerText()).replace(/\s+/g, ' ')).toBe(
      '≈ file-0.ts +2 −1 ≈ file-1.ts +2 −1 ≈ file-2.ts +2 −1 and 2 more',
    );
    expect(await files(5).locator('[title^="src/deep/file-1.ts: as its calls of tools tell"]').count()).toBe(1);
    expect(await files(5).getByText('and 2 more').getAttribute('title')).toBe('src/deep/file-3.ts\nsrc/deep/file-4.ts');
    expect(complaints).toEqual([]);
  });

  it('draws what is in view, and is walked with the keyboard, which keeps its place when it goes to a turn', async () => {
    const { page } = await opened({ width: 1440, height: 900 });
    expect(await page.locator('.tl-row').count()).toBeLessThan(60);
    await rowOf(page, 0).focus();
    await page.keyboard.press('End');
    await expect.poll(() => focusedText(page)).toContain(`Question ${turns - 1}`);
    // Far enough from the end that the turn can come to stand at the top of the transcript.
    const chosen = turns - 15;
    for (let turn = turns - 2; turn >= chosen; turn -= 1) {
      await page.keyboard.press('ArrowUp');
      await expect.poll(() => focusedText(page)).toContain(`Question ${turn}`);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('log', { name: 'Transcript' }).getByText(`Answer ${chosen}`).waitFor();
    await page.locator('.tl-turn.sel', { hasText: `Question ${chosen}` }).waitFor();
    expect(await focusedText(page)).toContain(`Question ${chosen}`);
    await page.keyboard.press('j');
    await page.locator('.tl-turn.sel', { hasText: `Question ${chosen + 1}` }).waitFor();
    await page.keyboard.press('Home');
    await expect.poll(() => focusedText(page)).toContain('Question 0');
  });

  it('fits a phone, and says there too what its mark means', async () => {
    const { page } = await opened({ width: 390, height: 844 });
    await rowOf(page, 5).locator('.tl-files').getByText('file-0.ts').waitFor();
    const panel = page.getByRole('navigation', { name: 'Turns' });
    expect(await panel.evaluate((view) => view.scrollWidth - view.clientWidth)).toBe(0);
    await panel.evaluate((view) => view.scrollTo(0, view.scrollHeight));
    await page.getByText('≈ As its calls of tools tell').waitFor();
  });
});
