/** What a usage row says comes back from its stored form word for word. */
import type { LastRequest, UsageRecord, UsageTotals } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { fullUsage, leanUsage } from './usage.js';

const at = Date.UTC(2026, 10, 20, 9);
const place = { key: 'usage:a', at, turnId: 't1' };
const figures = {
  inputTokens: 3603,
  outputTokens: 1000,
  cacheReadTokens: 0,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};
const own: LastRequest = { ...figures, model: 'large', at: new Date(at).toISOString(), turnId: 't1' };
const totals = (last: LastRequest | null): UsageTotals => ({
  ...figures,
  inputTokens: 7710,
  requests: 3,
  reported: {
    inputTokens: 3,
    outputTokens: 3,
    cacheReadTokens: 1,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
  },
  last,
});
const record = (some: Partial<UsageRecord> = {}): UsageRecord => ({
  ...figures,
  attemptId: 'a',
  model: 'large',
  provider: null,
  final: true,
  totals: totals(own),
  ...some,
});
const throughStorage = (told: UsageRecord) =>
  fullUsage(JSON.parse(JSON.stringify(leanUsage(told, place))) as UsageRecord, place);

describe('a usage row as it is stored', () => {
  it.each([
    ['of the session’s last request', record()],
    ['of one before the last', record({ totals: totals({ ...own, at: '2026-11-20T10:00:00.000Z' }) })],
    ['of one whose last request has other figures', record({ totals: totals({ ...own, outputTokens: null }) })],
    ['of a session whose last request is unknown', record({ totals: totals(null) })],
    ['of a session in which nothing is counted', record({ totals: null, inheritedFrom: 'other' })],
    ['with a placeholder', record({ outputTokens: null, outputPlaceholder: 1, final: false })],
  ])('A4, F2: %s is told as it was: unknown is null, and 0 is 0', (_, told) => {
    expect(throughStorage(told)).toEqual(told);
  });

  it('C-beyond: takes less than half of its words', () => {
    const lean = JSON.stringify(leanUsage(record(), place)).length;
    expect(lean).toBeLessThan(JSON.stringify(record()).length / 2);
  });

  it('is told as it stands where it was stored in full, as older rows are', () => {
    expect(fullUsage(record(), place)).toEqual(record());
  });
});
