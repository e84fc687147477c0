/** How fast the trace of a long session comes, and whether its waterfall follows the wheel. */
import type { TracePage } from '@taffrail/wire';
import { browserPath, launch, visit } from '../../e2e/support/browser.js';
import type { Corpus } from '../corpus/generate.js';
import { fillTraces, firstTurnOf, manyTurns, oneTurn, spansOf } from '../page/long-trace.js';
import { addProbe } from '../page/probe.js';
import { scrolled, smoothness } from '../page/smoothness.js';
import { type Served, timeOfFirst, withServer } from '../server.js';
import { type Figure, milliseconds, timesFigure } from '../table.js';
import { archive } from './import.js';

const pageMsMax = 100;
const starts = 5;
// What the web app asks for at once.
const pageSpans = 1_000;

export async function measureTrace(corpus: Corpus): Promise<Figure[]> {
  const dataDir = await archive(corpus);
  await fillTraces(dataDir);
  const page = (id: string) => `/sessions/${id}/traces?limit=${pageSpans}`;
  const asked = [
    { name: `a session of ${spansOf(manyTurns)} spans`, path: page(manyTurns.id) },
    { name: `one turn of ${spansOf(oneTurn)} spans`, path: `${page(oneTurn.id)}&turnId=${firstTurnOf(oneTurn)}` },
  ];
  const figures: Figure[] = [];
  for (const { name, path } of asked) {
    const first = await timeOfFirst(dataDir, path, starts);
    const again = await withServer(dataDir, (server) => server.time<TracePage>(path, 20));
    const { spans, nextCursor } = again.answer;
    if (spans.length < pageSpans || nextCursor === null) throw new Error(`only ${spans.length} spans were answered`);
    const words = `trace: the first ${pageSpans} spans of ${name}, a server’s first answer, again`;
    figures.push(timesFigure(words, [first, again], pageMsMax));
  }
  return [...figures, ...(await withServer(dataDir, ofWaterfall))];
}

async function ofWaterfall(server: Served): Promise<Figure[]> {
  const spans = spansOf(oneTurn);
  const browser = await launch(await browserPath());
  try {
    const { context } = await visit(browser, server.signInUrl);
    const page = await context.newPage();
    const waterfall = 'css:.wf [role="treeitem"]';
    await addProbe(page, [waterfall]);
    await page.goto(`${server.url}/s/${oneTurn.id}?panel=trace`);
    await page.getByText(`${spans.toLocaleString('en')} spans`).waitFor();
    const painted = await page.evaluate(() => window.probe.paintedMs);
    const tree = page.getByRole('tree', { name: 'Spans' });
    const box = await tree.boundingBox();
    if (!box) throw new Error('there is no waterfall to scroll');
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const name = `trace: the waterfall of ${spans} spans`;
    return [
      {
        name: `${name}, first bars painted`,
        measured: milliseconds(painted[waterfall] ?? Number.NaN),
        target: '',
        holds: null,
      },
      ...smoothness(`${name}, scrolled`, await scrolled(page, 200, place)),
    ];
  } finally {
    await browser.close();
  }
}
