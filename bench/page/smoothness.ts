/** Whether a page keeps up while it is written to or scrolled. */
import type { Page } from 'playwright-core';
import { type Figure, milliseconds } from '../table.js';
import { type Watched, watched } from './probe.js';

const scrollSeconds = 10;

/** With the wheel, as fast as a hand turns it, `stepPx` at a time; what has to be loaded for it is. */
export async function scrolled(page: Page, stepPx: number, over: { x: number; y: number }): Promise<Watched> {
  await page.waitForTimeout(1_000);
  await page.mouse.move(over.x, over.y);
  return watched(page, async () => {
    const endsAt = Date.now() + scrollSeconds * 1_000;
    while (Date.now() < endsAt) {
      await page.mouse.wheel(0, stepPx);
      await page.waitForTimeout(16);
    }
  });
}

export function smoothness(name: string, { frames, elapsedMs, longestTaskMs, longTasks }: Watched): Figure[] {
  const { used, passed } = longestTaskMs;
  return [
    {
      name: `${name}, tasks of more than 50 ms of the processor`,
      measured: `${longTasks}, the longest ${milliseconds(used)} (${milliseconds(passed)} by the clock)`,
      target: '0',
      holds: longTasks === 0,
    },
    {
      name: `${name}, frames per second`,
      measured: ((frames / elapsedMs) * 1_000).toFixed(0),
      target: '',
      holds: null,
    },
  ];
}
