/** Figures, times and sentences as they appear on the page. */
import { eachToken } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { bytes, counted, exactMoney, money, percent, shortNumber } from './format-number.js';
import { folderName, modelNames, projectNames, shortModel, tildePath } from './format-path.js';
import { addDays, ago, dayLabel, duration, remaining, shortDay, span } from './format-time.js';
import {
  cacheHitRate,
  coverageOf,
  priceCoverage,
  sessionCoverage,
  tokenKinds,
  whyNoRate,
  whyUnknown,
  whyUnpriced,
} from './usage-words.js';

describe('short numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [10_132, '10.1k'],
    [99_949, '99.9k'],
    [99_951, '100k'],
    [734_237, '734k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [9_214_077, '9.2M'],
    [398_000_000, '398M'],
    [999_499_999, '999M'],
    [1_120_000_000, '1.12B'],
    [12_340_000_000, '12.3B'],
  ])('%i reads %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [400, '<$0.001'],
    [4210, '$0.004'],
    [99_400, '$0.099'],
    [99_600, '$0.10'],
    [1_406_220_000, '$1,406.22'],
    [-2_500_000, '−$2.50'],
  ])('%i microdollars read %s', (micros, text) => {
    expect(money(micros)).toBe(text);
  });

  it('keeps every digit on hover', () => {
    expect(exactMoney(167_254)).toBe('$0.167254');
    expect(exactMoney(800_000)).toBe('$0.80');
  });
});

describe('durations', () => {
  it.each([
    [24, '24 ms'],
    [4140, '4.1 s'],
    [59_949, '59.9 s'],
    [59_999, '1m 00s'],
    [80_000, '1m 20s'],
    [4_320_000, '1h 12m'],
  ])('%i ms read %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('say how long a session was and what is left of a job', () => {
    expect([span(3000), span(420_000), span(6_000_000), span(300_000_000)]).toEqual([
      '3 s',
      '7 min',
      '1h 40',
      '3 days',
    ]);
    expect([remaining(200), remaining(22_000), remaining(185_000)]).toEqual(['1 s', '22 s', '3 min']);
  });
});

describe('days', () => {
  it('are named by their distance', () => {
    expect(dayLabel('2026-11-20', '2026-11-20')).toBe('Today');
    expect(dayLabel('2026-11-19', '2026-11-20')).toBe('Yesterday');
    expect(dayLabel('2026-10-26', '2026-11-20')).toBe('Mon 26 Oct');
    expect(dayLabel('2025-10-26', '2026-11-20')).toBe('26 Oct 2025');
    expect(shortDay('2025-12-31', '2026-01-02')).toBe('31 Dec 2025');
  });

  it('move over months and years', () => {
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(addDays('2025-12-31', 1)).toBe('2026-01-01');
  });

  it('tell how long ago something was', () => {
    const now = new Date('2026-11-20T12:00:00Z');
    const at = (ms: number) => ago(new Date(now.getTime() - ms).toISOString(), now);
    expect([at(500), at(14_000), at(180_000), at(3_600_000), at(1_036_800_000)]).toEqual([
      'now',
      '14 s ago',
      '3 min ago',
      '1 h ago',
      '12 days ago',
    ]);
  });
});

describe('small words', () => {
  it('sizes, shares and counts', () => {
    expect([bytes(0), bytes(999), bytes(412_000_000), bytes(3_900_000_000)]).toEqual([
      '0 B',
      '999 B',
      '412 MB',
      '3.9 GB',
    ]);
    expect(percent(0.7662)).toBe('76.6%');
    expect([counted(1, 'session'), counted(1904, 'session')]).toEqual(['1 session', '1,904 sessions']);
  });

  it('folders and models', () => {
    expect(folderName('/home/ada/src/quayside/')).toBe('quayside');
    expect(tildePath('/home/ada/src')).toBe('~/src');
    expect(tildePath('/Users/ada')).toBe('~');
    expect(tildePath('/homework/x')).toBe('/homework/x');
    expect(shortModel('anthropic/claude-sonnet-4-5-20250929')).toBe('claude-sonnet-4-5');
    const name = modelNames(['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'gpt-5-20260101']);
    expect([name('claude-sonnet-4-5-20250929'), name('gpt-5-20260101')]).toEqual([
      'claude-sonnet-4-5-20250929',
      'gpt-5',
    ]);
  });
});

it('F4: projects whose folders have one name are told apart by the folders above', () => {
  const paths = ['/home/ada/src/demo', '/srv/demo', '/home/ada/old/src/demo', '/home/ada/api', '/demo', ''];
  expect(paths.map(projectNames(paths))).toEqual(['ada/src/demo', '/srv/demo', 'old/src/demo', 'api', '/demo', '']);
});

describe('usage in words', () => {
  const reported = {
    inputTokens: 3,
    outputTokens: 3,
    cacheReadTokens: 2,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 1,
  };

  it('splits into five kinds that add up to input plus output', () => {
    const kinds = tokenKinds({
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 60,
      cacheWriteTokens: 30,
      reasoningTokens: 5,
      reported,
    });
    expect(kinds.map((kind) => kind.value)).toEqual([60, 30, 10, 15, 5]);
  });

  it('F2: an unknown part stays unknown and takes nothing away from the rest', () => {
    const kinds = tokenKinds({
      inputTokens: 100,
      outputTokens: null,
      cacheReadTokens: 60,
      cacheWriteTokens: null,
      reasoningTokens: null,
      reported,
    });
    expect(kinds.map((kind) => kind.value)).toEqual([60, null, 40, null, null]);
  });

  it('F2: has no cache rate where cache reads are unknown, and 0 where they are', () => {
    expect(cacheHitRate({ inputTokens: 100, cacheReadTokens: null })).toBeNull();
    expect(cacheHitRate({ inputTokens: 100, cacheReadTokens: 0 })).toBe(0);
    expect(cacheHitRate(null)).toBeNull();
  });

  it('F2: takes requests that told no cache reads for no misses', () => {
    const half = { inputTokens: 100, cacheReadTokens: 40 };
    expect([cacheHitRate(half), cacheHitRate(half, 50)]).toEqual([0.4, 0.8]);
    expect(cacheHitRate({ inputTokens: 100, cacheReadTokens: 0 }, 0)).toBeNull();
    const why = [null, { inputTokens: 100, cacheReadTokens: null }, { inputTokens: 100, cacheReadTokens: 0 }];
    expect(why.map(whyNoRate)).toEqual([
      'No request here reported its input',
      'No request here reported cache reads',
      'No input, so there is no share of it',
    ]);
  });

  it('F5: totals say what they cover, and say nothing when they cover all', () => {
    expect(coverageOf(11, 11)).toBe('all');
    expect(coverageOf(10, 11)).toBe('10 of 11');
    expect(sessionCoverage(45, 52)).toBe('from 45 of 52 sessions');
    expect(sessionCoverage(52, 52)).toBe('');
    expect(priceCoverage({ requests: 12, pricedRequests: 11 })).toBe('1 request unpriced');
    expect(priceCoverage({ requests: 12, pricedRequests: 12 })).toBe('');
  });

  it('F2: what has no price for want of a figure is not blamed on the price table', () => {
    const none = eachToken(() => 0);
    const unpriced = (outputTokens: number) =>
      whyUnpriced({ requests: 1, pricedRequests: 0, reported: { ...none, inputTokens: 1, outputTokens } });
    expect([unpriced(1), unpriced(0)]).toEqual([
      'No price is known for its model',
      'Input or output was not reported, and half a price is none',
    ]);
  });

  it('F2: tells an agent that never records a figure from a session that did not', () => {
    const all = {
      perRequestUsage: true,
      cacheRead: true,
      cacheWrite: false,
      cacheWrite1h: false,
      reasoning: true,
      subAgents: true,
      forks: true,
      compactions: true,
      toolTimings: true,
      errors: true,
    };
    expect(whyUnknown('codex', 'cacheWriteTokens', all)).toBe('Codex does not record cache writes');
    expect(whyUnknown('codex', 'reasoningTokens', all)).toBe('No request in this Codex log reported reasoning tokens');
  });
});
