/** What a person at a browser sees of it: how soon words are painted, how soon tabs are back, how smoothly it scrolls. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { browserPath, launch, type Visit, visit } from '../../e2e/support/browser.js';
import { modelFolder } from '../../e2e/support/model-folder.js';
import { type RunningServer, startServer, until } from '../../e2e/support/program.js';
import { type Model, startModel } from '../model.js';
import { fillArchive, lastWords, longSession } from '../page/archive.js';
import { addProbe, type Watched, watched } from '../page/probe.js';
import { scrolled, smoothness } from '../page/smoothness.js';
import { clone } from '../programs.js';
import { type Figure, median, milliseconds } from '../table.js';

const crowdSize = 100;
const chunksPerSecond = 20;
const streamSeconds = 10;
const rapidChunksPerSecond = 200;
const tabs = 30;
const longItems = 10_000;
const entryBytesMax = 150_000;

export async function measurePage(): Promise<Figure[]> {
  const browser = await launch(await browserPath());
  try {
    const one = await streamed(browser, 1, chunksPerSecond);
    const crowd = await streamed(browser, crowdSize, chunksPerSecond);
    const rapid = await streamed(browser, 1, rapidChunksPerSecond);
    return [
      timeFigure('page: model to painted, 1 session, median', median(one.latenciesMs), 60),
      timeFigure(
        `page: model to painted, ${crowdSize} sessions × ${chunksPerSecond} chunks/s`,
        median(crowd.latenciesMs),
        150,
      ),
      ...smoothness(`page: an answer of ${rapidChunksPerSecond} chunks/s`, rapid.watched),
      ...(await restored(browser)),
      ...entry(),
    ];
  } finally {
    await browser.close();
  }
}

function timeFigure(name: string, ms: number, maxMs: number): Figure {
  return { name, measured: milliseconds(ms), target: `≤ ${maxMs} ms`, holds: ms <= maxMs };
}

interface Streamed {
  latenciesMs: number[];
  watched: Watched;
}

/** So many sessions stream at once; one of them is on view in a page. */
async function streamed(browser: Browser, sessions: number, perSecond: number): Promise<Streamed> {
  const count = perSecond * streamSeconds;
  const reply = { parts: [{ text: chunks(count) }], chunkSize: chunkCharacters, delayMs: 1_000 / perSecond };
  const ids = Array.from({ length: sessions }, (_, at) => `stream-${at}.`);
  const model = await startModel(ids, reply);
  const folder = modelFolder(model.url);
  const server = await startServer(folder);
  try {
    for (const id of ids) await server.order('POST', '/sessions', { id, cwd: folder.work('all') });
    const { context } = await visit(browser, server.signInUrl);
    const page = await context.newPage();
    await addProbe(page, []);
    const shown = ids[0] ?? '';
    await page.goto(`${server.url}/?s=${shown}`);
    await page.getByText('Nothing was asked yet').waitFor();
    const seen = await watched(page, async () => {
      await Promise.all(
        ids.map((id) => server.order('POST', `/sessions/${id}/turns`, { id: `${id}-turn`, input: id })),
      );
      await page.waitForFunction((last) => last in window.probe.chunks, count - 1, { timeout: 60_000 });
    });
    const painted = await page.evaluate(() => window.probe.chunks);
    await context.close();
    await until(
      async () => (await (await server.get('/sessions?status=running')).json()) as { sessions: unknown[] },
      (running) => running.sessions.length === 0,
      120_000,
    );
    return { latenciesMs: await latencies(model, ids, painted), watched: seen };
  } finally {
    await server.stop();
    await model.stop();
    folder.remove();
  }
}

async function latencies(model: Model, ids: readonly string[], painted: Record<number, number>): Promise<number[]> {
  const answers = await model.served(ids.length);
  const { deltaTimes = [] } = answers.find(({ conversation }) => conversation === ids[0]) ?? {};
  return deltaTimes.flatMap((leftAt, chunk) => (painted[chunk] ? [painted[chunk] - leftAt] : []));
}

const chunkCharacters = 36;

/** Each ends with its number; a paragraph has twenty. */
function chunks(count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const end = ` chunk ${at}.`;
    const begin = at > 0 && at % 20 === 0 ? '\n\nAnd' : 'and';
    return `${`${begin} then the agent goes on with it`.slice(0, chunkCharacters - end.length).padEnd(chunkCharacters - end.length, '-')}${end}`;
  }).join('');
}

/** Thirty tabs come back, one of them with ten thousand items; then it is scrolled back. */
async function restored(browser: Browser): Promise<Figure[]> {
  const folder = modelFolder('http://127.0.0.1:9');
  mkdirSync(folder.dataDir, { recursive: true });
  await fillArchive(folder.dataDir, { tabs, items: longItems });
  const server = await startServer(folder);
  try {
    const cold = await opened(await visitOf(browser, server), server);
    const signedIn = await visitOf(browser, server);
    await (await opened(signedIn, server)).page.close();
    const warm = await opened(signedIn, server);
    const name = `page: ${tabs} tabs, one of ${longItems} items`;
    return [
      timeFigure(`${name}, last screen`, cold.lastScreenMs, 300),
      timeFigure(`${name}, usable`, cold.usableMs, 1_000),
      timeFigure(`${name}, last screen, cache warm`, warm.lastScreenMs, 300),
      timeFigure(`${name}, usable, cache warm`, warm.usableMs, 1_000),
      ...smoothness(`page: scrolling back in ${longItems} items`, await scrolled(warm.page, -400, { x: 500, y: 400 })),
    ];
  } finally {
    await server.stop();
    folder.remove();
  }
}

function visitOf(browser: Browser, server: RunningServer): Promise<Visit> {
  return visit(browser, server.signInUrl);
}

interface Opened {
  page: Page;
  lastScreenMs: number;
  /** All tabs stand there, and the composer takes words. */
  usableMs: number;
}

const composer = 'css:.composer textarea:not([disabled])';
const lastTab = `css:[aria-label="Open sessions"] .tab:nth-child(${tabs})`;

async function opened({ context }: Visit, server: RunningServer): Promise<Opened> {
  const page = await context.newPage();
  await addProbe(page, [lastWords, composer, lastTab]);
  await page.goto(`${server.url}/?s=${longSession}`);
  await page.waitForFunction(() => Object.keys(window.probe.paintedMs).length === 3);
  const painted = await page.evaluate(() => window.probe.paintedMs);
  return { page, lastScreenMs: painted[lastWords] ?? Number.NaN, usableMs: Math.max(...Object.values(painted)) };
}

/** What a browser loads before the first place: the entry, and with it what it names. */
function entry(): Figure[] {
  const folder = join(clone, 'dist/web');
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
  const bytes = scripts.map((path) => gzipSync(readFileSync(join(folder, path))).length);
  const [own = 0] = bytes;
  const all = bytes.reduce((sum, each) => sum + each, 0);
  return [
    {
      name: 'page: entry chunk, gzipped',
      measured: `${(own / 1_000).toFixed(0)} kB`,
      target: '< 150 kB',
      holds: own < entryBytesMax,
    },
    { name: 'page: with the chunks it needs', measured: `${(all / 1_000).toFixed(0)} kB`, target: '', holds: null },
  ];
}
