/** Lines → records: what is broken costs only itself, and no line takes long. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.js';
import { parseLine } from './parse-line.js';

const seed = randomSeed();
const record = (uuid: string, over: JsonObject = {}): JsonObject => ({
  type: 'assistant',
  uuid,
  message: { content: [{ type: 'text', text: `a "quoted" {brace} ${uuid} \\` }], usage: { output_tokens: 1 } },
  timestamp: '2026-11-20T09:00:00.000Z',
  ...over,
});
const one = JSON.stringify(record('one'));
const two = JSON.stringify(record('two'));
const uuidsIn = (text: string | Buffer) => parseLine(Buffer.from(text as string)).records.map((each) => each['uuid']);

describe('F1: whole lines', () => {
  test.each([
    ['plain', one],
    ['with a carriage return', `${one}\r`],
    ['with a byte-order mark', `\uFEFF${one}`],
    ['with NULs before and after', `\0\0\0${one}\0\0`],
    ['with blanks around and after colons', `  ${JSON.stringify(record('one'), null, 1).replaceAll('\n', ' ')}\t `],
  ])('%s', (_how, line) => {
    expect(parseLine(Buffer.from(line))).toEqual({ records: [record('one')], broken: null });
  });

  test.each(['', ' ', '\0\0\0', '\r', '\uFEFF'])('%j is blank: no record, nothing broken', (line) => {
    expect(parseLine(Buffer.from(line))).toEqual({ records: [], broken: null });
  });

  test.each(['12', '"text"', 'null', 'true', '[{"type":"user","uuid":"x"}]'])('%s is no record', (line) => {
    expect(parseLine(Buffer.from(line))).toEqual({ records: [], broken: 'not a JSON object' });
  });

  test('bytes that are not UTF-8 cost only their characters', () => {
    const line = Buffer.concat([Buffer.from('{"uuid":"o'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('ne"}')]);
    const { records, broken } = parseLine(line);
    expect([records[0]?.['uuid'], broken]).toEqual(['o\uFFFD\uFFFD(ne', null]);
  });
});

describe('F1: broken lines', () => {
  test.each([
    ['two records glued', one + two, ['one', 'two']],
    ['glued with NULs between', `${one}\0\0\0${two}`, ['one', 'two']],
    ['a whole record and a torn one', one + two.slice(0, -5), ['one']],
    ['the tail of one and a whole one', one.slice(40) + two, ['two']],
    ['a torn record alone', one.slice(0, -5), []],
    ['torn right behind an object inside it', '{"uuid":"a","message":{"usage":{"output_tokens":1}', []],
    ['torn behind a content block', '{"uuid":"a","message":{"content":[{"type":"text","text":"b"}', []],
    ['rubbish', 'not json at all {', []],
    ['one record written into another', `${one.slice(0, 30)}${two}${one.slice(30)}`, ['two']],
    ['an object inside a torn record that looks like one', '{"a":{"uuid":"inner","timestamp":"x"},"b":', []],
  ])('%s', (_how, line, expected) => {
    const { records, broken } = parseLine(Buffer.from(line));
    expect(broken).toBe('not JSON');
    expect(records.map((each) => each['uuid'])).toEqual(expected);
  });

  test('a record behind any torn beginning of another is found', () => {
    for (let cut = 1; cut < one.length; cut += 1) expect(uuidsIn(one.slice(0, cut) + two)).toEqual(['two']);
  });

  test('a record behind a torn one with a hundred objects inside is found', () => {
    const content = Array.from({ length: 100 }, (_, index) => ({ type: 'text', text: `{"n":${index}}` }));
    const long = JSON.stringify(record('long', { message: { content } }));
    for (let cut = 1; cut < long.length; cut += 97) expect(uuidsIn(long.slice(0, cut) + two)).toEqual(['two']);
  });

  test('each record that was saved is named by its own text', () => {
    expect(parseLine(Buffer.from(`${one}\0${two}`)).texts).toEqual([one, two]);
  });

  test(`whatever stands on a line, it is answered, and whole records around it are kept (seed ${seed})`, () => {
    const rubbish = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.nat(one.length - 1).map((cut) => one.slice(0, cut)),
      fc.constantFrom('{', '}', '{"', '"', '\\', '[', ':{"a":1', '{"a":{"b":'),
    );
    fc.assert(
      fc.property(fc.array(rubbish, { maxLength: 4 }), (parts) => {
        const before = parts.join('').replaceAll('\n', ' ');
        expect(() => parseLine(Buffer.from(before))).not.toThrow();
        // Behind a quotation mark that was left open, nothing tells a record from a text.
        const closed = before.replaceAll('"', "'").replaceAll('\\', '/');
        expect(uuidsIn(closed + two)).toContain('two');
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('F1: no line takes long', () => {
  const megabytes = 60;
  const filled = (unit: string, size = megabytes) => Buffer.alloc(size << 20, unit);
  const timed = (line: Buffer) => {
    const start = performance.now();
    const { records, broken } = parseLine(line);
    return { records: records.length, broken, ms: performance.now() - start };
  };
  const patienceMs = 60_000;

  test.each([
    ['open brackets', '['],
    ['open objects', '{"a":'],
  ])(
    '60 MB of %s are refused unread',
    (_what, unit) => {
      expect(timed(filled(unit))).toMatchObject({ records: 0, broken: 'nested too deeply' });
    },
    patienceMs,
  );

  test.each([
    ['quotation marks', '"'],
    ['blanks with a letter in between', `${' '.repeat(1023)}x`],
    ['beginnings that lead nowhere', '{"}'],
    ['objects that are none', '{"uuid"}'],
    ['small objects', '{"a":1}'],
    ['small objects in an open list', '{"a":1},'],
    ['closing brackets', '}'],
  ])(
    '60 MB of %s are answered in seconds',
    (_what, unit) => {
      const { broken, ms } = timed(filled(unit));
      expect(broken).toBe('not JSON');
      expect(ms).toBeLessThan(20_000);
    },
    patienceMs,
  );

  test(
    '60 MB of records without a newline are found, up to a limit',
    () => {
      const { records, ms } = timed(filled('{"uuid":1}', 8));
      expect(records).toBe(100_000);
      expect(ms).toBeLessThan(20_000);
    },
    patienceMs,
  );

  test(
    'a record of 60 MB is one record',
    () => {
      const line = Buffer.concat([Buffer.from('{"uuid":"one","text":"'), filled('x '), Buffer.from('"}')]);
      const { records, broken, ms } = timed(line);
      expect([records, broken]).toEqual([1, null]);
      expect(ms).toBeLessThan(20_000);
    },
    patienceMs,
  );

  test(
    'a torn record of 60 MB does not hide the one behind it',
    () => {
      const line = Buffer.concat([Buffer.from('{"uuid":"one","text":"'), filled('x '), Buffer.from(two)]);
      expect(timed(line)).toMatchObject({ records: 1 });
    },
    patienceMs,
  );

  test('brackets in a long text are no nesting', () => {
    const line = Buffer.concat([Buffer.from('{"uuid":"one","text":"\\"'), filled('[', 2), Buffer.from('"}')]);
    expect(timed(line)).toMatchObject({ records: 1, broken: null });
  });

  test('nesting of 100,000 levels in a short line is a value like any other', () => {
    const deep = `{"uuid":"deep","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(uuidsIn(deep)).toEqual(['deep']);
  });
});
