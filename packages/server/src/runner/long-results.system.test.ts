/** What a call came to reaches the model as long as it was promised, also where its row holds only its ends. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, calls, formats, itemsOf, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const sentLast = (prompt: string): string =>
  JSON.stringify(bench.models.served.filter(({ conversation }) => conversation === prompt).at(-1)?.body);
const lineAt = (at: number) => `line ${at} of a file that is read as a whole`;
const file = (lines: number) => Array.from({ length: lines }, (_, at) => lineAt(at)).join('\n');

it.each(formats)('E2: a file of 25 KB is read whole, with %s', async (format) => {
  bench.file('long.txt', file(550));
  const { prompt, state } = await bench.done(format, [calls('read', { path: 'long.txt' }), says('Read.')]);
  const result = itemsOf(state).find((item) => item.type === 'tool_result');
  expect(result).toMatchObject({ blob: { sizeBytes: expect.any(Number) } });
  const missing = Array.from({ length: 550 }, (_, at) => at).filter((at) => !sentLast(prompt).includes(lineAt(at)));
  expect(missing).toEqual([]);
});

it('E1: an output that is cut says in what the model is told under which name the rest is kept', async () => {
  bench.file('longer.txt', file(2_000));
  const { prompt, state } = await bench.done('anthropic', [shell('cat longer.txt'), says('Seen.')]);
  const told = sentLast(prompt);
  const name = /output:[\w-]+/.exec(told)?.[0];
  expect(name).toBeDefined();
  const sent = Buffer.byteLength(told);
  expect(sent).toBeGreaterThan(30_000);
  expect(sent).toBeLessThan(60_000);
  expect(itemsOf(state).at(-1)?.text).toBe('Seen.');
});

it('E5: after a summary no request holds what came before it', async () => {
  bench.file('old.txt', file(550));
  const sessionId = await bench.session();
  bench.models.script('long before', [calls('read', { path: 'old.txt' }), says('Read.'), says('SUMMARY')]);
  await bench.ended(sessionId, await bench.ask(sessionId, 'long before'));
  await bench.runner.compact(sessionId, 'compaction');
  await bench.ended(sessionId, 'compaction');
  const state = await bench.ended(sessionId, await bench.ask(sessionId, 'and after'));
  expect(itemsOf(state).some(({ type }) => type === 'compaction')).toBe(true);
  const told = JSON.stringify(bench.models.served.at(-1)?.body);
  expect(told).toContain('and after');
  expect(told).not.toContain(lineAt(275));
});
