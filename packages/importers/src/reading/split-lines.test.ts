/** Bytes → lines: however they are cut into chunks, and with bounded memory. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, type RawLine } from './split-lines.js';

const beginning = { offset: 0, line: 1 };
const seed = randomSeed();

/** The lines of `bytes` cut at these places, the unfinished last one included. */
function split(bytes: Buffer, cuts: number[], lineBytesMax = 1000): RawLine[] {
  const splitter = new LineSplitter(beginning, lineBytesMax);
  const places = [0, ...[...cuts].sort((one, other) => one - other), bytes.length];
  const lines = places.slice(1).flatMap((to, index) => {
    // A chunk's memory is reused for the next one, as a reader of files does.
    const chunk = Buffer.from(bytes.subarray(places[index], to));
    const found = splitter.push(chunk).map(copied);
    chunk.fill(0x3f);
    return found;
  });
  const rest = splitter.rest();
  return rest ? [...lines, copied(rest)] : lines;
}

const copied = (line: RawLine): RawLine => ({ ...line, bytes: line.bytes && Buffer.from(line.bytes) });
const texts = (lines: RawLine[]) => lines.map((line) => line.bytes?.toString() ?? null);

const content = fc
  .array(fc.oneof(fc.constant(Buffer.from('\n')), fc.constant(Buffer.from('\r\n')), fc.uint8Array({ maxLength: 40 })))
  .map((parts) => Buffer.concat(parts));

describe('F1: lines', () => {
  test(`any cutting into chunks gives the same lines (seed ${seed})`, () => {
    fc.assert(
      fc.property(content, fc.array(fc.nat()), fc.constantFrom(5, 30, 1000), (bytes, places, max) => {
        const cuts = places.map((place) => place % (bytes.length + 1));
        expect(split(bytes, cuts, max)).toEqual(split(bytes, [], max));
      }),
      { seed, numRuns: 500 },
    );
  });

  test(`lines lie side by side, are numbered, and are the bytes between the newlines (seed ${seed})`, () => {
    fc.assert(
      fc.property(content, (bytes) => {
        const lines = split(bytes, []);
        expect(lines.map((line) => line.number)).toEqual(lines.map((_line, index) => index + 1));
        expect(lines.map((line) => line.start)).toEqual([0, ...lines.map((line) => line.end)].slice(0, lines.length));
        expect(lines.at(-1)?.end ?? 0).toBe(bytes.length);
        expect(Buffer.concat(lines.flatMap((line) => [line.bytes ?? Buffer.alloc(0), Buffer.from('\n')]))).toEqual(
          Buffer.concat([bytes, Buffer.from(bytes.length === 0 || bytes.at(-1) === 0x0a ? '' : '\n')]),
        );
      }),
      { seed, numRuns: 500 },
    );
  });

  test('an empty line is a line; the end of the last one begins none', () => {
    expect(texts(split(Buffer.from('a\n\nb\n'), []))).toEqual(['a', '', 'b']);
    expect(split(Buffer.alloc(0), [])).toEqual([]);
  });

  test('the unfinished last line is told apart by where it ends', () => {
    expect(split(Buffer.from('a\nbc'), []).at(-1)).toEqual({ number: 2, start: 2, end: 4, bytes: Buffer.from('bc') });
  });

  test('it goes on from where an earlier reading ended', () => {
    const splitter = new LineSplitter({ offset: 100, line: 8 }, 1000);
    expect(splitter.push(Buffer.from('a\n'))).toEqual([{ number: 8, start: 100, end: 102, bytes: Buffer.from('a') }]);
  });
});

describe('F1: lines that are too long', () => {
  test.each([[[]], [[3]], [[1, 2, 3, 4, 5, 6, 7, 8]]])(
    'are dropped and counted, cut at %j; those around them stay',
    (cuts) => {
      const lines = split(Buffer.from('ab\n123456\ncd\n'), cuts, 5);
      expect(texts(lines)).toEqual(['ab', null, 'cd']);
      expect(lines[1]).toMatchObject({ number: 2, start: 3, end: 10 });
    },
  );

  test('a line of exactly the limit is kept, also when it is the unfinished last', () => {
    expect(texts(split(Buffer.from('12345\n12345'), [2, 8], 5))).toEqual(['12345', '12345']);
    expect(texts(split(Buffer.from('123456'), [2], 5))).toEqual([null]);
  });

  test('are not held in memory while they are read', () => {
    const splitter = new LineSplitter(beginning, 1 << 20);
    const chunk = Buffer.alloc(1 << 20, 0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let megabytes = 0; megabytes < 300; megabytes += 1) splitter.push(chunk);
    const held = process.memoryUsage().arrayBuffers - before;
    expect(splitter.push(Buffer.from('\nok\n')).map((line) => line.bytes?.toString() ?? line.end - line.start)).toEqual(
      [(300 << 20) + 1, 'ok'],
    );
    expect(held).toBeLessThan(16 << 20);
  });
});
