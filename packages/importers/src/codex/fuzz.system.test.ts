/** Whatever stands in a rollout: never a throw, what is valid is not lost, and no request is counted twice. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { expectStorable, patienceMs, seed, settings, spoiled } from '../hostile-log.js';
import type { Line } from '../inline-log.js';
import { madeAt, readRollout, usageRecord } from './inline-log.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const logOf = (fixture: string, ends: string): string[] => {
  const path = readdirSync(fixtures + fixture, { recursive: true, encoding: 'utf8' }).find((each) =>
    each.endsWith(`${ends}.jsonl`),
  );
  return readFileSync(`${fixtures}${fixture}/${path}`, 'utf8').trimEnd().split('\n');
};

/** A log of each generation: its thread and its lines. */
const logs = [
  ['01a1f839-6022-7543-a6f7-12daebf2d212', logOf('0.95-tools', '12daebf2d212')],
  ['01a1f82f-a6f7-7c62-9027-287c5e42cb73', logOf('0.123-fork', '287c5e42cb73')],
  ['01a1f83b-59a1-78a1-9b3c-a05f129660bb', logOf('0.169-compact', 'a05f129660bb')],
  ['01a1f83b-6e62-7472-94d3-20d6c28112b6', logOf('0.169-subagent', '20d6c28112b6')],
] as const;
/** Which log: its number, so that a counterexample can be read. */
const anyLog = fc.nat({ max: logs.length - 1 });
const logAt = (log: number) => logs[log] ?? logs[0];

const lastRequest = (thread: string): Line => usageRecord(9999, thread, 'resp_last');
const holdsLast = (drafts: readonly RowDraft[]) => drafts.some((draft) => draft.key === 'usage:resp_last');

test(`a log of spoiled records is read to its end (seed ${seed})`, { timeout: patienceMs }, () => {
  const spoiledLogs = logs.map(([thread, lines]) => fc.tuple(fc.constant(thread), fc.tuple(...lines.map(spoiled))));
  fc.assert(
    fc.property(fc.oneof(...spoiledLogs), ([thread, lines]) => {
      const { drafts } = readRollout(thread, [...lines, lastRequest(thread)]);
      expectStorable(drafts);
      expect(holdsLast(drafts)).toBe(true);
    }),
    settings,
  );
});

test(`a log cut anywhere keeps every whole line before the cut, and is complete when it has grown (seed ${seed})`, {
  timeout: patienceMs,
}, () => {
  fc.assert(
    fc.property(anyLog, fc.nat(), (log, cut) => {
      const [thread, lines] = logAt(log);
      const text = lines.join('\n');
      const at = cut % text.length;
      const whole = text.slice(0, at).split('\n').slice(0, -1);
      const torn = readRollout(thread, text.slice(0, at).split('\n'));
      const before = readRollout(thread, whole);
      expect(torn.drafts.slice(0, before.drafts.length)).toEqual(before.drafts);
      expect(torn.problems.every((problem) => problem.startsWith(`${whole.length + 1} `))).toBe(true);
      const grown = readRollout(thread, [...whole, ...lines.slice(whole.length)]);
      expect(grown.drafts).toEqual(readRollout(thread, lines).drafts);
    }),
    settings,
  );
});

test(`lines repeated and out of order add up to the same (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2 }),
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(), { maxLength: 20 }),
      (log, order, again) => {
        const [thread, lines] = logAt(log);
        const repeated = again.map((pick) => lines[pick % lines.length] as string);
        const shuffled = [...lines, ...repeated]
          .map((line) => [order.next().value as number, line] as const)
          .sort((one, other) => one[0] - other[0]);
        const { drafts } = readRollout(
          thread,
          shuffled.map(([, line]) => line),
        );
        expect(recount(drafts)).toEqual(recount(readRollout(thread, lines).drafts));
      },
    ),
    settings,
  );
});

test(`rubbish between the lines costs nothing but itself, and each piece is told (seed ${seed})`, {
  timeout: patienceMs,
}, () => {
  const rubbish = fc.constantFrom(
    '{',
    'null',
    '[1]',
    '{"type":"session_meta"',
    '\uFFFD\uFFFD',
    '"text"',
    '{"type":"event_msg","payload":{}}',
  );
  fc.assert(
    fc.property(anyLog, fc.array(fc.tuple(fc.nat(), rubbish), { minLength: 1, maxLength: 8 }), (log, pieces) => {
      const [thread, lines] = logAt(log);
      const mixed: string[] = [...lines];
      for (const [place, piece] of pieces) mixed.splice(place % (mixed.length + 1), 0, piece);
      const clean = readRollout(thread, lines);
      const { drafts, problems } = readRollout(thread, mixed);
      expect(drafts).toEqual(clean.drafts);
      expect(problems).toHaveLength(pieces.length);
    }),
    settings,
  );
});

test(`two logs in one file are each read (seed ${seed})`, { timeout: patienceMs }, () => {
  const other = madeAt(50);
  fc.assert(
    fc.property(anyLog, fc.nat(), (log, place) => {
      const [thread, lines] = logAt(log);
      const at = place % lines.length;
      const { drafts } = readRollout(thread, [
        ...lines.slice(0, at),
        usageRecord(60, other, 'resp_foreign'),
        ...lines.slice(at),
        lastRequest(thread),
      ]);
      expect(drafts.some((draft) => draft.key === 'usage:resp_foreign')).toBe(true);
      expect(holdsLast(drafts)).toBe(true);
    }),
    settings,
  );
});
