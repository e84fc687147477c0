/** The workbench in a real browser: a live session outlives the page, the line and the server. The model is a fake server. */
import { type ModelServer, startModelServer } from '@taffrail/testing';
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

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
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

const newSession = (id: string) => server.order('POST', '/sessions', { id, cwd: folder.work(id) });

async function open(id: string, who: Visit = visitor): Promise<Page> {
  const page = await who.context.newPage();
  await page.goto(`${server.url}/?s=${id}`);
  await page.locator('[data-composer]').waitFor();
  return page;
}

async function ask(page: Page, prompt: string): Promise<void> {
  await page.locator('[data-composer]').fill(prompt);
  await page.locator('[data-composer]').press('Enter');
}

const transcript = (page: Page) => page.getByRole('log', { name: 'Transcript' });
const shows = (page: Page, text: string) => transcript(page).getByText(text).first().waitFor();
/** How often the text stands in the transcript. */
const times = async (page: Page, text: string): Promise<number> =>
  ((await transcript(page).innerText()).match(new RegExp(text, 'g')) ?? []).length;

/** An answer in two halves: the second one comes when the gate is opened. */
function halves(prompt: string, gate: string): void {
  model.script(prompt, [
    { parts: [{ text: 'The keel is laid. The mast is up.' }], chunkSize: 17, gates: [{ at: 1, name: gate }] },
    { parts: [{ text: 'She sails again.' }] },
  ]);
}

describe('a live session in a browser', () => {
  it('B1, B3: runs on while its page is closed, and goes on streaming in the same bubble when it is open again', async () => {
    halves('build the boat', 'keel');
    await newSession('boat');
    const first = await open('boat');
    await ask(first, 'build the boat');
    await shows(first, 'The keel is laid.');
    await first.close();
    const second = await open('boat');
    await shows(second, 'The keel is laid.');
    await second.reload();
    await shows(second, 'The keel is laid.');
    expect(await times(second, 'The mast is up')).toBe(0);
    model.gate('keel').open();
    await shows(second, 'The mast is up.');
    expect(await times(second, 'The keel is laid')).toBe(1);
    await second.close();
  });

  it('B-beyond: is watched by two browsers at once, and says the same in both after one was offline', async () => {
    halves('watch it', 'watched');
    await newSession('watched');
    const other = await visit(browser, server.signInUrl);
    const [here, there] = [await open('watched'), await open('watched', other)];
    await ask(here, 'watch it');
    for (const page of [here, there]) await shows(page, 'The keel is laid.');
    await other.context.setOffline(true);
    model.gate('watched').open();
    await shows(here, 'The mast is up.');
    await other.context.setOffline(false);
    await shows(there, 'The mast is up.');
    expect(await times(there, 'The keel is laid')).toBe(1);
    await other.context.close();
    await here.close();
  });

  it('B-beyond: keeps what was shown through kill -9, says that it was interrupted, and can be gone on with', async () => {
    halves('sail', 'sailing');
    await newSession('sailing');
    const page = await open('sailing');
    await ask(page, 'sail');
    await shows(page, 'The keel is laid.');
    await server.kill();
    server = await startServer({ ...folder, port: Number(new URL(server.url).port) });
    await page
      .getByText(/interrupted/i)
      .first()
      .waitFor();
    expect(await times(page, 'The keel is laid')).toBe(1);
    expect(await times(page, 'The mast is up')).toBe(0);
    await ask(page, 'go on');
    await shows(page, 'She sails again.');
    await page.close();
  });

  it('A4: what a turn with a tool spent is what the model served', async () => {
    model.script('run it', [
      { parts: [{ toolCall: { name: 'write', input: { path: 'a.txt', content: 'a\n' } } }] },
      { parts: [{ text: 'It is written.' }] },
    ]);
    await newSession('asked');
    const page = await open('asked');
    await ask(page, 'run it');
    await shows(page, 'It is written.');
    const usage = await until(
      async () => (await (await server.get('/sessions/asked')).json()) as { usage: { requests: number } | null },
      (session) => session.usage?.requests === 2,
    );
    expect(usage.usage?.requests).toBe(model.totals('run it').requests);
    await page.close();
  });

  it('complains of nothing', () => {
    const lineLost = /WebSocket|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|Failed to load resource/;
    expect(visitor.complaints.filter((complaint) => !lineLost.test(complaint))).toEqual([]);
    expect(visitor.strangers).toEqual([]);
  });
});
