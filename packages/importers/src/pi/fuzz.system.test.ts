/** Whatever happens to pi's logs: never a throw, and what is valid is not lost. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectStorable, garbage, interleaved, patienceMs, seed, settings, shuffled, spoiled } from '../hostile-log.js';
import { readLog } from '../inline-log.js';
import { pi } from './index.js';

const folder = fileURLToPath(
  new URL('./fixtures/0.73-tools/.pi/agent/sessions/--home-dev-code-work-demo-pi--/', import.meta.url),
);
const path = readdirSync(folder)[0] as string;
const lines = readFileSync(folder + path, 'utf8')
  .trimEnd()
  .split('\n');
const whole = recount(readLog(pi, path, lines).drafts);

test(`foreign lines between the valid ones cost nothing (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(interleaved(lines, garbage), (log) => {
      expect(recount(readLog(pi, path, log).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`lines repeated and reordered add up to the same (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(shuffled(lines), (log) => {
      expect(recount(readLog(pi, path, log).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`a log cut anywhere keeps what its whole lines tell (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.nat(200), (count, length) => {
      const kept = lines.slice(0, count);
      const torn = (lines[count] ?? '').slice(0, length);
      expect(recount(readLog(pi, path, [...kept, torn]).drafts)).toEqual(recount(readLog(pi, path, kept).drafts));
    }),
    settings,
  );
});

test(`spoiled records never stop the reader, and yield what can be stored (seed ${seed})`, {
  timeout: patienceMs,
}, () => {
  fc.assert(
    fc.property(interleaved(lines, fc.oneof(...lines.map(spoiled))), (log) => {
      const { drafts, problems } = readLog(pi, path, log);
      expectStorable(drafts);
      expect(recount(drafts).requests).toBeGreaterThanOrEqual(whole.requests);
      expect(problems.every((problem) => /^\d+ \w+: /.test(problem))).toBe(true);
    }),
    settings,
  );
});
