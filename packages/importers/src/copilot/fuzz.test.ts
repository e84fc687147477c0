/** Whatever stands in an event log: never a throw, what is valid is not lost, and no request is counted twice. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomSeed, recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { readEvents, usage } from './inline-log.js';

const seed = randomSeed();
const settings = { seed, numRuns: 60 };

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

const hostile = fc.oneof(
  fc.json(),
  fc.constantFrom(
    'null',
    '""',
    '"\\u0000"',
    '"12"',
    '"-3"',
    '-1',
    '1e300',
    '0.5',
    'true',
    '[]',
    '{}',
    '"__proto__"',
    '[[]]',
    '"NaN"',
  ),
);

/** Puts hostile values in place of some of a record's, at any depth, as text: some cannot be written as objects. */
function spoiled(text: string, changes: readonly (readonly [number, string])[]): string {
  return changes.reduce((line, [pick, value]) => {
    const places = [...line.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)(?=[,}])/g)];
    const place = places[pick % Math.max(places.length, 1)];
    return place ? `${line.slice(0, place.index)}:${value}${line.slice(place.index + place[0].length)}` : line;
  }, text);
}

const changes = fc.array(fc.tuple(fc.nat(), hostile), { maxLength: 4 });

/** What was found must be fit to be stored: plain JSON, figures that are counts, times that are times. */
function isStorable(draft: RowDraft): boolean {
  const isPlain = typeof JSON.stringify(draft) === 'string' && typeof draft.key === 'string';
  const isPlaced = (draft.at === null || Number.isInteger(draft.at)) && isCount(draft.step ?? 0);
  if (draft.kind !== 'usage.recorded') return isPlain && isPlaced;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = draft.data;
  const figures = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens];
  return isPlain && isPlaced && figures.every((figure) => figure === null || isCount(figure));
}

const isCount = (figure: number) => Number.isInteger(figure) && figure >= 0;

test(`a log of spoiled events is read to its end (seed ${seed})`, () => {
  fc.assert(
    fc.property(anyLog, fc.array(changes, { minLength: 1, maxLength: 12 }), (log, edits) => {
      const { folder, lines } = logAt(log);
      const bad = lines.map((line, index) => spoiled(line, edits[index % edits.length] ?? []));
      const { drafts } = readEvents([...bad, usage(9999, 'last')], folder);
      expect(drafts.filter((draft) => !isStorable(draft))).toEqual([]);
      expect(drafts.some((draft) => draft.key === 'usage:last')).toBe(true);
    }),
    settings,
  );
});

test('values nested too deep to be written again cost no other line', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  for (const { folder, lines } of logs) {
    const bad = lines.map((line, index) => (index % 3 === 1 ? spoiled(line, [[index, deep]]) : line));
    const { drafts } = readEvents([...bad, usage(9999, 'last')], folder);
    expect(drafts.filter((draft) => !isStorable(draft))).toEqual([]);
    expect(drafts.some((draft) => draft.key === 'usage:last')).toBe(true);
  }
});

test(`a log cut anywhere keeps every whole line before the cut (seed ${seed})`, () => {
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

test(`lines repeated and out of order add up to the same (seed ${seed})`, () => {
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

test(`rubbish between the lines costs nothing but itself, and each piece is told (seed ${seed})`, () => {
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
