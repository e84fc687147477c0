/** How often what keeps changing is asked for again, on a clock that the test moves. */
import { expect, it } from 'vitest';
import { pacedBy } from './pace.js';

/** A clock that stands still unless it is moved, and answers that take as long as they are told to. */
function world(tookMs: number) {
  let now = 0;
  const timers: { at: number; work: () => void }[] = [];
  const asked: [string, number][] = [];
  const after = (ms: number, work: () => void) => timers.push({ at: now + ms, work });
  const ask = (name: string) => {
    asked.push([name, now]);
    return new Promise<void>((resolve) => after(tookMs, resolve));
  };
  const passes = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      const next = timers.toSorted((one, other) => one.at - other.at)[0];
      if (!next || next.at > end) break;
      timers.splice(timers.indexOf(next), 1);
      now = next.at;
      next.work();
    }
    now = end;
  };
  return { asked, passes, ...pacedBy(ask, { now: () => now, after }) };
}

it('D5: an answer that takes long is asked for at a small share of the time, and once more when all is over', async () => {
  const { asked, passes, refresh } = world(400);
  for (let second = 0; second < 60; second += 1) {
    refresh('timeline');
    await passes(1000);
  }
  expect(asked.length).toBeGreaterThan(9);
  expect(asked.length * 400).toBeLessThan(60_000 / 12);
  await passes(60_000);
  const last = asked.at(-1)?.[1] ?? 0;
  expect(last).toBeGreaterThanOrEqual(59_000);
  await passes(60_000);
  expect(asked.at(-1)?.[1]).toBe(last);
});

it('D5: one that is quick comes each time, and none waits for another', async () => {
  const { asked, passes, refresh } = world(20);
  for (let second = 0; second < 10; second += 1) {
    refresh('one');
    refresh('two');
    await passes(1000);
  }
  expect(asked.map(([name]) => name)).toEqual(Array.from({ length: 10 }, () => ['one', 'two']).flat());
});

it('D5: one that failed is asked for again, and one that waited for a lost server does not rest as long', async () => {
  const asked: number[] = [];
  const refused = () => Promise.reject(new Error(String(asked.push(asked.length))));
  const { refresh } = pacedBy(refused, {
    now: () => asked.length * 100_000,
    after: (ms, work) => void (ms <= 30_000 && work()),
  });
  refresh('one');
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  refresh('one');
  expect(asked.length).toBe(2);
});

it('F7: what rests is not asked for once it is forgotten', async () => {
  const { asked, passes, refresh, forget } = world(400);
  refresh('budgets');
  await passes(1000);
  refresh('budgets');
  forget();
  await passes(60_000);
  expect(asked).toHaveLength(1);
});
