/** Files in a real browser: pasted, dropped and named by `@`, sent, shown, and kept over a reload. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, type Visit, visit } from './support/browser.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { type RunningServer, startServer } from './support/program.js';

/** One green pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let browser: Browser;
let visitor: Visit;
let page: Page;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
  browser = await launch(inject('browserPath'));
  visitor = await visit(browser, server.signInUrl);
  const cwd = folder.work('boat');
  for (const name of ['mainsail.ts', 'jib.ts', 'README.md']) writeFileSync(join(cwd, name), `${name}\n`);
  await server.order('POST', '/sessions', { id: 'boat', cwd });
  page = await visitor.context.newPage();
  await page.goto(`${server.url}/?s=boat`);
  await composer().waitFor();
});

afterAll(async () => {
  await browser.close();
  await server.kill();
  await model.close();
  folder.remove();
});

const composer = () => page.locator('[data-composer]');
const attached = () => page.getByRole('list', { name: 'Attached files' });
const transcript = () => page.getByRole('log', { name: 'Transcript' });

interface Given {
  name: string;
  type: string;
  base64: string;
}

/** As a person's hand or clipboard would give them. */
async function give(how: 'paste' | 'drop', files: Given[]): Promise<void> {
  await composer().evaluate(
    (field, { how, files }) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      const init = { bubbles: true, cancelable: true };
      if (how === 'paste') field.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
      else
        for (const name of ['dragover', 'drop'])
          field.dispatchEvent(new DragEvent(name, { ...init, dataTransfer: data }));
    },
    { how, files },
  );
}

const picture = { name: 'dot.png', type: 'image/png', base64: png };
const notes = { name: 'notes.txt', type: 'text/plain', base64: btoa('salt = 35\n') };
const archive = { name: 'a.zip', type: 'application/zip', base64: btoa('PK\u0003\u0004\u0000\u0000') };

/** How wide the picture is that stands there: 0 where it could not be shown. */
const widthOf = (selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });

describe('files in a browser', () => {
  it('issue 3: are pasted and dropped, refused in place, and survive a reload', async () => {
    await give('paste', [picture]);
    await attached().getByText('dot.png').waitFor();
    await give('drop', [notes, archive]);
    await attached().getByText('a.zip is a ZIP archive').waitFor();
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Remove a.zip' }).click();
    await composer().fill('what is this?');
    await page.reload();
    await attached().getByText('notes.txt').waitFor();
    expect(await widthOf('.draft-file-picture')).toBe(1);
    expect(await composer().inputValue()).toBe('what is this?');
  });

  it('issue 3: reach the model with the message, and stand in the transcript', async () => {
    model.script('what is this?', [{ parts: [{ text: 'A green dot.' }] }]);
    await composer().press('Enter');
    await transcript().getByText('A green dot.').waitFor();
    const body = JSON.stringify(model.served[0]?.body);
    expect(body).toContain(`"media_type":"image/png","data":"${png}"`);
    expect(body).toContain('<file name=\\"notes.txt\\">\\nsalt = 35');
    expect(await widthOf('.picture img')).toBe(1);
    expect(await attached().count()).toBe(0);
    const link = page.locator('.picture');
    const [opened] = await Promise.all([visitor.context.waitForEvent('page'), link.click()]);
    await opened.waitForLoadState();
    expect(await opened.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await opened.close();
  });

  it('UI: @ offers files of the folder, and writes the path that is chosen', async () => {
    await composer().fill('');
    await composer().pressSequentially('mend @s');
    const options = page.getByRole('option');
    await page.getByRole('option', { name: 'mainsail.ts' }).waitFor();
    await composer().press('Escape');
    await page.getByRole('listbox', { name: 'Files of the folder' }).waitFor({ state: 'detached' });
    await composer().press('Backspace');
    await composer().press('Backspace');
    await composer().pressSequentially('@.ts');
    await page.getByRole('option', { name: 'jib.ts' }).waitFor();
    expect(await options.allInnerTexts()).toEqual(['jib.ts', 'mainsail.ts']);
    await composer().press('ArrowDown');
    await composer().press('Tab');
    expect(await composer().inputValue()).toBe('mend mainsail.ts ');
    await composer().pressSequentially('and @jib');
    await page.getByRole('option', { name: 'jib.ts' }).waitFor();
    await composer().press('Enter');
    expect(await composer().inputValue()).toBe('mend mainsail.ts and jib.ts ');
    expect(model.served).toHaveLength(1);
  });

  it('UI: ↑ in an empty message brings back what was asked', async () => {
    await composer().fill('');
    await composer().press('ArrowUp');
    expect(await composer().inputValue()).toBe('what is this?');
    await composer().press('ArrowDown');
    expect(await composer().inputValue()).toBe('');
  });

  it('complains of nothing', () => {
    const refused = /status of 400/;
    expect(visitor.complaints.filter((complaint) => !refused.test(complaint))).toEqual([]);
    expect(visitor.strangers).toEqual([]);
  });
});
