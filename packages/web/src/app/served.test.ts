/** F7: what the server said last is what counts, and what gives way to it. */
import { expect, it } from 'vitest';
import { latestServed, noteServed, onServed, servable, servedChoice, serves } from './served.js';

const panels = ['usage', 'trace', 'changes'] as const;
const needs = { trace: 'traces', changes: 'checkpoints' } as const;

it('F7: until the server has spoken it can do nothing, and its last word counts', () => {
  expect(serves('fork')).toBe(false);
  let told = 0;
  const stop = onServed(() => {
    told += 1;
  });
  noteServed(['archive', 'fork']);
  const before = latestServed();
  noteServed(['fork', 'archive']);
  expect(latestServed()).toBe(before);
  expect(told).toBe(1);
  noteServed(['archive']);
  expect([serves('fork'), serves('archive')]).toEqual([false, true]);
  expect(told).toBe(2);
  stop();
  noteServed([]);
  expect(told).toBe(2);
});

it('F7: a choice that cannot be served gives way to one that can, and stands where it can', () => {
  const old = servable(panels, needs, () => false);
  const later = servable(panels, needs, (capability) => capability === 'traces');
  expect([old, later]).toEqual([['usage'], ['usage', 'trace']]);
  expect([servedChoice('trace', old, 'usage'), servedChoice('trace', later, 'usage')]).toEqual(['usage', 'trace']);
});
