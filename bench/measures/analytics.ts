/** How fast Analytics answers: each panel from the server, and the whole page in a browser. */
import type { Page } from 'playwright-core';
import { browserPath, launch, visit } from '../../e2e/support/browser.js';
import { changing } from '../change.js';
import type { Corpus } from '../corpus/generate.js';
import { addProbe } from '../page/probe.js';
import { type Served, type Timed, timeOfFirst, withServer } from '../server.js';
import { type Figure, median, milliseconds, timesFigure } from '../table.js';
import { archive } from './import.js';

const panels = ['summary', 'daily', 'heatmap', 'top-sessions', 'models', 'projects', 'agents', 'tools', 'coverage'];
const panelMsMax = 100;
const pageMsMax = 1_000;
const starts = 5;
const runs = 30;

export async function measureAnalytics(corpus: Corpus): Promise<Figure[]> {
  const dataDir = await archive(corpus);
  return changing(dataDir, async (change) => [
    ...(await ofPanels(dataDir, change)),
    ...(await ofPage(dataDir, change)),
  ]);
}

type Change = () => Promise<unknown>;

async function ofPanels(dataDir: string, change: Change): Promise<Figure[]> {
  const asked = panels.map((name) => ({ name, path: `/analytics/${name}?tz=UTC` }));
  const firsts: Timed[] = [];
  for (const { path } of asked) firsts.push(await timeOfFirst(dataDir, path, starts));
  return withServer(dataDir, async (server) => {
    const figures: Figure[] = [];
    for (const [index, { name, path }] of asked.entries()) {
      const [changed, again] = [await server.time(path, runs, change), await server.time(path, runs)];
      const times = [...firsts.slice(index, index + 1), changed, again];
      figures.push(
        timesFigure(`analytics: ${name}, a server’s first answer, after a change, again`, times, panelMsMax),
      );
    }
    return figures;
  });
}

async function ofPage(dataDir: string, change: Change): Promise<Figure[]> {
  const views: Views[] = [];
  for (let start = 0; start < starts; start += 1)
    views.push(await withServer(dataDir, (server) => viewsOf(server, change)));
  const figure = (name: string, of: (view: Views) => number): Figure => {
    const ms = median(views.map(of));
    return {
      name: `analytics: the page, all panels painted, ${name}`,
      measured: milliseconds(ms),
      target: `< ${pageMsMax} ms`,
      holds: ms < pageMsMax,
    };
  };
  return [
    figure('server and browser just started', ({ first }) => first),
    figure('after a change', ({ changed }) => changed),
    figure('again', ({ again }) => again),
  ];
}

interface Views {
  first: number;
  changed: number;
  again: number;
}

async function viewsOf(server: Served, change: Change): Promise<Views> {
  const browser = await launch(await browserPath());
  try {
    const { context } = await visit(browser, server.signInUrl);
    const first = await paintedMs(await context.newPage(), server);
    await change();
    const changed = await paintedMs(await context.newPage(), server);
    return { first, changed, again: await paintedMs(await context.newPage(), server) };
  } finally {
    await browser.close();
  }
}

// No cell is empty, none holds a place for what is still to come, and the sessions have their names.
const panelsStand = 'css:.analytics:has(.cells):not(:has(.cell > div:empty, .skel))';
const namesStand = 'css:[aria-label="Top sessions"]:has(tbody a):not(:has(tbody a > .trunc:first-child))';

/** Since the navigation began. */
async function paintedMs(page: Page, server: Served): Promise<number> {
  await addProbe(page, [panelsStand, namesStand]);
  await page.goto(`${server.url}/analytics?range=all`);
  await page.waitForFunction(() => Object.keys(window.probe.paintedMs).length === 2);
  const painted = await page.evaluate(() => window.probe.paintedMs);
  await page.close();
  return Math.max(...Object.values(painted));
}
