/** How fast the trace of a long session comes, and whether its waterfall follows the wheel. */
import type { TracePage } from '@taffrail/wire';
import { browserPath, launch, visit } from '../../e2e/support/browser.js';
import type { Corpus } from '../corpus/generate.js';
import { fillTrace, tracedSession, tracedSpans, tracedTurn } from '../page/long-trace.js';
import { addProbe } from '../page/probe.js';
import { scrolled, smoothness } from '../page/smoothness.js';
import { type Served, type Timed, timeOfFirst, withServer } from '../server.js';
import { type Figure, milliseconds, timesFigure } from '../table.js';
import { archive } from './import.js';

const pageMsMax = 100;
const starts = 5;
// What the web app asks for at once.
const pageSpans = 1_000;

export async function measureTrace(corpus: Corpus): Promise<Figure[]> {
  const dataDir = await archive(corpus);
  await fillTrace(dataDir);
  const ofSession = `/sessions/${tracedSession}/traces?limit=${pageSpans}`;
  const ofTurn = `${ofSession}&turnId=${tracedTurn}`;
  const first = {
    session: await timeOfFirst(dataDir, ofSession, starts),
    turn: await timeOfFirst(dataDir, ofTurn, starts),
  };
  return withServer(dataDir, async (server) => [
    await ofPage('session', server, ofSession, first.session),
    await ofPage('turn', server, ofTurn, first.turn),
    ...(await ofWaterfall(server)),
  ]);
}

async function ofPage(scope: string, server: Served, path: string, first: Timed): Promise<Figure> {
  const again = await server.time<TracePage>(path, 20);
  const { spans, nextCursor } = again.answer;
  if (spans.length !== pageSpans || nextCursor === null)
    throw new Error(`a page of ${spans.length} spans was answered`);
  const name = `trace: the first ${pageSpans} of ${tracedSpans} spans of the ${scope}, a server’s first answer, again`;
  return timesFigure(name, [first, again], pageMsMax);
}

async function ofWaterfall(server: Served): Promise<Figure[]> {
  const browser = await launch(await browserPath());
  try {
    const { context } = await visit(browser, server.signInUrl);
    const page = await context.newPage();
    const waterfall = 'css:.wf [role="treeitem"]';
    await addProbe(page, [waterfall]);
    await page.goto(`${server.url}/s/${tracedSession}?panel=trace`);
    await page.getByText(`${tracedSpans.toLocaleString('en')} spans`).waitFor();
    const painted = await page.evaluate(() => window.probe.paintedMs);
    const tree = page.getByRole('tree', { name: 'Spans' });
    const box = await tree.boundingBox();
    if (!box) throw new Error('there is no waterfall to scroll');
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const name = `trace: the waterfall of ${tracedSpans} spans`;
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
