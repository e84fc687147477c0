/** For fuzz tests: logs that are cut, repeated, reordered, interleaved and spoiled, and what must come of them. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { RowDraft } from './contract.js';

export const seed = randomSeed();
export const settings = { seed, numRuns: 60 };
export const patienceMs = 60_000;

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** Values as JSON text. The last one can be parsed, and is too deep to be written again. */
const hostileValue = fc.oneof(
  { weight: 5, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 14,
    arbitrary: fc.constantFrom(
      ...['null', 'true', '""', '"\\u0000"', '"12"', '"-3"', '"NaN"', '"__proto__"'],
      ...['-1', '1e300', '9007199254740993', '0.5'],
      ...['[]', '{}', '[[]]', '[null]', '{"a":[]}', '{"id":{}}', '{"toString":1}'],
    ),
  },
  { weight: 1, arbitrary: fc.constant(deep) },
);

/** A line as a report can show it: as text, and with brackets counted where they are many. */
function printable(line: string | Buffer): Buffer {
  const bytes = Buffer.from(line);
  const shown = () =>
    JSON.stringify(bytes.toString()).replaceAll(/\[{50,}|\]{50,}/g, (run) => `${run[0]} ${run.length} times `);
  return Object.assign(bytes, { [fc.toStringMethod]: shown });
}

/** Lines that are no record of anybody: torn, binary, blank, of other types. */
export const garbage: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => printable(Buffer.from(bytes.filter((byte) => byte !== 0x0a)))),
  fc
    .constantFrom('', '   ', '\0\0\0\0', '{', '}{', '[1,2]', '"text"', '{"type":', '{}', '{"type":7}', deep)
    .map(printable),
);

/** A line with hostile values in some places, at any depth. */
export function spoiled(line: string): fc.Arbitrary<Buffer> {
  return fc.array(fc.tuple(fc.nat(), hostileValue), { minLength: 1, maxLength: 4 }).map((changes) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    const texts = new Map<string, string>();
    changes.forEach(([pick, value], index) => {
      const places = placesIn(record);
      const [holder, key] = places[pick % places.length] as PlaceInRecord;
      // Put in as a mark and replaced in the text: the deepest value cannot be written by JSON.stringify.
      holder[key] = `hostile-${index}`;
      texts.set(`"hostile-${index}"`, value);
    });
    return printable(
      [...texts].reduce((text, [mark, value]) => text.replace(mark, () => value), JSON.stringify(record)),
    );
  });
}

type PlaceInRecord = [Record<string, unknown>, string];

function placesIn(value: unknown, depth = 0): PlaceInRecord[] {
  if (typeof value !== 'object' || value === null || depth > 5) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): PlaceInRecord[] => [[holder, key], ...placesIn(holder[key], depth + 1)]);
}

/** The lines with others put between them. */
export function interleaved(lines: readonly string[], others: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer[]> {
  return fc.array(fc.tuple(fc.nat(lines.length), others), { maxLength: 12 }).map((insertions) => {
    const result = lines.map(printable);
    for (const [place, bytes] of insertions) result.splice(place, 0, bytes);
    return result;
  });
}

/** All the lines in any order, some of them more than once. */
export function shuffled(lines: readonly string[]): fc.Arbitrary<string[]> {
  return fc
    .tuple(fc.shuffledSubarray([...lines], { minLength: lines.length }), fc.subarray([...lines]))
    .chain(([all, again]) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }));
}

/** What was found must be fit to be stored: plain JSON, named, timed in whole milliseconds, figures that are counts. */
export function expectStorable(drafts: readonly RowDraft[]): void {
  for (const draft of drafts) {
    expect(() => JSON.stringify(draft)).not.toThrow();
    expect(draft.key).not.toBe('');
    expect(draft.sessionId.length).toBeLessThanOrEqual(200);
    expect(draft.at === null || Number.isInteger(draft.at)).toBe(true);
  }
  for (const { data } of drafts.filter((draft) => draft.kind === 'usage.recorded')) {
    const figures = [
      data.inputTokens,
      data.outputTokens,
      data.cacheReadTokens,
      data.cacheWriteTokens,
      data.reasoningTokens,
    ];
    expect(figures.every((figure) => figure === null || (Number.isInteger(figure) && figure >= 0))).toBe(true);
  }
}
