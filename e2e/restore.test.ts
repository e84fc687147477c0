/** Going back in a session, in the built program: by keyboard in a real browser, and through SIGKILL in the middle. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ModelServer, type Reply, startModelServer } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer, until } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
});

afterAll(async () => {
  await server.kill();
  await model.close();
  folder.remove();
});

const says = (text: string): Reply => ({ parts: [{ text }] });
const runs = (command: string): Reply => ({
  parts: [{ toolCall: { name: 'run_command', input: { command, shell: true } } }],
});

interface Snapshot {
  status: string;
  state: {
    turns: unknown[];
    rewinds: { restored: { outcome: string; finishedLater?: true } | null }[];
    restoring: unknown;
  };
}

const snapshot = async (id: string) => (await (await server.get(`/sessions/${id}/snapshot`)).json()) as Snapshot;

/** Asks, and waits until it was answered. */
async function ask(id: string, turn: string, input: string, turns: number): Promise<void> {
  await server.order('POST', `/sessions/${id}/turns`, { id: turn, input });
  const isDone = ({ status, state }: Snapshot) => status === 'idle' && state.turns.length === turns;
  await until(() => snapshot(id), isDone);
}

describe('D5: a session in a browser', () => {
  let browser: Browser;
  let page: Page;
  const root = () => folder.work('harbour');
  const text = (name: string) => readFileSync(join(root(), name), 'utf8');

  beforeAll(async () => {
    writeFileSync(join(root(), 'log.txt'), 'calm\n');
    model.script('write the log', [
      runs('echo breeze > log.txt'),
      says('Breeze.'),
      runs('echo storm > log.txt; echo x > wreck.txt'),
      says('Storm.'),
    ]);
    await server.order('POST', '/sessions', { id: 'harbour', cwd: root() });
    await ask('harbour', 'calm-turn', 'write the log', 1);
    await ask('harbour', 'storm-turn', 'and on', 2);
    browser = await launch(inject('browserPath'));
    const visitor = await visit(browser, server.signInUrl);
    page = await visitor.context.newPage();
    await page.goto(`${server.url}/?s=harbour&panel=timeline`);
    await page.locator('.tl-row').nth(1).waitFor();
  });
  afterAll(() => browser.close());

  const transcript = () => page.getByRole('log', { name: 'Transcript' });

  it('goes back from the timeline with the keyboard alone, says what it does before, and comes forth again', async () => {
    await page.getByRole('button', { name: 'What to do with turn 1' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Restore to here…' }).waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Restore to the end of turn 1' });
    const row = (name: string) => dialog.getByRole('row').filter({ hasText: name });
    await row('wreck.txt').getByText('removed').waitFor();
    await row('log.txt').getByText('put back').waitFor();
    expect([text('log.txt'), existsSync(join(root(), 'wreck.txt'))]).toEqual(['storm\n', true]);
    await page.keyboard.press('Enter');
    const mark = transcript().getByText('Restored to the end of turn 1.');
    await mark.waitFor();
    await dialog.waitFor({ state: 'hidden' });
    await transcript().getByText('1 file put back, 1 removed.').waitFor();
    expect(await transcript().getByText('Storm.').count()).toBe(0);
    expect([text('log.txt'), existsSync(join(root(), 'wreck.txt'))]).toEqual(['breeze\n', false]);
    await page.reload();
    await mark.waitFor();
    await transcript().getByRole('button', { name: 'Undo' }).press('Enter');
    await transcript().getByText('Storm.').waitFor();
    await mark.waitFor({ state: 'hidden' });
    // The log says it first; the files follow.
    await expect.poll(() => [text('log.txt'), existsSync(join(root(), 'wreck.txt'))]).toEqual(['storm\n', true]);
  });

  it('names on the timeline the files that each turn changed, by commands too, with their lines', async () => {
    const files = (turn: number) => page.locator('.tl-row').nth(turn).locator('.tl-files');
    await files(0).getByText('log.txt').waitFor();
    expect(await files(0).innerText()).toMatch(/^log\.txt\s+\+1\s+−1$/);
    await files(1).getByText('wreck.txt').waitFor();
    // As many lines as the turn before changed: the sums since the beginning are the same.
    expect(await files(1).locator('[title^="log.txt: "]').innerText()).toMatch(/^log\.txt\s+\+1\s+−1$/);
    expect(await files(1).locator('[title^="wreck.txt: "]').innerText()).toMatch(/^wreck\.txt\s+\+1$/);
    expect(await page.getByLabel('inferred').count()).toBe(0);
  });

  it('keeps on the timeline what a restore set aside: folded, led to its mark, and undone from there', async () => {
    const timeline = page.getByRole('navigation', { name: 'Turns' });
    await server.order('POST', '/sessions/harbour/rewind', { turnId: 'storm-turn', files: true });
    const fold = timeline.getByRole('button', { name: '1 turn set aside' });
    await fold.waitFor();
    expect(await page.getByRole('tab', { name: /^Timeline/ }).innerText()).toMatch(/^Timeline\s*1$/);
    expect(await timeline.locator('.tl-aside').count()).toBe(0);
    await timeline.getByRole('button', { name: /write the log/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const gone = timeline.locator('.tl-aside').getByRole('button', { name: /and on/ });
    await gone.getByText('wreck.txt').waitFor();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await transcript().locator('.log.hit', { hasText: '1 turn set aside.' }).waitFor();
    await timeline.getByRole('button', { name: 'Undo' }).press('Enter');
    await fold.waitFor({ state: 'hidden' });
    await transcript().getByText('Storm.').waitFor();
    expect(await timeline.locator('.tl-aside').count()).toBe(0);
    await expect.poll(() => text('log.txt')).toBe('storm\n');
  });

  it('offers a copy of what was set aside once something new was asked', async () => {
    await server.order('POST', '/sessions', { id: 'copied', cwd: folder.work('copied') });
    model.script('first of two', [says('One.'), says('Two.'), says('Three.')]);
    await ask('copied', 'copied-1', 'first of two', 1);
    await ask('copied', 'copied-2', 'second of two', 2);
    await server.order('POST', '/sessions/copied/rewind', { turnId: 'copied-2', files: false });
    await ask('copied', 'copied-3', 'instead', 2);
    await page.goto(`${server.url}/?s=copied&panel=timeline`);
    const timeline = page.getByRole('navigation', { name: 'Turns' });
    await timeline.getByRole('button', { name: '1 turn set aside' }).waitFor();
    expect(await timeline.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await timeline.getByRole('button', { name: 'Go on with what was set aside in a copy' }).click();
    await transcript().getByText('Two.').waitFor();
    expect(await transcript().getByText('Three.').count()).toBe(0);
    await page.goto(`${server.url}/?s=harbour&panel=timeline`);
    await page.locator('.tl-row').nth(1).waitFor();
  });

  it('shows what has changed since the start and since a turn, line by line', async () => {
    await page.getByRole('tab', { name: /^Changes/ }).click();
    const file = page.getByRole('complementary').getByRole('button', { name: 'log.txt' });
    await file.click();
    const diff = page.locator('.change-diff');
    await diff.getByText('calm').waitFor();
    await page.getByRole('button', { name: 'Since when' }).click();
    await page.getByRole('menuitemcheckbox', { name: /Since turn 2/ }).click();
    await diff.getByText('breeze').waitFor();
    expect(await diff.getByText('storm').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('since')).toBe('storm-turn');
  });

  it('says of a closed one, too, what was set aside: no turn of it stands in timeline, list or transcript', async () => {
    await server.order('POST', '/sessions/harbour/rewind', { turnId: 'storm-turn', files: false });
    await server.order('DELETE', '/sessions/harbour');
    await page.goto(`${server.url}/s/harbour?panel=timeline`);
    await transcript().getByText('Restored to the end of turn 1. 1 turn set aside.').waitFor();
    expect(await transcript().getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await transcript().getByText('Storm.').count()).toBe(0);
    const timeline = page.getByRole('navigation', { name: 'Turns' });
    expect(await timeline.locator('.tl-row').count()).toBe(2);
    await timeline.getByRole('button', { name: '1 turn set aside' }).click();
    await timeline.locator('.tl-aside').getByText('and on').waitFor();
    expect(await timeline.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await (await server.get('/sessions/harbour')).json()).toMatchObject({ turnCount: 1 });
    await page.goto(`${server.url}/s/harbour?panel=trace&trace=session`);
    await page.getByRole('treeitem', { name: /set aside by a restore/ }).waitFor();
  });

  it('finds what was set aside, says so, and leads to the mark that stands in its place', async () => {
    await page.goto(`${server.url}/search?q=storm&scope=message`);
    await page.getByRole('link', { name: /Message, set aside by a restore, in/ }).click();
    const mark = transcript().locator('.log.hit', { hasText: '1 turn set aside.' });
    await mark.waitFor();
    await page.locator('.find-bar output').getByText('1 of 1').waitFor();
  });
});

describe('B-beyond, D5: a server that is killed while it puts files back', () => {
  const count = 500;

  it.each(['git', 'copy'])('leaves work that the next one finishes: a folder kept by %s', async (kind) => {
    const id = `killed-${kind}`;
    const root = folder.work(id);
    if (kind === 'git') execFileSync('git', ['init', '-q'], { cwd: root });
    mkdirSync(join(root, 'files'));
    const names = Array.from({ length: count }, (_, index) => join('files', `f${String(index).padStart(5, '0')}`));
    for (const name of names) writeFileSync(join(root, name), 'before\n');
    // The line to the server may have been closed while nobody looked.
    await wait(100);
    const contents = () => names.map((name) => readFileSync(join(root, name), 'utf8'));
    model.script(id, [
      says('Ready.'),
      runs('for f in files/*; do echo after > "$f"; done; echo new > new'),
      says('Done.'),
    ]);
    await server.order('POST', '/sessions', { id, cwd: root });
    await ask(id, `${id}-1`, id, 1);
    await ask(id, `${id}-2`, 'change them all', 2);
    expect(new Set(contents())).toEqual(new Set(['after\n']));
    const rewind = { turnId: `${id}-2`, files: true };
    const going = server.order('POST', `/sessions/${id}/rewind`, rewind).catch(() => undefined);
    while (readFileSync(join(root, names[20] ?? ''), 'utf8') !== 'before\n') await wait(2);
    await server.kill();
    await going;
    expect(new Set(contents()).size).toBe(2);
    server = await startServer(folder);
    const { state } = await snapshot(id);
    expect(state).toMatchObject({
      restoring: null,
      rewinds: [{ restored: { outcome: 'restored', finishedLater: true } }],
    });
    expect(new Set(contents())).toEqual(new Set(['before\n']));
    expect(readdirSync(join(root, 'files'))).toHaveLength(count);
    expect(existsSync(join(root, 'new'))).toBe(false);
    await server.order('POST', `/sessions/${id}/rewind`, { undo: true });
    expect(new Set(contents())).toEqual(new Set(['after\n']));
    expect((await snapshot(id)).state.turns).toHaveLength(2);
  });
});
