/** What a page notes about itself while it is measured: when words were first painted, its frames, its long tasks. */
import type { Page } from 'playwright-core';

export interface Watched {
  frames: number;
  elapsedMs: number;
  /** The longest task of the page's main thread: in time of the processor, and by the clock. */
  longestTaskMs: { used: number; passed: number };
  /** Tasks that used the processor for more than 50 ms. Where others want it too, the clock goes on meanwhile. */
  longTasks: number;
}

interface Probe {
  /** By chunk: when its last word was first painted, in epoch milliseconds. */
  chunks: Record<number, number>;
  /** Since the navigation began. */
  paintedMs: Record<string, number>;
  /** When each frame began. */
  frames: number[];
}

declare global {
  interface Window {
    probe: Probe;
  }
}

/** Looks for these words from the first moment of every page of the context; `chunk 7.` marks the seventh chunk. */
export async function addProbe(page: Page, words: readonly string[]): Promise<void> {
  // The loader that runs the measures marks names with a function that a page does not have.
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.addInitScript(probe, words);
}

function probe(words: readonly string[]): void {
  const state: Probe = { chunks: {}, paintedMs: {}, frames: [] };
  window.probe = state;
  let shown = -1;
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }: MessageEvent<{ chunk: number; found: string[] }>) => {
    const now = performance.now();
    for (let chunk = shown + 1; chunk <= data.chunk; chunk += 1) state.chunks[chunk] = performance.timeOrigin + now;
    shown = Math.max(shown, data.chunk);
    for (const word of data.found) state.paintedMs[word] ??= now;
  };
  const look = (at: number) => {
    requestAnimationFrame(look);
    state.frames.push(at);
    const log = document.querySelector('[role="log"]');
    const text = log?.textContent ?? '';
    const chunk = Number(/chunk (\d+)\.(?!.*chunk \d+\.)/s.exec(text.slice(-2_000))?.[1] ?? -1);
    const found = words.filter((word) => !(word in state.paintedMs) && isInView(log, word));
    // A message is delivered after the frame that is being made now was painted.
    if (chunk > shown || found.length > 0) channel.port2.postMessage({ chunk, found });
  };
  const isInView = (log: Element | null, word: string): boolean => {
    if (word.startsWith('css:')) return document.querySelector(word.slice(4)) !== null;
    const rows = [...(log?.querySelectorAll('.log-row') ?? [])].filter((row) => row.textContent?.includes(word));
    return rows.some((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
  };
  requestAnimationFrame(look);
}

const longTaskMs = 50;

/** What the page did while `work` went on, as the browser's own trace tells it. */
export async function watched(page: Page, work: () => Promise<void>): Promise<Watched> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page belongs to no browser');
  const from = await page.evaluate(() => performance.now());
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await work();
  const tasks = tasksIn(JSON.parse(String(await browser.stopTracing())) as Trace);
  const [frames, elapsedMs] = await page.evaluate(
    (since) => [window.probe.frames.filter((at) => at >= since).length, performance.now() - since] as const,
    from,
  );
  const most = (values: number[]) => values.reduce((one, other) => Math.max(one, other), 0);
  return {
    frames,
    elapsedMs,
    longestTaskMs: { used: most(tasks.map(({ used }) => used)), passed: most(tasks.map(({ passed }) => passed)) },
    longTasks: tasks.filter(({ used }) => used > longTaskMs).length,
  };
}

interface Trace {
  /** Times in microseconds: by the clock, and of the thread alone. */
  traceEvents: { name: string; pid: number; tid: number; dur?: number; tdur?: number; args?: { name?: string } }[];
}

function tasksIn({ traceEvents }: Trace): { used: number; passed: number }[] {
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const isPage = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`));
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && isPage.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ used: tdur / 1_000, passed: dur / 1_000 }));
}
