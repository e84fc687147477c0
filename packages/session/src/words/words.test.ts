/** How figures, calls and foreign text are put into words. */
import { describe, expect, test } from 'vitest';
import { usage } from '../export/sample-session.js';
import {
  bytesText,
  costFigure,
  coverageSentences,
  duration,
  exactMoney,
  exactNumber,
  money,
  shortNumber,
  tokenFigure,
} from './figures.js';
import { plainLine, plainText } from './plain-text.js';
import { callLine } from './tool-call.js';

describe('figures', () => {
  test('three digits at most, exact below a thousand', () => {
    expect(
      [0, 734, 999, 1000, 10_149, 99_949, 99_950, 734_499, 999_499, 999_500, 9_200_000, 1_120_000_000].map(shortNumber),
    ).toEqual(['0', '734', '999', '1.0k', '10.1k', '99.9k', '100k', '734k', '999k', '1.0M', '9.2M', '1.12B']);
  });

  test('every digit, in groups of three', () => {
    expect([0, 999, 1000, 1_234_567].map(exactNumber)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test('money: cents from ten cents on, thousandths below, never 0 for something', () => {
    expect([0, 1, 999, 1000, 99_499, 99_500, 1_234_567_890_000].map(money)).toEqual([
      '$0.00',
      '<$0.001',
      '<$0.001',
      '$0.001',
      '$0.099',
      '$0.10',
      '$1,234,567.89',
    ]);
    expect([0, 450, 167_254, 2_500_000].map(exactMoney)).toEqual(['$0.00', '$0.00045', '$0.167254', '$2.50']);
  });

  test('bytes and durations', () => {
    expect([0, 999, 1000, 9_949_999, 412_000_000].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '9.9 MB',
      '412 MB',
    ]);
    expect([0, 999, 4100, 80_000, 4_320_000].map(duration)).toEqual(['0 ms', '999 ms', '4.1 s', '1m 20s', '1h 12m']);
  });

  test('F2: what nobody reported is a dash, a reported 0 is 0, a part of the requests is a lower bound', () => {
    expect(tokenFigure(null, 'inputTokens', 'short')).toBe('—');
    expect(tokenFigure(usage, 'cacheReadTokens', 'short')).toBe('—');
    expect(tokenFigure(usage, 'reasoningTokens', 'short')).toBe('0');
    expect(tokenFigure(usage, 'inputTokens', 'exact')).toBe('1,500');
    expect(tokenFigure(usage, 'outputTokens', 'short')).toBe('≥10');
    expect(costFigure(usage, 'short')).toBe('≥<$0.001');
    expect(costFigure({ ...usage, costMicros: null, pricedRequests: 0 }, 'short')).toBe('—');
  });

  test('F5: a total says what it covers, and nothing where it covers all', () => {
    const fields = ['inputTokens', 'outputTokens', 'cacheReadTokens'] as const;
    expect(coverageSentences(usage, fields)).toEqual(['output from 1 of 2 requests', '1 request unpriced']);
    const whole = { ...usage, reported: { ...usage.reported, outputTokens: 2 }, pricedRequests: 2 };
    expect(coverageSentences(whole, fields)).toEqual([]);
    expect(coverageSentences(null, fields)).toEqual([]);
  });
});

describe('text of logs', () => {
  test('keeps lines and tabs, and every script and emoji', () => {
    expect(plainText('a\tb\r\nc\rd 漢字 👩‍👩‍👧 é')).toBe('a\tb\nc\nd 漢字 👩‍👩‍👧 é');
  });

  test('loses colours, titles, links, cursor moves, and what is left of them', () => {
    expect(
      plainText(
        '\u001b[1;31mred\u001b[0m\u001b]8;;http://x\u001b\\link\u001b]8;;\u0007 \u001b[2J\u001b7\u009b5m\u001b(Bend\u001b',
      ),
    ).toBe('redlink end');
  });

  test('loses what reverses the reading direction, and halves of characters', () => {
    expect(plainText('a\u202eb\u2066c\u2069\ud800d\u0085e\u007f')).toBe('abcde');
  });

  test('on one line', () => {
    expect(plainLine('  a\n\t b \u001b[0m ')).toBe('a b');
  });
});

describe('a tool call in one line', () => {
  const line = (args: unknown, cwd: string | null = null) => callLine(JSON.stringify(args), cwd);

  test('is the argument that says what it is about', () => {
    expect(line({ timeout: 5, command: 'npm test' })).toBe('npm test');
    expect(line({ command: ['bash', '-lc', 'npm test'] })).toBe('npm test');
    expect(line({ command: ['ls', '-l'] })).toBe('ls -l');
    expect(line({ odd: 3, path: 'a' })).toBe('a');
    expect(line({ odd: 3 })).toBe('3');
    expect(line({ nothing: null })).toBe('');
    expect(callLine('*** Begin Patch', null)).toBe('*** Begin Patch');
  });

  test('leaves out the session’s folder', () => {
    expect(line({ file_path: '/home/dev/demo/src/a.ts' }, '/home/dev/demo')).toBe('src/a.ts');
    expect(line({ file_path: '/home/dev/demonstration' }, '/home/dev/demo')).toBe('/home/dev/demonstration');
    expect(line({ file_path: '/a' }, '/')).toBe('/a');
  });

  test('is one line, and not a long one', () => {
    expect(line({ command: `a\nb ${'x'.repeat(5000)}` })).toMatch(/^a b x{296}$/);
  });
});
