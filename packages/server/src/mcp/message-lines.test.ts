/** Messages out of what a program prints. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastWords } from './last-words.js';
import { MessageLines, TooMuchError } from './message-lines.js';

const seed = randomSeed();

function read(chunks: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  const lines = new MessageLines((value) => found.push(value));
  for (const chunk of chunks) lines.push(chunk);
  return found;
}

test(`E-beyond: messages are the same however their bytes are cut (seed ${seed})`, () => {
  const message = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(500)), (messages, cuts) => {
      const bytes = Buffer.from(messages.map((one) => `${JSON.stringify(one)}\n`).join('noise\n'));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
      expect(read(chunks)).toEqual(JSON.parse(JSON.stringify(messages)));
    }),
    { seed },
  );
});

test('E-beyond: what is no message is passed over, up to a limit', () => {
  expect(read([Buffer.from('hello\n\n42\n"x"\nnull\n{"a":1}\r\n{"b":\n')])).toEqual([{ a: 1 }]);
  const noise = Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(300));
  expect(read([noise, noise, noise, Buffer.from('{}\n'), noise, noise, noise])).toEqual([{}]);
  expect(() => read([noise, noise, noise, noise])).toThrow(TooMuchError);
});

test('E-beyond: a line without an end is refused at 16 MB', () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  expect(read(Array.from({ length: 16 }, () => chunk))).toEqual([]);
  expect(() => read(Array.from({ length: 17 }, () => chunk))).toThrow(TooMuchError);
});

test('E-beyond: the last words of a program are its last lines, in one line, without what is not printed', () => {
  const words = new LastWords();
  expect(words.text).toBe('');
  for (let at = 0; at < 1_000; at += 1) words.push(Buffer.from(`line ${at}\n`));
  words.push(Buffer.from('\u001b[31mError:\u001b[0m\tno such file\n\n'));
  expect(words.text).toBe('line 998 / line 999 / [31mError: [0m no such file');
  words.push(Buffer.alloc(100_000, 'x'));
  expect(words.text).toHaveLength(500);
});
