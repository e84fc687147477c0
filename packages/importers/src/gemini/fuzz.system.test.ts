/** Whatever happens to Gemini CLI's logs: never a throw, and what is valid is not lost. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { expectStorable, garbage, interleaved, patienceMs, seed, settings, shuffled, spoiled } from '../hostile-log.js';
import { readLog } from '../inline-log.js';
import type { JsonObject } from '../json.js';
import { gemini } from './index.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const path = 'demo/chats/session-2026-11-20T09-14-869ae7dc.jsonl';
const lines = readFileSync(
  `${fixtures}0.61-subagent/.gemini/tmp/demo-gemini/chats/session-2026-11-20T09-14-869ae7dc.jsonl`,
  'utf8',
)
  .trimEnd()
  .split('\n');
const document = readFileSync(
  `${fixtures}0.29-tools/.gemini/tmp/demo-gold/chats/session-2026-11-20T09-16-e8098f49.json`,
  'utf8',
);
const whole = recount(readLog(gemini, path, lines).drafts);

test(`foreign lines between the valid ones cost nothing (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(interleaved(lines, garbage), (log) => {
      expect(recount(readLog(gemini, path, log).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`lines repeated and reordered add up to the same (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(shuffled(lines), (log) => {
      expect(recount(readLog(gemini, path, log).drafts)).toEqual(whole);
    }),
    settings,
  );
});

test(`a log cut anywhere keeps every whole line (seed ${seed})`, { timeout: patienceMs }, () => {
  const text = Buffer.from(lines.join('\n'));
  fc.assert(
    fc.property(fc.nat(text.length), (end) => {
      const cut = text
        .subarray(0, end)
        .toString('latin1')
        .split('\n')
        .map((line) => Buffer.from(line, 'latin1'));
      const kept = readLog(gemini, path, lines.slice(0, cut.length - 1));
      const found = recount(readLog(gemini, path, cut).drafts);
      expect(found.requests).toBeGreaterThanOrEqual(recount(kept.drafts).requests);
    }),
    settings,
  );
});

test(`spoiled records never stop the reader, and yield what can be stored (seed ${seed})`, {
  timeout: patienceMs,
}, () => {
  fc.assert(
    fc.property(interleaved(lines, fc.oneof(...lines.map(spoiled))), (log) => {
      const { drafts, problems } = readLog(gemini, path, log);
      expectStorable(drafts);
      expect(recount(drafts).requests).toBeGreaterThanOrEqual(whole.requests);
      expect(problems.every((problem) => /^\d+ \w+: /.test(problem))).toBe(true);
    }),
    settings,
  );
});

test(`a spoiled document is read to its end (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(spoiled(document), (bytes) => {
      const drafts: RowDraft[] = [];
      const sink = { row: (draft: RowDraft) => void drafts.push(draft), problem: () => {} };
      const siblings = { readJson: () => null, list: () => [] };
      gemini.document?.read(
        { root: '/logs', path: 'demo/chats/a.json' },
        JSON.parse(bytes.toString()) as JsonObject,
        siblings,
        sink,
      );
      expectStorable(drafts);
    }),
    settings,
  );
});
