/** Whatever stands in an event log: never a throw, what is valid is not lost, and no request is counted twice. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectStorable, patienceMs, seed, settings, spoiled } from '../hostile-log.js';
import { readEvents, usage } from './inline-log.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const logs = ['1.0.102-tools', '1.0.102-subagent'].map((name) => {
  const folder = readdirSync(`${fixtures}${name}/session-state`)[0] ?? '';
  return {
    folder,
    lines: readFileSync(`${fixtures}${name}/session-state/${folder}/events.jsonl`, 'utf8').trimEnd().split('\n'),
  };
});
/** Which log: its number, so that a counterexample can be read. */
const anyLog = fc.nat({ max: logs.length - 1 });
const logAt = (log: number) => logs[log] ?? { folder: '', lines: [] };

test(`a log of spoiled events is read to its end (seed ${seed})`, { timeout: patienceMs }, () => {
  const spoiledLogs = logs.map(({ folder, lines }) => fc.tuple(fc.constant(folder), fc.tuple(...lines.map(spoiled))));
  fc.assert(
    fc.property(fc.oneof(...spoiledLogs), ([folder, lines]) => {
      const { drafts } = readEvents([...lines, usage(9999, 'last')], folder);
      expectStorable(drafts);
      expect(drafts.some((draft) => draft.key === 'usage:last')).toBe(true);
    }),
    settings,
  );
});

test(`a log cut anywhere keeps every whole line before the cut (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(anyLog, fc.nat(), (log, cut) => {
      const { folder, lines } = logAt(log);
      const text = lines.join('\n');
      const torn = text.slice(0, cut % text.length).split('\n');
      const before = readEvents(torn.slice(0, -1), folder).drafts;
      expect(readEvents(torn, folder).drafts.slice(0, before.length)).toEqual(before);
    }),
    settings,
  );
});

test(`lines repeated and out of order add up to the same (seed ${seed})`, { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(anyLog, fc.infiniteStream(fc.nat()), fc.array(fc.nat(), { maxLength: 20 }), (log, order, again) => {
      const { folder, lines } = logAt(log);
      const repeated = again.map((place) => lines[place % lines.length] as string);
      const placed = [...lines, ...repeated].map((line) => [order.next().value as number, line] as const);
      const shuffled = placed.sort((one, other) => one[0] - other[0]).map(([, line]) => line);
      expect(recount(readEvents(shuffled, folder).drafts)).toEqual(recount(readEvents(lines, folder).drafts));
    }),
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
    '{"type":"session.start"',
    '\uFFFD\uFFFD',
    '"text"',
    '{"type":"nobody.knows","data":{}}',
  );
  fc.assert(
    fc.property(anyLog, fc.array(fc.tuple(fc.nat(), rubbish), { minLength: 1, maxLength: 8 }), (log, pieces) => {
      const { folder, lines } = logAt(log);
      const mixed: string[] = [...lines];
      for (const [place, piece] of pieces) mixed.splice(place % (mixed.length + 1), 0, piece);
      const { drafts, problems } = readEvents(mixed, folder);
      expect(drafts).toEqual(readEvents(lines, folder).drafts);
      expect(problems).toHaveLength(pieces.length);
    }),
    settings,
  );
});
